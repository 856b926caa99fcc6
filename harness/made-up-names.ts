import { createHash } from "node:crypto";

/** As in AWS's key ids. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Keys for an IAM user who was given none; they follow from the name. */
export function madeUpAccessKey(userName: string): { readonly id: string; readonly secret: string } {
  const letters = [...digest("user", userName)].slice(0, 16).map((byte) => alphabet[byte % alphabet.length]);
  return {
    id: `AKIA${letters.join("")}`,
    secret: digest("secret", userName).toString("base64").slice(0, 40),
  };
}

/** An id for a node that was given none; it follows from the name. */
export function madeUpNodeId(nodeName: string): string {
  return `i-0${digest("node", nodeName).toString("hex").slice(0, 16)}`;
}

function digest(kind: string, name: string): Buffer {
  return createHash("sha256").update(`${kind}:${name}`).digest();
}

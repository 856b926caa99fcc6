import { randomBytes, randomUUID } from "node:crypto";
import type { Randomness } from "./operations/operation.ts";

const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Cryptographic randomness for ids and secrets. */
export const systemRandomness: Randomness = {
  uuid: randomUUID,
  hex: (length) =>
    randomBytes(Math.ceil(length / 2))
      .toString("hex")
      .slice(0, length),
  base32: (length) => [...randomBytes(length)].map((byte) => base32Alphabet[byte % 32]).join(""),
  base64: (length) => randomBytes(length).toString("base64").slice(0, length),
};

import { describe, expect, it } from "vitest";
import { defaultPreferences } from "../../emulator/documents/default-preferences.ts";
import {
  type AccountDocument,
  type DocumentRequest,
  resolveSessionDocument,
} from "../../emulator/documents/resolve-session-document.ts";

const runAs = { runAsEnabled: true, runAsDefaultUser: "bob" };
const preferences = session({ sessionType: "Standard_Stream", inputs: runAs });

function session(parts: Record<string, unknown>): AccountDocument {
  return {
    version: "3",
    documentType: "Session",
    format: "JSON",
    content: JSON.stringify({ schemaVersion: "1.0", ...parts }),
  };
}

function resolve(
  name: string | undefined,
  documents: Record<string, AccountDocument> = {},
  preferencesOfBuiltIns: DocumentRequest["preferencesOfBuiltIns"] = "merge",
) {
  const accountDocument = (wanted: string) => documents[wanted];
  return resolveSessionDocument({ name, accountId: "000000000000", accountDocument, preferencesOfBuiltIns });
}

describe("resolveSessionDocument", () => {
  it("takes the account's preferences when no document is named", () => {
    expect(resolve(undefined, { "SSM-SessionManagerRunShell": preferences })).toMatchObject({
      type: "resolved",
      documentName: "SSM-SessionManagerRunShell",
      content: { inputs: runAs },
    });
  });

  it("takes the built-in defaults when the account has no preferences", () => {
    expect(resolve(undefined)).toEqual({
      type: "resolved",
      documentName: "SSM-SessionManagerRunShell",
      content: defaultPreferences,
    });
  });

  it("finds a document by its ARN", () => {
    const documents = { mine: session({ sessionType: "Port" }) };
    expect(resolve("arn:aws:ssm:us-east-1:000000000000:document/mine", documents)).toMatchObject({
      documentName: "mine",
      content: { sessionType: "Port" },
    });
  });

  it("reads YAML documents", () => {
    const yaml: AccountDocument = {
      version: "3",
      documentType: "Session",
      format: "YAML",
      content: 'schemaVersion: "1.0"\nsessionType: Port\n',
    };
    expect(resolve("mine", { mine: yaml })).toMatchObject({ content: { sessionType: "Port" } });
  });

  it.each(["nope", "SSM-SessionManagerRunShell", "arn:aws:ssm:us-east-1:111111111111:document/mine"])(
    "refuses %s, which does not exist",
    (name) => {
      expect(resolve(name, { mine: session({ sessionType: "Port" }) })).toEqual({
        type: "refused",
        code: "InvalidDocument",
        text: `Document with name ${name} does not exist.`,
      });
    },
  );

  it("refuses a document of another type", () => {
    const command: AccountDocument = {
      version: "3",
      documentType: "Command",
      format: "JSON",
      content: "{}",
    };
    expect(resolve("mine", { mine: command })).toEqual({
      type: "refused",
      code: "InvalidDocument",
      text: "Document type: 'Command' is not supported. Only type: 'Session' is supported for Session Manager.",
    });
  });

  it("gives AWS's own documents the account's preferences", () => {
    const documents = { "SSM-SessionManagerRunShell": preferences };
    expect(resolve("AWS-StartInteractiveCommand", documents)).toMatchObject({ content: { inputs: runAs } });
    expect(resolve("AWS-StartInteractiveCommand", documents, "ignore")).toHaveProperty("content.inputs", {});
  });

  it("leaves custom documents their own inputs", () => {
    const documents = { "SSM-SessionManagerRunShell": preferences, mine: session({ sessionType: "Port" }) };
    expect(resolve("mine", documents)).toHaveProperty("content.inputs", {});
  });

  it.each([
    [undefined, {}, undefined, undefined],
    [undefined, { "SSM-SessionManagerRunShell": preferences }, "3", "SSM-SessionManagerRunShell"],
    ["mine", { mine: preferences }, "3", "mine"],
    ["AWS-StartInteractiveCommand", {}, undefined, undefined],
    [
      "AWS-StartInteractiveCommand",
      { "SSM-SessionManagerRunShell": preferences },
      undefined,
      "SSM-SessionManagerRunShell",
    ],
  ])("tells the version, and whose inputs they are: %s with %j", (name, documents, version, inputsOf) => {
    const expected = inputsOf === undefined ? undefined : { name: inputsOf, version: "3" };
    expect(resolve(name, documents)).toMatchObject({ version, inputsOf: expected });
  });
});

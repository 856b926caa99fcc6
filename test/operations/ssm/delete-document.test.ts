import { describe, expect, it } from "vitest";
import { createDocument } from "../../../emulator/operations/ssm/create-document.ts";
import { deleteDocument } from "../../../emulator/operations/ssm/delete-document.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { createShellDocument, shellDocument } from "../../helpers/session-documents.ts";

describe("DeleteDocument", () => {
  it("deletes the document with all its versions", () => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob");
    expect(deleteDocument.handle({ Name: "shell" }, context)).toEqual({});
    expect(context.state.documents.get("shell")).toBeUndefined();
  });

  it("lets the preferences go and come again", () => {
    const context = operationContext();
    const preferences = {
      Name: "SSM-SessionManagerRunShell",
      DocumentType: "Session",
      Content: shellDocument(),
    } as const;
    createDocument.handle(preferences, context);
    deleteDocument.handle({ Name: preferences.Name }, context);
    createDocument.handle(preferences, context);
    expect(context.state.documents.get(preferences.Name)).toBeDefined();
  });

  it.each([{ DocumentVersion: "2" }, { VersionName: "v2" }])("deletes only the version %j", (version) => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob", "carol");
    expect(deleteDocument.handle({ Name: "shell", ...version }, context)).toEqual({});
    expect(context.state.documents.get("shell")?.versions.map((kept) => kept.version)).toEqual(["1", "3"]);
  });

  it.each([
    [
      { Name: "shell", DocumentVersion: "1" },
      "InvalidDocumentOperation",
      "Default version of the document can't be deleted.",
    ],
    [{ Name: "shell", DocumentVersion: "9" }, "InvalidDocumentVersion", expect.any(String)],
    [{ Name: "nope" }, "InvalidDocument", "Document with name nope does not exist."],
    [{ Name: "AWS-StartSSHSession" }, "InvalidDocument", expect.any(String)],
  ])("refuses %j", (input, code, message) => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob");
    expect(() => deleteDocument.handle(input, context)).toThrow(expect.objectContaining({ code, message }));
  });
});

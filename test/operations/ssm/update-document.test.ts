import { describe, expect, it } from "vitest";
import { createDocument } from "../../../emulator/operations/ssm/create-document.ts";
import { updateDocument } from "../../../emulator/operations/ssm/update-document.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { createShellDocument, shellDocument } from "../../helpers/session-documents.ts";

const carol = { Name: "shell", Content: shellDocument({ runAsDefaultUser: "carol" }) };

describe("UpdateDocument", () => {
  it("adds a version and leaves the default as it is", () => {
    const context = operationContext();
    createShellDocument(context, "alice");
    expect(updateDocument.handle({ ...carol, DisplayName: "Shell" }, context)).toMatchObject({
      DocumentDescription: {
        DocumentVersion: "2",
        LatestVersion: "2",
        DefaultVersion: "1",
        Status: "Updating",
        DisplayName: "Shell",
      },
    });
  });

  it.each(["$LATEST", "2"])("builds on version %s", (DocumentVersion) => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob");
    expect(updateDocument.handle({ ...carol, DocumentVersion }, context)).toMatchObject({
      DocumentDescription: { DocumentVersion: "3" },
    });
  });

  it("lets older content come back", () => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob", "alice");
    expect(context.state.documents.get("shell")?.versions).toHaveLength(3);
  });

  it.each([
    ["an unknown document", { Name: "nope" }, "InvalidDocument", "Document with name nope does not exist."],
    ["AWS's own document", { Name: "AWS-StartSSHSession" }, "InvalidDocument", /does not exist/],
    [
      "a version that is not the newest",
      { DocumentVersion: "1" },
      "InvalidDocumentVersion",
      /not valid or does not exist/,
    ],
    [
      "a default that is not the newest",
      { DocumentVersion: "$DEFAULT" },
      "InvalidDocumentVersion",
      /not valid/,
    ],
    ["a version name in use", { VersionName: "v2" }, "DuplicateDocumentVersionName", /is a duplicate/],
    [
      "unchanged content",
      { Content: shellDocument({ runAsDefaultUser: "bob" }) },
      "DuplicateDocumentContent",
      /matches/,
    ],
    ["content that breaks the schema", { Content: "{}" }, "InvalidDocumentContent", /^schemaVersion/],
  ])("refuses %s", (_, change, code, message) => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob");
    expect(() => updateDocument.handle({ ...carol, ...change }, context)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it("checks no schema for other types", () => {
    const context = operationContext();
    createDocument.handle({ Name: "command", Content: "{}" }, context);
    expect(updateDocument.handle({ Name: "command", Content: '{"a":1}' }, context)).toMatchObject({
      DocumentDescription: { DocumentVersion: "2" },
    });
  });

  it("keeps at most 1000 versions", () => {
    const context = operationContext();
    createShellDocument(context, "alice");
    const record = context.state.documents.get("shell");
    const first = record?.versions[0];
    if (record === undefined || first === undefined) throw new Error("expected the document to be stored");
    const versions = Array.from({ length: 1000 }, (_, index) => ({ ...first, version: String(index + 1) }));
    context.state.documents.put("shell", { ...record, versions });
    expect(() => updateDocument.handle(carol, context)).toThrow(
      expect.objectContaining({ code: "DocumentVersionLimitExceeded" }),
    );
  });
});

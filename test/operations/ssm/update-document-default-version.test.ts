import { describe, expect, it } from "vitest";
import { describeDocument } from "../../../emulator/operations/ssm/describe-document.ts";
import { updateDocumentDefaultVersion } from "../../../emulator/operations/ssm/update-document-default-version.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { createShellDocument } from "../../helpers/session-documents.ts";

describe("UpdateDocumentDefaultVersion", () => {
  it("makes a version the one that is read without a version", () => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob");
    expect(updateDocumentDefaultVersion.handle({ Name: "shell", DocumentVersion: "2" }, context)).toEqual({
      Description: { Name: "shell", DefaultVersion: "2", DefaultVersionName: "v2" },
    });
    expect(describeDocument.handle({ Name: "shell" }, context)).toMatchObject({
      Document: { DocumentVersion: "2", DefaultVersion: "2" },
    });
  });

  it.each([
    ["document", { Name: "nope", DocumentVersion: "1" }, "InvalidDocument"],
    ["version", { Name: "shell", DocumentVersion: "3" }, "InvalidDocumentVersion"],
  ])("refuses an unknown %s", (_, input, code) => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob");
    expect(() => updateDocumentDefaultVersion.handle(input, context)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { listDocumentVersions } from "../../../emulator/operations/ssm/list-document-versions.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { createShellDocument } from "../../helpers/session-documents.ts";

describe("ListDocumentVersions", () => {
  it("lists the newest version first", () => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob");
    const version = { Name: "shell", CreatedDate: 1767323045.678, DocumentFormat: "JSON", Status: "Active" };
    expect(listDocumentVersions.handle({ Name: "shell" }, context)).toEqual({
      DocumentVersions: [
        { ...version, DocumentVersion: "2", VersionName: "v2", IsDefaultVersion: false },
        { ...version, DocumentVersion: "1", IsDefaultVersion: true },
      ],
    });
  });

  it("goes on where the page before ended", () => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob", "carol");
    const first = listDocumentVersions.handle({ Name: "shell", MaxResults: 2 }, context);
    const { NextToken } = first as { NextToken: string };
    expect(listDocumentVersions.handle({ Name: "shell", MaxResults: 2, NextToken }, context)).toEqual({
      DocumentVersions: [expect.objectContaining({ DocumentVersion: "1" })],
    });
  });

  it.each([
    [{ Name: "nope" }, "InvalidDocument"],
    [{ Name: "shell", NextToken: "x" }, "InvalidNextToken"],
  ])("refuses %j", (input, code) => {
    const context = operationContext();
    createShellDocument(context, "alice");
    expect(() => listDocumentVersions.handle(input, context)).toThrow(expect.objectContaining({ code }));
  });
});

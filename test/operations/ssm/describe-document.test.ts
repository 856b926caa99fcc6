import { describe, expect, it } from "vitest";
import { describeDocument } from "../../../emulator/operations/ssm/describe-document.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { createShellDocument } from "../../helpers/session-documents.ts";

describe("DescribeDocument", () => {
  it("describes the version asked for as active", () => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob");
    expect(describeDocument.handle({ Name: "shell", DocumentVersion: "$LATEST" }, context)).toMatchObject({
      Document: {
        DocumentVersion: "2",
        VersionName: "v2",
        Status: "Active",
        DefaultVersion: "1",
        LatestVersion: "2",
      },
    });
  });

  it("describes AWS's own documents", () => {
    expect(describeDocument.handle({ Name: "AWS-StartSSHSession" }, operationContext())).toMatchObject({
      Document: {
        Owner: "Amazon",
        DocumentType: "Session",
        Description: "Document to start an SSH session over Session Manager",
        Parameters: [{ Name: "portNumber", Type: "String", DefaultValue: "22" }],
      },
    });
  });

  it("describes AWS's document for Run Command", () => {
    expect(describeDocument.handle({ Name: "AWS-RunShellScript" }, operationContext())).toMatchObject({
      Document: {
        Owner: "Amazon",
        DocumentType: "Command",
        SchemaVersion: "1.2",
        PlatformTypes: ["Linux", "MacOS"],
        Parameters: [
          { Name: "commands", Type: "StringList" },
          { Name: "workingDirectory", DefaultValue: "" },
          { Name: "executionTimeout", DefaultValue: "3600" },
        ],
      },
    });
  });

  it("refuses an unknown document", () => {
    expect(() => describeDocument.handle({ Name: "nope" }, operationContext())).toThrow(
      expect.objectContaining({ code: "InvalidDocument" }),
    );
  });
});

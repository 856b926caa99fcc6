import { describe, expect, it } from "vitest";
import { createDocument } from "../../../emulator/operations/ssm/create-document.ts";
import { getDocument } from "../../../emulator/operations/ssm/get-document.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { createShellDocument, shellDocument } from "../../helpers/session-documents.ts";

const yaml = 'schemaVersion: "1.0" # the only one\nsessionType: Port\n';

describe("GetDocument", () => {
  it("answers with the default version", () => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob");
    expect(getDocument.handle({ Name: "shell" }, context)).toEqual({
      Name: "shell",
      CreatedDate: 1767323045.678,
      DocumentVersion: "1",
      Status: "Active",
      Content: shellDocument({ runAsDefaultUser: "alice" }),
      DocumentFormat: "JSON",
      DocumentType: "Session",
      AttachmentsContent: [],
    });
  });

  it.each([
    [{ DocumentVersion: "$LATEST" }, "3"],
    [{ DocumentVersion: "$DEFAULT" }, "1"],
    [{ DocumentVersion: "2" }, "2"],
    [{ VersionName: "v2" }, "2"],
    [{ VersionName: "v2", DocumentVersion: "2" }, "2"],
  ])("finds the version %j", (version, DocumentVersion) => {
    const context = operationContext();
    createShellDocument(context, "alice", "bob", "carol");
    expect(getDocument.handle({ Name: "shell", ...version }, context)).toMatchObject({ DocumentVersion });
  });

  it.each([{ DocumentVersion: "4" }, { VersionName: "v9" }, { VersionName: "v2", DocumentVersion: "3" }])(
    "refuses the version %j",
    (version) => {
      const context = operationContext();
      createShellDocument(context, "alice", "bob", "carol");
      expect(() => getDocument.handle({ Name: "shell", ...version }, context)).toThrow(
        expect.objectContaining({ code: "InvalidDocumentVersion" }),
      );
    },
  );

  it.each([
    ["YAML", yaml],
    ["JSON", '{\n  "schemaVersion": "1.0",\n  "sessionType": "Port"\n}'],
    [undefined, '{\n  "schemaVersion": "1.0",\n  "sessionType": "Port"\n}'],
  ] as const)("gives a YAML document as %s", (DocumentFormat, Content) => {
    const context = operationContext();
    createDocument.handle(
      { Name: "port", DocumentType: "Session", DocumentFormat: "YAML", Content: yaml },
      context,
    );
    expect(
      getDocument.handle({ Name: "port", ...(DocumentFormat && { DocumentFormat }) }, context),
    ).toMatchObject({
      Content,
      DocumentFormat: DocumentFormat ?? "JSON",
    });
  });

  it("gives a JSON document as YAML", () => {
    const context = operationContext();
    createShellDocument(context, "alice");
    expect(getDocument.handle({ Name: "shell", DocumentFormat: "YAML" }, context)).toMatchObject({
      Content: 'schemaVersion: "1.0"\nsessionType: Standard_Stream\ninputs:\n  runAsDefaultUser: alice\n',
      DocumentFormat: "YAML",
    });
  });

  it.each(["shell", "arn:aws:ssm:us-east-1:000000000000:document/shell"])("takes the name %s", (Name) => {
    const context = operationContext();
    createShellDocument(context, "alice");
    expect(getDocument.handle({ Name }, context)).toMatchObject({ Name: "shell" });
  });

  it("shows AWS's own documents", () => {
    const answer = getDocument.handle({ Name: "AWS-StartSSHSession" }, operationContext());
    expect(answer).toHaveProperty("Content", expect.stringContaining('"sessionType": "Port"'));
  });

  it.each(["nope", "SSM-SessionManagerRunShell"])("refuses %s while there is none", (Name) => {
    expect(() => getDocument.handle({ Name }, operationContext())).toThrow(
      expect.objectContaining({
        code: "InvalidDocument",
        message: `Document with name ${Name} does not exist.`,
      }),
    );
  });
});

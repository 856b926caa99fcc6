import { describe, expect, it } from "vitest";
import { createDocument } from "../../../emulator/operations/ssm/create-document.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { shellDocument } from "../../helpers/session-documents.ts";

type Input = Parameters<typeof createDocument.handle>[0];

const session = { Name: "shell", DocumentType: "Session", Content: shellDocument() } as const;

describe("CreateDocument", () => {
  it("describes the new document", () => {
    const content = {
      schemaVersion: "1.0",
      description: "One command",
      sessionType: "InteractiveCommands",
      parameters: {
        cmd: { type: "String", description: "What to run", default: "top" },
        all: { type: "StringList" },
      },
    };
    const input = {
      ...session,
      Content: JSON.stringify(content),
      VersionName: "first",
      DisplayName: "Shell",
      TargetType: "/AWS::EC2::Instance",
      Tags: [{ Key: "team", Value: "a" }],
    };
    expect(createDocument.handle(input, operationContext())).toEqual({
      DocumentDescription: {
        Hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        HashType: "Sha256",
        Name: "shell",
        DisplayName: "Shell",
        VersionName: "first",
        Owner: "000000000000",
        CreatedDate: 1767323045.678,
        Status: "Creating",
        DocumentVersion: "1",
        Description: "One command",
        Parameters: [
          { Name: "cmd", Type: "String", Description: "What to run", DefaultValue: "top" },
          { Name: "all", Type: "StringList" },
        ],
        PlatformTypes: ["Windows", "Linux", "MacOS"],
        DocumentType: "Session",
        SchemaVersion: "1.0",
        LatestVersion: "1",
        DefaultVersion: "1",
        DocumentFormat: "JSON",
        TargetType: "/AWS::EC2::Instance",
        Tags: [{ Key: "team", Value: "a" }],
      },
    });
  });

  it("hashes the content as uploaded", () => {
    expect(
      createDocument.handle({ Name: "text", DocumentFormat: "TEXT", Content: "abc" }, operationContext()),
    ).toMatchObject({
      DocumentDescription: { Hash: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    });
  });

  it("stores documents of other types, Command unless told otherwise", () => {
    const context = operationContext();
    createDocument.handle({ Name: "command", Content: '{"schemaVersion":"2.2"}' }, context);
    expect(context.state.documents.get("command")).toMatchObject({ documentType: "Command" });
  });

  it("refuses a name that is taken", () => {
    const context = operationContext();
    createDocument.handle(session, context);
    expect(() => createDocument.handle(session, context)).toThrow(
      expect.objectContaining({
        code: "DocumentAlreadyExists",
        message: "Document with same name shell already exists",
      }),
    );
  });

  it.each(["AWS-mine", "amazon.doc", "amzn_doc", "AWSSupport-x"])("refuses the reserved name %s", (Name) => {
    expect(() => createDocument.handle({ ...session, Name }, operationContext())).toThrow(
      expect.objectContaining({ code: "ValidationException", message: `Invalid document name ${Name}` }),
    );
  });

  it.each([
    [
      "broken JSON",
      { Content: '{"a":}' },
      "InvalidDocumentContent",
      "JSON not well-formed. at Line: 1, Column: 6",
    ],
    [
      "YAML sent as JSON",
      { Content: "schemaVersion: '1.0'" },
      "ValidationException",
      "Invalid document format JSON",
    ],
    [
      "plain text",
      { Content: "x", DocumentFormat: "TEXT" },
      "ValidationException",
      "Invalid document format TEXT",
    ],
    [
      "another schema version",
      { Content: '{"schemaVersion":"2.0"}' },
      "InvalidDocumentSchemaVersion",
      "2.0 is not a valid schema version for Session document type",
    ],
    [
      "an unknown input",
      { Content: shellDocument({ runAs: "" }) },
      "InvalidDocumentContent",
      "inputs.runAs is not an input of a session document.",
    ],
    [
      "attachments",
      { Attachments: [{}] },
      "ValidationException",
      "Attachments of documents are not emulated.",
    ],
    ["requirements", { Requires: [{}] }, "ValidationException", "Requires of documents are not emulated."],
  ] satisfies readonly (readonly [string, Partial<Input>, string, string])[])(
    "refuses %s",
    (_, change, code, message) => {
      const input = { ...session, ...change };
      expect(() => createDocument.handle(input, operationContext())).toThrow(
        expect.objectContaining({ code, message }),
      );
    },
  );

  it("takes 64 KB and no byte more", () => {
    const ofBytes = (bytes: number) => shellDocument().padEnd(bytes, " ");
    createDocument.handle({ ...session, Content: ofBytes(65_536) }, operationContext());
    expect(() => createDocument.handle({ ...session, Content: ofBytes(65_537) }, operationContext())).toThrow(
      expect.objectContaining({ code: "MaxDocumentSizeExceeded" }),
    );
  });

  it("keeps at most 500 documents", () => {
    const context = operationContext();
    const create = (n: number) => createDocument.handle({ ...session, Name: `doc-${n}` }, context);
    for (let n = 0; n < 500; n++) create(n);
    expect(() => create(500)).toThrow(expect.objectContaining({ code: "DocumentLimitExceeded" }));
  });
});

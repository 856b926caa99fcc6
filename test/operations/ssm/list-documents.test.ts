import { describe, expect, it } from "vitest";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { createDocument } from "../../../emulator/operations/ssm/create-document.ts";
import { listDocuments } from "../../../emulator/operations/ssm/list-documents.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { createShellDocument } from "../../helpers/session-documents.ts";

type Input = Parameters<typeof listDocuments.handle>[0];

interface Answer {
  readonly DocumentIdentifiers: readonly { readonly Name: string }[];
  readonly NextToken?: string;
}

function accountWithDocuments(): OperationContext {
  const context = operationContext();
  createShellDocument(context, "alice");
  createDocument.handle(
    {
      Name: "command",
      Content: "{}",
      TargetType: "/AWS::EC2::Instance",
      Tags: [{ Key: "team", Value: "a" }],
    },
    context,
  );
  return context;
}

function list(input: Input, context = accountWithDocuments()): Answer {
  return listDocuments.handle(input, context) as Answer;
}

const names = (answer: Answer) => answer.DocumentIdentifiers.map(({ Name }) => Name);

describe("ListDocuments", () => {
  it("lists AWS's documents and the account's by name", () => {
    expect(names(list({}))).toEqual([
      "AWS-PasswordReset",
      "AWS-RunShellScript",
      "AWS-StartInteractiveCommand",
      "AWS-StartNonInteractiveCommand",
      "AWS-StartPortForwardingSession",
      "AWS-StartPortForwardingSessionToRemoteHost",
      "AWS-StartPortForwardingSessionToSocket",
      "AWS-StartSSHSession",
      "command",
      "shell",
    ]);
  });

  it("identifies a document", () => {
    expect(list({ Filters: [{ Key: "Name", Values: ["shell"] }] }).DocumentIdentifiers).toEqual([
      {
        Name: "shell",
        Owner: "000000000000",
        CreatedDate: 1767323045.678,
        DocumentVersion: "1",
        PlatformTypes: ["Windows", "Linux", "MacOS"],
        DocumentType: "Session",
        SchemaVersion: "1.0",
        DocumentFormat: "JSON",
        Tags: [],
      },
    ]);
  });

  it.each([
    ["Owner", ["Self"], ["command", "shell"]],
    ["Owner", ["Private"], []],
    ["Name", ["AWS-StartS", "she"], ["AWS-StartSSHSession", "shell"]],
    ["DocumentType", ["Command"], ["AWS-RunShellScript", "command"]],
    ["TargetType", ["/AWS::EC2::Instance"], ["command"]],
    ["tag:team", ["a", "b"], ["command"]],
    ["tag:team", ["b"], []],
    ["SearchKeyword", ["SSH"], ["AWS-StartSSHSession"]],
  ])("filters by %s %j", (Key, Values, expected) => {
    expect(names(list({ Filters: [{ Key, Values }] }))).toEqual(expected);
  });

  it.each(["Amazon", "Public"])("counts AWS's documents as owned by %s", (owner) => {
    expect(names(list({ Filters: [{ Key: "Owner", Values: [owner] }] }))).toHaveLength(8);
  });

  it("wants every filter to match", () => {
    const Filters = [
      { Key: "Owner", Values: ["Self"] },
      { Key: "DocumentType", Values: ["Session"] },
    ];
    expect(names(list({ Filters }))).toEqual(["shell"]);
  });

  it("takes the legacy filters", () => {
    expect(names(list({ DocumentFilterList: [{ key: "Owner", value: "Self" }] }))).toEqual([
      "command",
      "shell",
    ]);
  });

  it("goes on where the page before ended, for the same filters only", () => {
    const context = accountWithDocuments();
    const { NextToken = "", ...first } = list({ MaxResults: 9 }, context);
    expect(names(first)).toHaveLength(9);
    expect(list({ MaxResults: 9, NextToken }, context)).toEqual({
      DocumentIdentifiers: [expect.objectContaining({ Name: "shell" })],
    });
    const Filters = [{ Key: "Owner", Values: ["Self"] }];
    expect(() => list({ Filters, NextToken }, context)).toThrow(
      expect.objectContaining({ code: "InvalidNextToken" }),
    );
  });

  it.each(["Colour", "toString"])("refuses the filter key %s", (Key) => {
    expect(() => list({ Filters: [{ Key, Values: ["x"] }] })).toThrow(
      expect.objectContaining({ code: "InvalidFilterKey" }),
    );
  });
});

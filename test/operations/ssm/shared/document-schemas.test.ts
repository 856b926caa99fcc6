import { describe, expect, it } from "vitest";
import { validateInput } from "../../../../emulator/http/validate-input.ts";
import { createDocument } from "../../../../emulator/operations/ssm/create-document.ts";
import { getDocument } from "../../../../emulator/operations/ssm/get-document.ts";

describe("input of the document operations", () => {
  it("passes whole inputs through", () => {
    const create = {
      Name: "my_doc-1.0",
      Content: "{}",
      DocumentType: "Automation.ChangeTemplate",
      DocumentFormat: "YAML",
      VersionName: "v1",
      DisplayName: "My doc",
      TargetType: "/AWS::EC2::Instance",
      Tags: [{ Key: "Kostenstelle ä", Value: "" }],
      Attachments: [{ Key: "SourceUrl", Values: ["s3://bucket"] }],
    };
    expect(validateInput(createDocument, create)).toEqual(create);
  });

  it.each(["$LATEST", "$DEFAULT", "1", "12"])("takes the version %s", (DocumentVersion) => {
    const get = { Name: "arn:aws:ssm:us-east-1:000000000000:document/doc", DocumentVersion };
    expect(validateInput(getDocument, get)).toEqual(get);
  });

  it.each([
    [createDocument, { Name: "a b", Content: "{}" }, /'name' failed to satisfy .* pattern/],
    [
      createDocument,
      { Name: "abc", Content: "" },
      /'content' failed to satisfy .* length greater than or equal to 1/,
    ],
    [
      createDocument,
      { Name: "abc", Content: "{}", DocumentType: "Shell" },
      /'documentType' failed to satisfy .* enum/,
    ],
    [getDocument, { Name: "abc", DocumentVersion: "0" }, /'documentVersion' failed to satisfy .* pattern/],
  ])("refuses row %#", (operation, input, message) => {
    expect(() => validateInput(operation, input)).toThrow(
      expect.objectContaining({ code: "ValidationException", message: expect.stringMatching(message) }),
    );
  });
});

import { expect, it } from "vitest";
import { documentNameOf } from "../../emulator/documents/document-name.ts";

it.each([
  ["my-doc", "my-doc"],
  ["arn:aws:ssm:us-east-1:000000000000:document/my-doc", "my-doc"],
  ["arn:aws:ssm:us-east-1::document/AWS-StartSSHSession", "AWS-StartSSHSession"],
  ["arn:aws-cn:ssm:cn-north-1:000000000000:document/my-doc", "my-doc"],
  ["arn:aws:ssm:us-east-1:111111111111:document/my-doc", undefined],
  ["arn:aws:ssm:us-east-1:000000000000:parameter/my-doc", undefined],
])("reads %s as %s", (nameOrArn, name) => {
  expect(documentNameOf(nameOrArn, "000000000000")).toBe(name);
});

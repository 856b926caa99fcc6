import { expect, it } from "vitest";
import { kmsEndpoint } from "../../emulator/plugin/kms-endpoint.ts";

it.each([
  ["", undefined],
  ["https://ssm.us-east-1.amazonaws.com", undefined],
  ["https://ssm.cn-north-1.amazonaws.com.cn", undefined],
  ["https://vpce-1.ssm.us-east-1.vpce.amazonaws.com", undefined],
  ["http://127.0.0.1:4583", "http://127.0.0.1:4583"],
  ["https://amazonaws.com.example.org", "https://amazonaws.com.example.org"],
])("of Systems Manager at %j, KMS is at %j", (endpoint, expected) => {
  expect(kmsEndpoint(endpoint)).toBe(expected);
});

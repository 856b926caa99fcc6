import { describe, expect, it } from "vitest";
import { ServiceException } from "../../emulator/errors.ts";
import { decodeJsonBody, encodeJsonError, encodeJsonOutput } from "../../emulator/http/aws-json.ts";

describe("decodeJsonBody", () => {
  it.each(["", "{", '{"a":}', "\uFEFFx"])("refuses %j", (body) => {
    expect(() => decodeJsonBody(Buffer.from(body))).toThrow(
      expect.objectContaining({ code: "SerializationException" }),
    );
  });

  it("refuses what is not UTF-8", () => {
    expect(() => decodeJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow();
  });
});

describe("encodeJsonOutput", () => {
  it.each([
    ["ssm", {}, "{}"],
    ["logs", {}, ""],
    ["kms", {}, ""],
    ["logs", { events: [] }, '{"events":[]}'],
    ["ssm", { StartDate: 1700000000.123, Reason: undefined }, '{"StartDate":1700000000.123}'],
  ] as const)("of %s writes %j as %s", (service, output, body) => {
    expect(encodeJsonOutput({ service }, output)).toEqual({
      status: 200,
      contentType: "application/x-amz-json-1.1",
      body,
    });
  });
});

describe("encodeJsonError", () => {
  it.each([
    ["ssm", "TargetNotConnected", 400, '{"__type":"TargetNotConnected","Message":"text"}'],
    ["ssm", "ParameterNotFound", 400, '{"__type":"ParameterNotFound","message":"text"}'],
    ["logs", "ResourceNotFoundException", 400, '{"__type":"ResourceNotFoundException","message":"text"}'],
    ["kms", "NotFoundException", 400, '{"__type":"NotFoundException","message":"text"}'],
    ["ssm", "AccessDenied", 400, '{"__type":"AccessDenied","Message":"text"}'],
    ["ssm", "InternalServerError", 500, '{"__type":"InternalServerError","Message":"text"}'],
  ])("of %s writes %s with status %i", (service, code, status, body) => {
    expect(encodeJsonError(service, new ServiceException(code, "text"))).toMatchObject({ status, body });
  });

  it("leaves an empty message out", () => {
    expect(encodeJsonError("ssm", new ServiceException("InvalidFilterKey")).body).toBe(
      '{"__type":"InvalidFilterKey"}',
    );
  });
});

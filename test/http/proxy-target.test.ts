import { describe, expect, it } from "vitest";
import { readAbsoluteTarget, readConnectTarget } from "../../emulator/http/proxy-target.ts";

const localPort = 4583;

describe("readConnectTarget", () => {
  it.each([
    ["ssm.us-east-1.amazonaws.com:443", "aws"],
    ["ssm.us-east-1.amazonaws.com:80", "other"],
    ["dynamodb.us-east-1.amazonaws.com:443", "other"],
    ["emulator:4583", "self"],
    ["[::1]:4583", "self"],
    ["127.0.0.1:22", "other"],
  ])("sorts %s as %s", (target, type) => {
    expect(readConnectTarget(target, localPort)).toMatchObject({ type, authority: target });
  });

  it("takes an IPv6 address out of its brackets", () => {
    expect(readConnectTarget("[2001:db8::1]:443", localPort)).toMatchObject({
      hostname: "2001:db8::1",
      port: 443,
    });
  });

  it.each([
    "",
    "host",
    "host:",
    "host:0",
    "host:65536",
    "http://host:443",
    "a b:443",
    "u@h:443",
    "/:443",
    ":443",
  ])("does not read '%s'", (target) => {
    expect(readConnectTarget(target, localPort)).toBeUndefined();
  });
});

describe("readAbsoluteTarget", () => {
  it.each([
    ["http://iam.amazonaws.com/?Action=ListUsers", "aws", "iam.amazonaws.com", "/?Action=ListUsers"],
    ["http://iam.amazonaws.com", "aws", "iam.amazonaws.com", "/"],
    ["http://s3.us-east-1.amazonaws.com/a/../b%2Fc", "aws", "s3.us-east-1.amazonaws.com", "/a/../b%2Fc"],
    ["http://emulator:4583/_emulator/health", "self", "emulator:4583", "/_emulator/health"],
    ["HTTP://Example.com?q", "other", "example.com", "/?q"],
  ])("sorts %s as %s", (target, type, authority, originForm) => {
    const absolute = readAbsoluteTarget(target, localPort);
    expect(absolute).toMatchObject({ to: { type, authority }, originForm });
  });

  it.each(["/", "/http://host/", "*", "ftp://host/", "http://"])("leaves %s alone", (target) => {
    expect(readAbsoluteTarget(target, localPort)).toBeUndefined();
  });
});

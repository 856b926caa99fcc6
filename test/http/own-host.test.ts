import { describe, expect, it } from "vitest";
import { isOwnHost, isOwnOrigin } from "../../emulator/http/own-host.ts";

const allowed = ["lab.example"];

describe("isOwnHost", () => {
  it.each([
    "127.0.0.1",
    "127.0.0.1:4583",
    "192.168.1.5:4583",
    "[::1]:4583",
    "[fe80::1]",
    "localhost:4583",
    "LOCALHOST",
    "emulator:4583",
    "app.localhost",
    "host.docker.internal:4583",
    "ssm.us-east-1.amazonaws.com",
    "ssm.cn-north-1.amazonaws.com.cn:443",
    "Lab.Example:4583",
  ])("takes %s", (host) => {
    expect(isOwnHost(host, allowed)).toBe(true);
  });

  it.each([
    undefined,
    "",
    ":4583",
    "evil.example",
    "evil.example:4583",
    "lab.example.evil.example",
    "notlab.example",
    "127.0.0.1.evil.example",
    "amazonaws.com.evil.example",
    "evilamazonaws.com",
    "localhost.evil.example",
    "evil.example@127.0.0.1",
  ])("refuses %s", (host) => {
    expect(isOwnHost(host, allowed)).toBe(false);
  });
});

describe("isOwnOrigin", () => {
  const host = "10.0.0.5:4583";

  it.each([
    undefined,
    "http://10.0.0.5:4583",
    "http://10.0.0.5:5173",
    "http://localhost:5173",
    "http://127.0.0.1",
    "http://[::1]:5173",
    "http://app.localhost",
    "https://lab.example",
  ])("takes %s", (origin) => {
    expect(isOwnOrigin({ host, origin }, allowed)).toBe(true);
  });

  it.each([
    "null",
    "",
    "file://",
    "http://evil.example",
    "http://203.0.113.9",
    "http://127.0.0.1.evil.example",
    "http://bucket.s3.amazonaws.com",
    "http://intranet",
    "http://lab.example.evil.example",
  ])("refuses %j", (origin) => {
    expect(isOwnOrigin({ host, origin }, allowed)).toBe(false);
  });
});

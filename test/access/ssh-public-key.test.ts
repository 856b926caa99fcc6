import Value from "typebox/value";
import { describe, expect, it } from "vitest";
import { SshPublicKey } from "../../emulator/access/ssh-public-key.ts";

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8xZ0Vb3y0Hk6cJr8yE0n0fX1o2p3q4r5s6t7u8v9w0";

describe("a line of authorized_keys", () => {
  it.each([
    [ed25519],
    [`${ed25519} alice@laptop`],
    [`${ed25519} José's laptop`],
    [`restrict,command="echo hi" ${ed25519} alice`],
    ["ssh-rsa AAAAB3NzaC1yc2E="],
    ["ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY="],
    ["sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t"],
    [`${ed25519} ${"x".repeat(16_383 - ed25519.length)}`],
  ])("may be %s", (line) => {
    expect(Value.Check(SshPublicKey, line)).toBe(true);
  });

  it.each([
    [""],
    ["ssh-ed25519"],
    ["ssh-ed25519 not*base64"],
    ["ssh-dss AAAAB3NzaC1kc3M="],
    [`# ${ed25519}`],
    [` ${ed25519}`],
    [`${ed25519}\n`],
    [`${ed25519}\n${ed25519}`],
    [`${ed25519}\0`],
    [`command="a\nb" ${ed25519}`],
    [`${ed25519} ${"x".repeat(16_384 - ed25519.length)}`],
  ])("may not be %j", (line) => {
    expect(Value.Check(SshPublicKey, line)).toBe(false);
  });
});

import { expect, it } from "vitest";
import { isDeniedAddress } from "../../../emulator/agent/port/denied-addresses.ts";

it.each([
  "169.254.169.254",
  "169.254.169.253",
  "169.254.169.123",
  "169.254.169.250",
  "169.254.169.251",
  "fd00:ec2::254",
  "fd00:ec2::253",
  "fd00:ec2::123",
  "fd00:ec2::240",
  "FD00:0EC2:0:0:0:0:0:0254",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "fd00:ec2::254%eth0",
])("no session may reach %s", (address) => {
  expect(isDeniedAddress(address)).toBe(true);
});

it.each(["127.0.0.1", "10.0.0.2", "169.254.169.252", "::1", "fd00:ec2::1", "not-an-address", ""])(
  "a session may reach %s",
  (address) => {
    expect(isDeniedAddress(address)).toBe(false);
  },
);

import { expect, it } from "vitest";
import { dialFailure } from "../../../emulator/agent/port/dial-failure.ts";
import { ManagedNodeError } from "../../../emulator/errors.ts";

it.each([
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection reset by peer"],
  ["EHOSTUNREACH", "no route to host"],
  ["ENETUNREACH", "network is unreachable"],
  ["ETIMEDOUT", "connection timed out"],
  ["EADDRNOTAVAIL", "cannot assign requested address"],
  ["EACCES", "permission denied"],
  ["EPERM", "operation not permitted"],
  ["EINVAL", "invalid argument"],
])("%s is told as Go tells it: %s", (code, text) => {
  const error = new ManagedNodeError("the node's words", { cause: "test", code });
  expect(dialFailure({ address: "10.0.0.1", port: 80 }, error)).toBe(
    `dial tcp 10.0.0.1:80: connect: ${text}`,
  );
});

it("an IPv6 address stands in brackets, and what Go has no words for is told in ours", () => {
  const error = new ManagedNodeError("The node is gone", { cause: "test" });
  expect(dialFailure({ address: "fd00::1", port: 80 }, error)).toBe(
    "dial tcp [fd00::1]:80: connect: The node is gone",
  );
});

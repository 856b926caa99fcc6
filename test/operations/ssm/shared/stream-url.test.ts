import { expect, it } from "vitest";
import { streamUrl } from "../../../../emulator/operations/ssm/shared/stream-url.ts";

const own = { host: "emulator:4583", secure: false, awsHost: false };
const ownTls = { host: "lab.example:4584", secure: true, awsHost: false };
const aws = { host: "ssm.eu-west-1.amazonaws.com", secure: true, awsHost: true };
const awsUrl = "wss://ssmmessages.eu-west-1.amazonaws.com";

it.each([
  ["auto", own, "ws://emulator:4583"],
  ["auto", ownTls, "wss://lab.example:4584"],
  ["auto", aws, awsUrl],
  ["aws", own, awsUrl],
  ["aws", aws, awsUrl],
  ["endpoint", own, "ws://emulator:4583"],
  ["endpoint", ownTls, "wss://lab.example:4584"],
  ["endpoint", aws, "ws://127.0.0.1:4583"],
] as const)("in the form %s, a request to %j is led to %s", (streamUrlForm, endpoint, origin) => {
  const settings = { streamUrlForm, ownHost: "127.0.0.1:4583" };
  const url = streamUrl({ sessionId: "alice-01", region: "eu-west-1", endpoint, settings });
  expect(url).toBe(`${origin}/v1/data-channel/alice-01?role=publish_subscribe`);
});

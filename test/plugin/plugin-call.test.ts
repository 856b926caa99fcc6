import { describe, expect, it } from "vitest";
import { readPluginCall } from "../../emulator/plugin/plugin-call.ts";

const response = { SessionId: "alice-1", StreamUrl: "ws://x/", TokenValue: "t" };
const json = JSON.stringify(response);
const start = { sessionId: "alice-1", streamUrl: "ws://x/", tokenValue: "t" };

function read(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return readPluginCall(args, environment, "1.2.3.4");
}

describe("readPluginCall", () => {
  it("reads what the AWS CLI hands over", () => {
    const endpoint = "http://127.0.0.1:4583";
    const call = {
      type: "session",
      start,
      target: "i-1",
      region: "eu-west-1",
      profile: "dev",
      endpoint,
    };
    const args = ["eu-west-1", "StartSession", "dev", '{"Target":"i-1"}', endpoint];
    expect(read([json, ...args])).toEqual(call);
    const variable = "AWS_SSM_START_SESSION_RESPONSE_1234";
    expect(read([variable, ...args], { [variable]: json })).toEqual(call);
  });

  it("needs neither a profile nor an endpoint", () => {
    expect(read([json, "eu-west-1", "StartSession"])).toMatchObject({ profile: "", endpoint: "" });
  });

  it.each([
    [[], undefined],
    [["dev"], ""],
    [["dev", '{"Target":"i-1","Reason":"x"}'], "i-1"],
    [["dev", '{"Target":1}'], ""],
    [["dev", "null"], ""],
    [["dev", "{"], ""],
  ])("after StartSession finds in %j the target %j", (args, target) => {
    expect(read([json, "eu-west-1", "StartSession", ...args])).toMatchObject({ target });
  });

  it.each([
    [[], "\nThe Session Manager plugin was installed successfully. Use the AWS CLI to start a session.\n\n"],
    [["--version"], "1.2.3.4\n"],
    [
      ["--help"],
      "\nUnknown operation --help. \nUse session-manager-plugin --version to check the version.\n\n",
    ],
    [
      [json, "eu-west-1"],
      `\nUnknown operation ${json}. \nUse session-manager-plugin --version to check the version.\n\n`,
    ],
    [[json, "eu-west-1", "StopSession"], "Invalid Operation"],
    [
      ["AWS_SSM_START_SESSION_RESPONSE", "r", "StartSession"],
      "Cannot perform start session: unexpected end of JSON input\n",
    ],
    [
      ["hello", "r", "StartSession"],
      "Cannot perform start session: invalid character 'h' looking for beginning of value\n",
    ],
    [
      ['{"SessionId" 1}', "r", "StartSession"],
      "Cannot perform start session: invalid character '1' at offset 13 of the response\n",
    ],
    [
      ["null", "r", "StartSession"],
      "Cannot perform start session: expected SessionId, StreamUrl and TokenValue, got less\n",
    ],
  ])("answers %j in the plugin's words", (args, text) => {
    expect(read(args)).toEqual({ type: "print", text });
  });
});

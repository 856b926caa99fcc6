import { describe, expect, it } from "vitest";
import {
  decodeHandshakeComplete,
  decodeHandshakeRequest,
  decodeHandshakeResponse,
  encodeHandshakeComplete,
  encodeHandshakeRequest,
  encodeHandshakeResponse,
} from "../../emulator/protocol/handshake.ts";
import { agentPayload, payloadOf } from "./agent-payload.ts";

/** Scenario `standard-stream-shell`, frame 3. */
const pluginResponse =
  '{"ClientVersion":"1.2.0.0","ProcessedClientActions":[{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""}],"Errors":null}';

describe("handshake request", () => {
  it.each([
    "agent-handshake-request-standard-stream",
    "agent-handshake-request-port",
    "agent-handshake-request-kms",
  ])("is written as the agent writes it: %s", (name) => {
    const payload = agentPayload(name);
    expect(encodeHandshakeRequest(decodeHandshakeRequest(payload))).toEqual(payload);
  });

  it("names the agent's version and the session type", () => {
    expect(decodeHandshakeRequest(agentPayload("agent-handshake-request-standard-stream"))).toEqual({
      agentVersion: "3.3.0.0",
      actions: [
        { actionType: "SessionType", parameters: { SessionType: "Standard_Stream", Properties: null } },
      ],
    });
  });
});

describe("handshake response", () => {
  it("is written as the plugin writes it", () => {
    const action = { actionType: "SessionType", status: 1, result: null, error: "" };
    const response = { clientVersion: "1.2.0.0", actions: [action], errors: [] };
    expect(encodeHandshakeResponse(response)).toEqual(payloadOf(pluginResponse));
    expect(decodeHandshakeResponse(payloadOf(pluginResponse))).toEqual(response);
  });

  it("may leave everything out", () => {
    expect(decodeHandshakeResponse(payloadOf("{}"))).toEqual({ clientVersion: "", actions: [], errors: [] });
  });

  it.each([
    "[]",
    '{"ClientVersion":1}',
    '{"ProcessedClientActions":{}}',
    '{"ProcessedClientActions":[null]}',
    '{"ProcessedClientActions":[{"ActionStatus":"1"}]}',
    '{"Errors":[1]}',
  ])("is refused as %s", (text) => {
    expect(() => decodeHandshakeResponse(payloadOf(text))).toThrow(
      expect.objectContaining({ code: "frame-malformed" }),
    );
  });
});

describe("handshake complete", () => {
  it.each([
    ["agent-handshake-complete", { timeToCompleteNs: 12_345_678, customerMessage: "" }],
    [
      "agent-handshake-complete-kms",
      { timeToCompleteNs: 1_500_000_000, customerMessage: "This session is encrypted using AWS KMS." },
    ],
  ])("is written as the agent writes it: %s", (name, complete) => {
    expect(encodeHandshakeComplete(complete)).toEqual(agentPayload(name));
    expect(decodeHandshakeComplete(agentPayload(name))).toEqual(complete);
  });
});

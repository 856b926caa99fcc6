import { describe, expect, it } from "vitest";
import type { ClientAction } from "../../emulator/protocol/handshake.ts";
import {
  answerHandshake,
  isShell,
  sessionWithoutHandshake,
} from "../../emulator/session/client-handshake.ts";
import { sessionTypeAction } from "./server-frames.ts";

const kmsAction = { actionType: "KMSEncryption", parameters: { KMSKeyId: "k", Challenge: "" } };

function answer(...actions: ClientAction[]) {
  return answerHandshake({ agentVersion: "3.3.1957.0", actions }, "1.2.707.0");
}

describe("answerHandshake", () => {
  it.each(["Standard_Stream", "InteractiveCommands", "NonInteractiveCommands", "Port"])(
    "takes %s",
    (type) => {
      const { response, session } = answer(sessionTypeAction(type, { portNumber: "22" }));
      expect(response.actions.map(({ status }) => status)).toEqual([1]);
      expect(session).toEqual({
        sessionType: type,
        properties: { portNumber: "22" },
        agentVersion: "3.3.1957.0",
        customerMessage: "",
      });
    },
  );

  it.each([
    { what: "an unknown session type", action: sessionTypeAction("Bogus"), status: 2, text: "Bogus" },
    {
      what: "parameters that are none",
      action: { actionType: "SessionType", parameters: 7 },
      status: 2,
      text: "type",
    },
    {
      what: "encryption without a data key",
      action: kmsAction,
      status: 2,
      text: "Failed to process action KMSEncryption: ",
    },
    {
      what: "an unknown action",
      action: { actionType: "Dance", parameters: {} },
      status: 0,
      text: "Unsupported action Dance",
    },
  ])("fails at $what, with the reason", ({ action, status, text }) => {
    const { response, session } = answer(action);
    expect(response.actions[0]).toMatchObject({ status, error: expect.stringContaining(text) });
    expect(response.errors).toHaveLength(1);
    expect(session.sessionType).toBe("");
  });
});

describe("answerHandshake to an agent that wants encryption", () => {
  const request = {
    agentVersion: "3.3.1957.0",
    actions: [sessionTypeAction("Standard_Stream"), kmsAction],
  };

  it("hands over the data key as KMS has encrypted it", () => {
    const [plaintext, cipherText] = [Buffer.alloc(64), Buffer.from("blob")];
    const { response, session } = answerHandshake(request, "1.2.707.0", {
      type: "data-key",
      plaintext,
      cipherText,
    });
    expect(response.errors).toEqual([]);
    expect(response.actions).toEqual([
      { actionType: "SessionType", status: 1, result: null, error: "" },
      {
        actionType: "KMSEncryption",
        status: 1,
        result: { KMSCipherTextKey: "YmxvYg==", KMSCipherTextHash: null },
        error: "",
      },
    ]);
    expect(session.sessionType).toBe("Standard_Stream");
  });

  it("tells why there is none, in the plugin's words", () => {
    const reason = "Error calling KMS GenerateDataKey API: AccessDeniedException: no";
    const { response, session } = answerHandshake(request, "1.2.707.0", { type: "failed", reason });
    expect(response.errors).toEqual([reason]);
    expect(response.actions[1]).toEqual({
      actionType: "KMSEncryption",
      status: 2,
      result: null,
      error: `Failed to process action KMSEncryption: ${reason}`,
    });
    expect(session.sessionType).toBe("Standard_Stream");
  });
});

it("only a port session has no terminal", () => {
  expect(isShell(sessionWithoutHandshake)).toBe(true);
  expect(isShell({ ...sessionWithoutHandshake, sessionType: "NonInteractiveCommands" })).toBe(true);
  expect(isShell({ ...sessionWithoutHandshake, sessionType: "Port" })).toBe(false);
});

import { describe, expect, it } from "vitest";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { clientOutput, decodeServerMessage } from "../../emulator/session/client-output.ts";
import agentFrames from "../fixtures/data-channel/agent-frames.json" with { type: "json" };
import agentSession from "../fixtures/data-channel/agent-session-frames.json" with { type: "json" };
import refused from "../fixtures/data-channel/channel-closed-with-error.json" with { type: "json" };
import unknownActions from "../fixtures/data-channel/handshake-unknown-actions.json" with { type: "json" };
import interactive from "../fixtures/data-channel/interactive-commands.json" with { type: "json" };
import withoutHandshake from "../fixtures/data-channel/no-handshake.json" with { type: "json" };
import nonInteractive from "../fixtures/data-channel/non-interactive-commands.json" with { type: "json" };
import resumed from "../fixtures/data-channel/resume-after-drop.json" with { type: "json" };
import shell from "../fixtures/data-channel/standard-stream-shell.json" with { type: "json" };
import { type Capture, comparable, pluginBytes, replay, TakingClient } from "./client-replay.ts";

const captures: readonly { readonly scenario: string; readonly capture: Capture }[] = [
  shell,
  interactive,
  nonInteractive,
  withoutHandshake,
  unknownActions,
  resumed,
].map((capture) => ({ scenario: capture.scenario, capture }));

describe("our client in the plugin's place", () => {
  it.each(captures)("sends what the plugin sent, byte for byte: $scenario", ({ capture }) => {
    const ours = replay(capture).sent.map(comparable);
    const theirs = pluginBytes(capture).map(comparable);
    expect(ours).toEqual(expect.arrayContaining(theirs));
    // Acknowledges are sent at another moment: the plugin's consumer takes its time.
    const isInput = (frame: string) => frame.includes(Buffer.from("input_stream_data ").toString("hex"), 0);
    const inputs = new Set(theirs.filter((frame) => isInput(frame)));
    expect(ours.filter((frame) => inputs.has(frame))).toEqual([...inputs]);
  });

  it.each([
    {
      ...shell,
      given: [
        "session Standard_Stream 3.3.1957.0",
        expect.stringMatching(/^output \$/),
        ...Array.from({ length: 9 }, () => expect.stringMatching(/^output /)),
        "closed",
      ],
    },
    {
      ...interactive,
      given: [
        "session InteractiveCommands 3.3.1957.0 Text from CustomerMessage.",
        "output abc",
        "output \r\ngot:abc\r\n",
        "closed",
      ],
    },
    {
      ...nonInteractive,
      given: [
        "session NonInteractiveCommands 3.3.1957.0",
        "output to-stdout\n",
        "stderr to-stderr\n",
        "exit-code 7",
        "closed",
      ],
    },
    {
      ...withoutHandshake,
      given: ["session Standard_Stream", "output first ", "output second ", "closed"],
    },
    {
      ...refused,
      given: [
        "closed \n----------ERROR-------\nUnable to start command: failed to start pty since RunAs user nosuchuser does not exist",
      ],
    },
    { ...unknownActions, given: ["session  3.3.1957.0"] },
  ])("gives out what the plugin printed: $scenario", ({ given, ...capture }) => {
    expect(replay(capture).given).toEqual(given);
  });
});

/** A frame of the agent, of those recorded in sessions. */
function agentFrame(name: string): Buffer {
  const frame = agentSession.frames.find((recorded) => recorded.name === name);
  if (frame === undefined) throw new Error(`No recorded frame ${name}`);
  return Buffer.from(frame.hex, "hex");
}

describe("our client of the real agent", () => {
  it("takes a shell without handshake: says the size once it has the prompt, and acknowledges it", () => {
    const client = new TakingClient();
    client.apply(client.channel.attach(0));
    for (const name of ["agent_session_state", "Output", "acknowledge", "channel_closed"]) {
      client.apply(client.channel.receive(agentFrame(name), 1));
    }
    expect(client.given).toEqual(["session Standard_Stream", "output $ ", "closed"]);
    const sent = client.sent.map((frame) => decodeAgentMessage(frame));
    expect(sent.map((message) => [message.messageType, Buffer.from(message.payload).toString()])).toEqual([
      ["input_stream_data", '{"cols":300,"rows":100}'],
      [
        "acknowledge",
        `{"AcknowledgedMessageType":"output_stream_data","AcknowledgedMessageId":"${decodeAgentMessage(agentFrame("Output")).messageId}","AcknowledgedMessageSequenceNumber":0,"IsSequentialMessage":true}`,
      ],
    ]);
  });

  it("takes a command with a handshake and its errors", () => {
    const client = new TakingClient();
    client.apply(client.channel.attach(0));
    for (const name of ["HandshakeRequest", "HandshakeComplete", "StdErr"]) {
      client.apply(client.channel.receive(agentFrame(name), 1));
    }
    expect(client.given).toEqual([
      "session NonInteractiveCommands 3.3.0.0",
      "stderr fork/exec /no/such/cmd: no such file or directory",
    ]);
  });

  it("reads its flag", () => {
    const message = decodeServerMessage(decodeAgentMessage(agentFrame("Flag")));
    expect(message).toEqual({ type: "flag", value: 3 });
  });

  it("reads its exit code", () => {
    const { payloadType, payload } = decodeAgentMessage(agentFrame("ExitCode"));
    expect(clientOutput(payloadType, payload)).toEqual({ type: "exit-code", code: 7, bytes: payload });
  });

  it("reads every frame that its serializer makes", () => {
    const frames = agentFrames.frames.filter(({ name }) => name !== "agent-max-seq");
    const types = frames.map(({ hex }) => {
      const message = decodeAgentMessage(Buffer.from(hex, "hex"));
      return message.messageType === "output_stream_data" ? decodeServerMessage(message).type : "other";
    });
    expect(types).toEqual([
      "handshake-request",
      "handshake-request",
      "handshake-request",
      "handshake-complete",
      "handshake-complete",
      "encryption-challenge",
      "content",
      "content",
      "content",
      "flag",
      "other",
      "other",
      "other",
    ]);
  });
});

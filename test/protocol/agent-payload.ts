import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import agentFrames from "../fixtures/data-channel/agent-frames.json" with { type: "json" };

/** Payload of a frame recorded from the agent. */
export function agentPayload(name: string): Uint8Array {
  const frame = agentFrames.frames.find((recorded) => recorded.name === name);
  if (frame === undefined) throw new Error(`No recorded frame ${name}`);
  return decodeAgentMessage(Buffer.from(frame.hex, "hex")).payload;
}

/** Text as a payload. */
export function payloadOf(text: string): Uint8Array {
  return Buffer.from(text);
}

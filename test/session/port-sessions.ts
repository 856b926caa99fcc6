import { payloadType } from "../../emulator/protocol/payload-type.ts";
import captures from "../fixtures/data-channel/port-sessions.json" with { type: "json" };

/** A captured port session of the real plugin. */
export function portSession(name: string) {
  const conversation = captures.conversations.find((candidate) => candidate.name === name);
  if (conversation === undefined) throw new Error(`No captured port session is named ${name}`);
  const payloads = conversation.payloads.map(({ from, payloadType: type, hex }) => ({
    from,
    payloadType: type,
    payload: Buffer.from(hex, "hex"),
  }));
  const outputOf = (side: "client" | "server") =>
    payloads
      .filter(({ from, payloadType: type }) => from === side && type === payloadType.output)
      .map(({ payload }) => payload);
  return { ...conversation, payloads, clientOutput: outputOf("client"), serverOutput: outputOf("server") };
}

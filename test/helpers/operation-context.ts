import type { OperationContext, Randomness } from "../../emulator/operations/operation.ts";
import type { CommandControl } from "../../emulator/operations/ports/command-control.ts";
import type { SessionControl } from "../../emulator/operations/ports/session-control.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";

export const accountId = "000000000000";

/** The root's request to an empty account at 2026-01-02T03:04:05.678Z, with ids that repeat from run to run. */
export function operationContext(overrides: Partial<OperationContext> = {}): OperationContext {
  return {
    principal: { type: "root", accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId },
    requestId: "00000000-0000-4000-8000-000000000000",
    now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    accountId,
    region: "us-east-1",
    endpoint: { host: "127.0.0.1:4583", secure: false, awsHost: false },
    state: createMemoryState(),
    nodes: { list: () => [], get: () => undefined },
    sessions: noSessions,
    commands: noCommands,
    random: countingRandomness(),
    settings: {
      streamUrlForm: "auto",
      ownHost: "127.0.0.1:4583",
      missingRunAsUserRefusedBy: "service",
      repeatedTerminate: "succeeds",
    },
    ...overrides,
  };
}

/** Each call counts one up and writes the number in the alphabet asked for. */
export function countingRandomness(): Randomness {
  let calls = 0;
  const write = (alphabet: string, length: number) => {
    let rest = ++calls;
    let text = "";
    for (; rest > 0; rest = Math.floor(rest / alphabet.length))
      text = `${alphabet[rest % alphabet.length]}${text}`;
    return text.padStart(length, alphabet[0]);
  };
  const digits = "0123456789abcdef";
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return {
    uuid: () => `00000000-0000-4000-8000-${write(digits, 12)}`,
    hex: (length) => write(digits, length),
    base32: (length) => write(`${letters}234567`, length),
    base64: (length) => write(`${letters}${letters.toLowerCase()}0123456789+/`, length),
  };
}

const noCommands: CommandControl = { run: unexpected, cancel: unexpected };

const noSessions: SessionControl = {
  start: unexpected,
  resume: unexpected,
  terminate: unexpected,
};

function unexpected(): never {
  throw new Error("this test expects nothing to be done on a node");
}

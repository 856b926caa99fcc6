import { constants } from "node:os";
import type { ProcessExit } from "../agent/managed-node.ts";

/** An engine tells a death by a signal as shells do, as 128 and the signal's number. */
const signalBase = 128;

/**
 * How a process ended whose status an engine told. A program that exits with such a status by itself cannot be told from
 * one that was killed.
 */
export function exitOfStatus(status: number): ProcessExit {
  const number = status - signalBase;
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return name === undefined ? { type: "exited", code: status } : { type: "killed", signal: name };
}

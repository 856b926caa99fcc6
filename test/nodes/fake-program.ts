import { PassThrough } from "node:stream";
import type { NodeProgram } from "../../emulator/nodes/node-exec.ts";

/** A program that does nothing by itself: its output and its end are the test's to give. */
export function fakeProgram(): NodeProgram {
  return {
    onOutput: () => {},
    onEnd: () => {},
    input: new PassThrough(),
    pause: () => {},
    resume: () => {},
    destroy: () => {},
    exit: async () => ({ type: "exited", code: 0 }),
  };
}

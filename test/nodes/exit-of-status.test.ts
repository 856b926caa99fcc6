import { expect, it } from "vitest";
import { exitOfStatus } from "../../emulator/nodes/exit-of-status.ts";

it.each([
  { status: 0, exit: { type: "exited", code: 0 } },
  { status: 127, exit: { type: "exited", code: 127 } },
  { status: 128, exit: { type: "exited", code: 128 } },
  { status: 130, exit: { type: "killed", signal: "SIGINT" } },
  { status: 137, exit: { type: "killed", signal: "SIGKILL" } },
  { status: 255, exit: { type: "exited", code: 255 } },
])("the engine's exit status $status means $exit", ({ status, exit }) => {
  expect(exitOfStatus(status)).toEqual(exit);
});

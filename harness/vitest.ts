/**
 * Vitest: an emulator as a fixture, and matchers for sessions. Importing this file registers the matchers.
 *
 * @example
 * import { expect } from "vitest";
 * import { test } from "ssm-emulator/vitest";
 *
 * test("alice's sessions are my-os-user's", async ({ emulator }) => {
 *   await using session = await emulator.startSession({ as: "alice" });
 *   expect(session).toRunAs("my-os-user");
 * });
 */
import { test as base, expect } from "vitest";
import { toBeRefusedWith, toHaveLogged, toRunAs } from "./matchers.ts";
import { type StartEmulatorOptions, startEmulator } from "./start-emulator.ts";
import type { WaitOptions } from "./terminal-session.ts";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** The node has chosen that OS user for the session. */
    toRunAs(user: string): R;
    /** AWS or the node has refused the session with that text or code. */
    toBeRefusedWith(text: string | RegExp): R;
    /**
     * The session's log has lines with these texts, in this order; others may stand between. Waits until it has them,
     * or is complete, or the time is over; behind `not` it looks once.
     */
    toHaveLogged(texts: readonly (string | RegExp)[], options?: WaitOptions): Promise<void>;
  }
}

expect.extend({ toRunAs, toBeRefusedWith, toHaveLogged });

/**
 * Vitest's `test` with an `emulator` that a file starts once, when its first test wants it, and that goes back to its
 * seed after each test. `fileEmulator` is the same one for `beforeAll`. Its options are set at the top of the file.
 *
 * @example
 * test.override("emulatorOptions", { seed: "./lab.yaml" });
 *
 * test("bob is refused", async ({ emulator }) => {
 *   await using session = await emulator.startSession({ as: "bob" });
 *   expect(session).toBeRefusedWith("RunAs user os-test-user does not exist");
 *   expect(session).not.toRunAs("ssm-user");
 * });
 */
export const test = base
  .extend("emulatorOptions", { scope: "file" }, (): StartEmulatorOptions => ({}))
  .extend("fileEmulator", { scope: "file" }, async ({ emulatorOptions }, { onCleanup }) => {
    const emulator = await startEmulator(emulatorOptions);
    onCleanup(() => emulator.close());
    return emulator;
  })
  .extend("emulator", async ({ fileEmulator }, { onCleanup }) => {
    onCleanup(() => fileEmulator.reset());
    return fileEmulator;
  });

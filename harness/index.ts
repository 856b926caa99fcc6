/**
 * Tests against an AWS Session Manager on this machine: start an emulator in process, open sessions as any persona, and
 * drive their terminals.
 *
 * @example
 * import { startEmulator } from "ssm-emulator";
 *
 * await using emulator = await startEmulator();
 * await using session = await emulator.startSession({ as: "alice" });
 * const { output } = await session.run("whoami"); // my-os-user
 */
export type { Decision, DecisionStep } from "../emulator/access/decision.ts";
export type { Explanation } from "../emulator/access/explanation.ts";
export type { SessionEnd } from "../emulator/client/session-end.ts";
export { ConfigError, ManagedNodeError } from "../emulator/errors.ts";
export type { FaultRequest, FaultSelector, FaultType, FaultView } from "../emulator/faults/fault.ts";
export type { SessionEvent } from "../emulator/operations/ports/session-events.ts";
export type { TerminalSize } from "../emulator/protocol/terminal-size.ts";
export type { Seed } from "../emulator/seed/seed-schema.ts";
export { AdminApiError } from "./admin-client.ts";
export type { SeedInput } from "./complete-seed.ts";
export type { Credentials, Persona } from "./credentials.ts";
export { describeDecision, describeSession, type SessionState } from "./describe-session.ts";
export {
  type AssumeRoleRequest,
  type EmulatorAddress,
  EmulatorHandle,
  type ExplainRequest,
  type OsUser,
  type SessionRequest,
} from "./emulator-handle.ts";
export { ExpectationError } from "./expectation-error.ts";
export { loadScenario, readScenario } from "./scenario/read-scenario.ts";
export { runScenario } from "./scenario/run-scenario.ts";
export type { Scenario } from "./scenario/scenario.ts";
export type { ScenarioResult } from "./scenario/scenario-result.ts";
export type { Screen } from "./screen.ts";
export type { SessionOutcome } from "./session-outcome.ts";
export type { NodeProcess, NodeView, SessionView } from "./session-view.ts";
export { LocalEmulator, type StartEmulatorOptions, startEmulator } from "./start-emulator.ts";
export {
  type CommandResult,
  TerminalSession,
  type TerminalSessionOptions,
  type WaitOptions,
} from "./terminal-session.ts";

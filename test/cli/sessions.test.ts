import { afterEach, beforeEach, expect, it } from "vitest";
import { sessionRecord } from "../http/admin-options.ts";
import { run, type ServedAdminApi, serveAdminApi } from "./run.ts";

let emulator: ServedAdminApi;

beforeEach(async () => {
  emulator = await serveAdminApi();
});
afterEach(() => emulator[Symbol.asyncDispose]());

const sessions = async (...args: readonly string[]) =>
  (await run("sessions", "--endpoint", emulator.endpoint, ...args)).out;

function put(...records: readonly Parameters<typeof sessionRecord>[0][]): void {
  for (const record of records.map(sessionRecord)) emulator.state.sessions.put(record.sessionId, record);
}

/** The cells of a table's rows, borders left out. */
function cells(table: string): string[][] {
  const rows = table.split("\n").filter((line) => line.startsWith("│"));
  return rows.map((line) =>
    line
      .split("│")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const owner = "arn:aws:iam::000000000000:user/alice";
const node = "i-0a1b2c3d4e5f60718";

it("sessions are a table, newest first", async () => {
  put({}, { sessionId: "alice-02", startedAt: 2_000, status: "Terminated", runAsUser: "webadmin" });
  expect(cells(await sessions())).toEqual([
    ["Session", "Node", "Status", "Started", "Owner", "OS user"],
    ["alice-02", node, "Terminated", "1970-01-01T00:00:02.000Z", owner, "webadmin"],
    ["alice-01", node, "Connected", "1970-01-01T00:00:01.000Z", owner, ""],
  ]);
});

it.each([
  [{ outcome: "pending", steps: [] }, ["→ not decided yet"]],
  [
    { outcome: "run", runAsUser: "webadmin", steps: [{ by: "service", finding: "Run As is on" }] },
    ["service: Run As is on", "→ runs as webadmin"],
  ],
  [{ outcome: "run", runAsUser: "", steps: [] }, ["→ runs as the agent's own user"]],
  [
    { outcome: "refused", refusal: "no such user", steps: [{ by: "node", finding: "user bob: no" }] },
    ["node: user bob: no", "→ refused: no such user"],
  ],
] as const)("sessions --why tell the reasons of %j", async (decision, lines) => {
  put({ decision });
  expect(cells(await sessions("--why")).slice(2)).toEqual(lines.map((line) => [line]));
});

it("sessions --json are for a program", async () => {
  put({ reason: "INC-1" });
  expect(JSON.parse(await sessions("--json"))).toMatchObject([{ sessionId: "alice-01", reason: "INC-1" }]);
});

it("no sessions are said to be none", async () => {
  expect(await sessions()).toBe("No sessions yet.\n");
  expect(JSON.parse(await sessions("--json"))).toEqual([]);
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { run, serveAdminApi } from "./run.ts";

afterEach(() => vi.unstubAllEnvs());

/** Nothing listens there. */
const nowhere = "http://127.0.0.1:2";

describe("a command that talks to an emulator", () => {
  it.each([["env", "--as", "root"], ["sessions"], ["logs"], ["reset"]])(
    "says in one line when there is none: %s",
    async (...command) => {
      const { exitCode, out, err } = await run(...command, "--endpoint", nowhere);
      expect([exitCode, out]).toEqual([2, ""]);
      expect(err).toMatch(
        /^No emulator answers at http:\/\/127\.0\.0\.1:2 \(.*ECONNREFUSED.*\)\. Start one with: .+\n$/,
      );
    },
  );

  it.each([
    ["sessions", "--endpoint", "127.0.0.1:4583"],
    ["sessions", "--endpoint", "somewhere"],
    ["sessions", "--endpoint", "ftp://127.0.0.1"],
  ])("says in one line what an endpoint is: %s %s %s", async (...command) => {
    expect(await run(...command)).toEqual({
      exitCode: 2,
      out: "",
      err: `--endpoint: expected a URL such as http://127.0.0.1:4583, found ${command[2]}\n`,
    });
  });

  it.each([
    [404, "text/plain", "no such page", /^GET \/_emulator\/sessions answered 404: no such page\n$/],
    [200, "text/html", "<html>", /^What answers at \S+ is not an emulator\. .+\n$/],
  ])("says in one line when something else answers with %i %s", async (status, type, body, text) => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { "content-type": type, connection: "close" }).end(body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { exitCode, err } = await run("sessions", "--endpoint", `http://127.0.0.1:${port}`);
    server.close();
    expect(exitCode).toBe(2);
    expect(err).toMatch(text);
  });

  it("finds it by the endpoint's variable, else by the port's; empty ones count as none", async () => {
    await using emulator = await serveAdminApi();
    vi.stubEnv("SSM_EMULATOR_ENDPOINT", emulator.endpoint);
    vi.stubEnv("SSM_EMULATOR_PORT", "2");
    expect((await run("sessions")).exitCode).toBe(0);
    vi.stubEnv("SSM_EMULATOR_ENDPOINT", "");
    expect((await run("sessions")).err).toContain("http://127.0.0.1:2 ");
    vi.stubEnv("SSM_EMULATOR_PORT", new URL(emulator.endpoint).port);
    expect((await run("sessions")).exitCode).toBe(0);
  });
});

describe("reset", () => {
  it("goes back to the seed and says so", async () => {
    await using emulator = await serveAdminApi();
    const reset = (...args: readonly string[]) => run("reset", "--endpoint", emulator.endpoint, ...args);
    expect(await reset()).toEqual({ exitCode: 0, out: "Back to the seed.\n", err: "" });
    expect(JSON.parse((await reset("--json")).out)).toEqual({ status: "reset" });
    expect(emulator.resets()).toBe(2);
  });
});

describe("the command line", () => {
  it("tells its version", async () => {
    expect(await run("--version")).toEqual({ exitCode: 0, out: `${packageJson.version}\n`, err: "" });
  });

  it.each([["--help"], ["start", "--help"], ["env", "--help"], ["sessions", "--help"], ["logs", "--help"]])(
    "helps: %s %s",
    async (...command) => {
      const { exitCode, out, err } = await run(...command);
      expect([exitCode, err]).toEqual([0, ""]);
      expect(out).toContain("Usage: ssm-emulator");
    },
  );

  it.each([
    ["a command", ["stort"], "unknown command 'stort'"],
    ["an option", ["sessions", "--yaml"], "unknown option '--yaml'"],
    ["too much", ["sessions", "all"], "too many arguments"],
  ])("counts %s that does not exist as a mistake of its user", async (_what, command, text) => {
    const { exitCode, out, err } = await run(...command);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toContain(text);
  });
});

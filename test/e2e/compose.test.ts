import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SSMClient, StartSessionCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerSkipReason, newOwner } from "../helpers/docker.ts";
import { webNodeId } from "../helpers/emulator.ts";
import { freePort } from "../helpers/free-port.ts";
import { SsmSessionClient } from "../helpers/ssm-session-client.ts";
import { standInImages } from "./emulator-image.ts";

const run = promisify(execFile);

const skipReason =
  dockerSkipReason ??
  (await run("docker", ["compose", "version"]).then(
    () => undefined,
    () => "docker compose is not installed",
  ));

describe.skipIf(skipReason !== undefined)(
  `docker compose up${skipReason ? ` (skipped: ${skipReason})` : ""}`,
  () => {
    const project = newOwner();
    let port: number;
    let compose: (...args: string[]) => Promise<string>;

    beforeAll(async () => {
      port = await freePort();
      compose = async (...args) => {
        const { stdout } = await run("docker", ["compose", "--project-name", project, ...args], {
          cwd: new URL("../..", import.meta.url),
          env: { ...(await standInImages()), ...process.env, SSM_EMULATOR_PORT: String(port) },
          maxBuffer: 16 * 1024 * 1024,
        });
        return stdout;
      };
      await compose("up", "--build", "--detach", "--wait");
    }, 600_000);
    afterAll(() => compose("down", "--volumes", "--remove-orphans"), 120_000);

    it("says that it is ready, with a command that opens a session", async () => {
      const log = await compose("logs", "--no-log-prefix", "emulator");
      expect(log).toMatch(/Ready\.\s*$/m);
      expect(log).toContain(`AWS_ENDPOINT_URL=http://127.0.0.1:${port} `);
      // The only one of the two that AWS CLI v1 reads.
      expect(log).toContain("AWS_DEFAULT_REGION=us-east-1 ");
    });

    it("prints a persona's environment for the host", async () => {
      const script = await compose("exec", "-T", "emulator", "ssm-emulator", "env", "--as", "alice");
      expect(script).toContain(`export AWS_ENDPOINT_URL='http://127.0.0.1:${port}'`);
    });

    it("opens a session on the node of the compose file as the caller's user", async () => {
      const ssm = new SSMClient({
        endpoint: `http://127.0.0.1:${port}`,
        region: "us-east-1",
        credentials: {
          accessKeyId: "AKIAALICE22222222222",
          secretAccessKey: "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",
        },
      });
      await using session = new SsmSessionClient(
        await ssm.send(new StartSessionCommand({ Target: webNodeId })),
      );
      await session.expectText("sh-5.2$ ");
      session.type("whoami; hostname\r");
      await session.expectText("whoami; hostname\r\n");
      expect(await session.expectLine()).toBe("my-os-user");
      expect(await session.expectLine()).toBe("web-1");
      session.type("exit\r");
      expect(await session.closed).toBe("");
    });
  },
);

import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithNodes } from "../../helpers/engine.ts";
import { findProgram } from "../../helpers/programs.ts";

const run = promisify(execFile);
const uid = 51_234;
const missing =
  process.getuid?.() !== 0
    ? "only root can become another"
    : findProgram("newuidmap") === undefined
      ? "no newuidmap"
      : undefined;

const checkout = join(import.meta.dirname, "../../..");
/** The checkout, Node and our folder may be where only root can look, so they are shown elsewhere. */
const shown = { checkout: "/mnt", folder: "/srv" };

/** As another user: prints what a session on a node says, by both ways to it. */
const program = `
import { NamespaceFleet } from "${shown.checkout}/emulator/nodes/namespace/namespace-fleet.ts";
import { systemClock } from "${shown.checkout}/emulator/clock.ts";
const nodes = ["web-1", "db-1"].map((name, index) => ({ nodeId: "i-0a1b2c3d4e5f6071" + index, name, tags: [], users: [{ name: "ops", uid: 1500, groups: ["audit"] }] }));
for (const helper of ["auto", "off"]) {
  const fleet = await NamespaceFleet.open({ nodes, clock: systemClock, cacheDirectory: "/nonexistent", helper });
  const node = fleet.get("i-0a1b2c3d4e5f60710");
  const { uid, gid } = await node.lookUpUser(["ops"]);
  const credential = { uid: Number(uid.stdout), gid: Number(gid.stdout), groups: [1500] };
  const terminal = await node.openTerminal({ argv: ["sh", "-c", "id -un; hostname; touch /home/ops/file && stat -c %U /home/ops/file"], environment: { PATH: "/usr/bin:/bin" }, workingDirectory: "/usr/bin", credential });
  const ended = new Promise((resolve) => { terminal.onEnd = resolve; terminal.onOutput = (bytes) => process.stdout.write(bytes); });
  await ended;
  await terminal.terminate();
  const program = await node.exec.start({ words: ["getent", "hosts", "db-1", "emulator"], workingDirectory: "/", input: "none" });
  const done = new Promise((resolve) => { program.onEnd = resolve; program.onOutput = (bytes) => process.stdout.write(bytes); });
  await done;
  await fleet.close({ remove: true });
}
`;

describeWithNodes(missing === undefined ? "without root" : `without root (skipped: ${missing})`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ssm-emulator-test-"));
    await chmod(folder, 0o755);
    await writeFile(join(folder, "program.ts"), program);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs Node as a user that the machine has for the time, with or without a range of ids. */
  async function asUser(range: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
    await writeFile(
      join(folder, "passwd"),
      `root:x:0:0::/root:/bin/sh\nann:x:${uid}:${uid}::${folder}:/bin/sh\n`,
    );
    await writeFile(join(folder, "range"), range);
    const script = [
      ...["uid", "gid"].map((kind) => `mount -n --bind ${folder}/range /etc/sub${kind}`),
      `mount -n --bind ${folder}/passwd /etc/passwd`,
      `mount -n --bind ${checkout} ${shown.checkout}`,
      `mount -n --bind ${folder} ${shown.folder}`,
      `exec setpriv --reuid ${uid} --regid ${uid} --clear-groups env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"`,
    ].join(" && ");
    const words = ["--mount", "--propagation", "private", "sh", "-c", script, "sh"];
    const node = process.execPath.replace(checkout, shown.checkout);
    return await run("unshare", [...words, node, join(shown.folder, "program.ts")], {
      timeout: 50_000,
    });
  }

  describe.skipIf(missing !== undefined)("a user", () => {
    it("has nodes with OS users and a network, in a user namespace", async () => {
      const { stdout } = await asUser("ann:200000:65536\n");
      const session = "ops\r\nweb-1\r\nops\r\n172.31.16.11    db-1\n172.31.0.1      emulator\n";
      expect(stdout).toBe(session + session);
    });

    it("is told what to do without a range of ids", async () => {
      await expect(asUser("bob:200000:65536\n")).rejects.toThrow(
        /\/etc\/subuid gives ann no range of 65536 ids: sudo usermod .*; \/etc\/subgid gives ann no range/,
      );
    });
  });
});

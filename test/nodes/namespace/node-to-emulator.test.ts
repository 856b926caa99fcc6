import { expect, it } from "vitest";
import { onNode } from "../../e2e/node.ts";
import { startTestEmulator } from "../../helpers/emulator.ts";
import { describeOnEngine } from "../../helpers/engine.ts";

describeOnEngine("namespace", "programs on a node", () => {
  it("reach the emulator by its name, which leads URLs back to them, and nothing else of this machine", async () => {
    await using lab = await startTestEmulator();
    const { port } = new URL(lab.emulator.url);
    const ask = (path: string) =>
      onNode(
        lab,
        `python3 -c "import urllib.request as r; print(r.urlopen('http://emulator:${port}${path}').read().decode())"`,
      );
    expect(JSON.parse(await ask("/_emulator/health"))).toMatchObject({ nodes: [{ pingStatus: "Online" }] });
    await expect(onNode(lab, `timeout 5 bash -c '</dev/tcp/127.0.0.1/${port}'`)).rejects.toThrow(/refused/);
    await lab.emulator.close();
  });
});

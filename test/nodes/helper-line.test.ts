import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../emulator/clock.ts";
import { connectHelperLine } from "../../emulator/nodes/helper-line.ts";
import { ManualClock } from "../helpers/manual-clock.ts";

const token = "0a1b2c3d-0000-4000-8000-000000000000";

let folder: string;
let server: Server;
let path: string;

/** Somebody who says these words, apart, to whoever comes; gives what was heard until the end. */
async function serve(...words: readonly string[]): Promise<() => Promise<string>> {
  const heard = Promise.withResolvers<string>();
  const onConnection = async (socket: Socket) => {
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes;
    });
    socket.once("close", () => heard.resolve(text));
    for (const word of words) {
      socket.write(word);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  server.on("connection", (socket) => void onConnection(socket)).listen(path);
  await once(server, "listening");
  return () => heard.promise;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ssm-emulator-line-"));
  path = join(folder, "line");
  server = createServer();
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

it("is a socket to who says the token, and loses nothing that is said after it", async () => {
  const heard = await serve(token.slice(0, 9), `${token.slice(9)}fra`, "mes");
  const line = await connectHelperLine(path, token, systemClock);
  expect(line).toBeDefined();
  let said = "";
  line?.on("data", (bytes) => {
    said += bytes;
  });
  await expect.poll(() => said).toBe("frames");
  line?.end("answer");
  expect(await heard()).toBe("answer");
});

it("says nothing to who says something else", async () => {
  const heard = await serve("x".repeat(token.length));
  expect(await connectHelperLine(path, token, systemClock)).toBeUndefined();
  expect(await heard()).toBe("");
});

it("says nothing to who is silent, and does not wait for ever", async () => {
  const heard = await serve();
  const clock = new ManualClock();
  const line = connectHelperLine(path, token, clock);
  await once(server, "connection");
  await clock.advance(1_000);
  expect(await line).toBeUndefined();
  expect(await heard()).toBe("");
});

it("is nothing where nobody listens", async () => {
  expect(await connectHelperLine(path, token, systemClock)).toBeUndefined();
});

import { randomBytes } from "node:crypto";
import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WebSocket } from "ws";
import { runSession, type SessionRun } from "../../emulator/client/run-session.ts";
import type { SessionEnd } from "../../emulator/client/session-end.ts";
import { decodeAgentMessage, type ReceivedMessage } from "../../emulator/protocol/agent-message.ts";
import {
  decodeEncryptionChallenge,
  encodeEncryptionChallenge,
} from "../../emulator/protocol/encryption-challenge.ts";
import { decodeHandshakeResponse } from "../../emulator/protocol/handshake.ts";
import { ChannelCipher, channelKeys } from "../../emulator/session/channel-cipher.ts";
import {
  closedFrame,
  completeFrame,
  kmsAction,
  outputFrame,
  requestFrame,
  serverAcknowledge,
  serverFrame,
  sessionTypeAction,
} from "../session/server-frames.ts";
import { serve } from "./scripted-server.ts";

type Server = Awaited<ReturnType<typeof serve>>;

let server: Server;
/** The connection of the client, once it has presented its token. */
let connected: Promise<WebSocket>;
/** What the client has sent in its stream; all of it is acknowledged. */
let received: ReceivedMessage[];
let output: string;
let input: PassThrough;

beforeEach(async () => {
  const { promise, resolve } = Promise.withResolvers<WebSocket>();
  connected = promise;
  [received, output] = [[], ""];
  input = new PassThrough();
  server = await serve((socket) => {
    socket.on("message", (data: Buffer) => {
      const message = decodeAgentMessage(data);
      if (message.messageType !== "input_stream_data") return;
      received.push(message);
      socket.send(serverAcknowledge(message.sequenceNumber));
    });
    resolve(socket);
  });
});
afterEach(() => server[Symbol.asyncDispose]());

function collect(take: (text: string) => void): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      take(String(chunk));
      done();
    },
  });
}

function run(options: Partial<SessionRun> = {}): Promise<SessionEnd> {
  return runSession({
    start: { sessionId: "alice-1", streamUrl: server.url, tokenValue: "t" },
    streams: {
      input,
      output: collect((text) => {
        output += text;
      }),
    },
    resume: async () => undefined,
    terminate: async () => {},
    generateDataKey: async () => {
      throw new Error("no access to KMS");
    },
    onInputEnd: "fails",
    ...options,
  });
}

/** The server shakes hands for such a session. */
async function begin(sessionType: string, properties?: unknown): Promise<WebSocket> {
  const socket = await connected;
  socket.send(requestFrame(0, [sessionTypeAction(sessionType, properties)]));
  socket.send(completeFrame(1));
  return socket;
}

const typed = () =>
  received
    .filter(({ payloadType }) => payloadType === 1)
    .map(({ payload }) => Buffer.from(payload).toString());

const started = "\nStarting session with SessionId: alice-1\n";
const exited = "\n\nExiting session with sessionId: alice-1.\n\n";

describe("a session on a program's own streams", () => {
  it("shows what the shell says between the plugin's texts, and leaves no listener", async () => {
    const listeners = process.listenerCount("SIGINT");
    const over = run();
    const socket = await begin("Standard_Stream");
    socket.send(outputFrame(2, "$ "));
    await vi.waitUntil(() => output.endsWith("$ "));
    input.write("exit\n");
    await vi.waitUntil(() => typed().length === 1);
    socket.send(closedFrame(""));
    expect(await over).toEqual({ type: "closed", output: "" });
    expect([output, typed()]).toEqual([`${started}$ ${exited}`, ["exit\n"]]);
    expect(process.listenerCount("SIGINT")).toBe(listeners);
  });

  it("shows every payload of a command as it is, as the plugin does", async () => {
    const over = run();
    const socket = await begin("NonInteractiveCommands");
    const payloads = [
      [1, "out "],
      [11, "err "],
      [12, "EXIT_CODE: 7\n"],
      [10, "\0\0\0\u0003"],
      [99, " new"],
    ] as const;
    for (const [index, [type, text]] of payloads.entries()) {
      socket.send(serverFrame(2 + index, type, Buffer.from(text)));
    }
    socket.send(closedFrame(""));
    expect(await over).toEqual({ type: "closed", output: "" });
    expect(output).toBe(`${started}out err EXIT_CODE: 7\n\0\0\0\u0003 new${exited}`);
  });

  it("shows all that came before the end, even to a reader who is slow", async () => {
    const taking = Promise.withResolvers<void>();
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk, _encoding, done) {
        output += chunk;
        void taking.promise.then(() => done());
      },
    });
    const over = run({ streams: { input, output: slow } });
    const socket = await begin("Standard_Stream");
    socket.send(outputFrame(2, "one "));
    socket.send(outputFrame(3, "two"));
    socket.send(closedFrame(""));
    expect(await over).toEqual({ type: "closed", output: "" });
    taking.resolve();
    await vi.waitUntil(() => output === `${started}one two${exited}`);
  });

  it("tells the server why KMS gives no key", async () => {
    const generateDataKey = vi.fn(async (_kmsKeyId: string) => {
      throw new Error("Error calling KMS GenerateDataKey API: AccessDeniedException: no");
    });
    const over = run({ generateDataKey });
    const socket = await connected;
    socket.send(requestFrame(0, [sessionTypeAction("Standard_Stream"), kmsAction("key-1")]));
    await vi.waitUntil(() => received.length === 1);
    const { actions } = decodeHandshakeResponse(received[0]?.payload ?? Buffer.alloc(0));
    expect(actions[1]).toMatchObject({
      status: 2,
      error:
        "Failed to process action KMSEncryption: Error calling KMS GenerateDataKey API: AccessDeniedException: no",
    });
    expect(generateDataKey).toHaveBeenCalledWith("key-1", expect.any(AbortSignal));
    socket.send(closedFrame("failed"));
    await over;
  });

  it("encrypts with the key that KMS gives", async () => {
    const plaintext = randomBytes(64);
    const agent = new ChannelCipher(channelKeys(plaintext, "agent"), (length) => randomBytes(length));
    const over = run({ generateDataKey: async () => ({ plaintext, cipherText: Buffer.from("blob") }) });
    const socket = await connected;
    socket.send(requestFrame(0, [sessionTypeAction("Standard_Stream"), kmsAction("key-1")]));
    const challenge = encodeEncryptionChallenge(agent.encrypt(Buffer.from("challenge")));
    socket.send(serverFrame(1, 8, challenge));
    await vi.waitUntil(() => received.length === 2);
    const answer = decodeEncryptionChallenge(received[1]?.payload ?? Buffer.alloc(0));
    expect(Buffer.from(agent.decrypt(answer)).toString()).toBe("challenge");
    socket.send(completeFrame(2));
    socket.send(serverFrame(3, 1, agent.encrypt(Buffer.from("$ "))));
    await vi.waitUntil(() => output.endsWith("$ "));
    input.write("exit\n");
    await vi.waitUntil(() => received.at(-1)?.payloadType === 1);
    expect(Buffer.from(agent.decrypt(received.at(-1)?.payload ?? Buffer.alloc(0))).toString()).toBe("exit\n");
    socket.send(closedFrame(""));
    await over;
  });

  it("lets KMS go when the session ends before it has answered", async () => {
    let isGone = false;
    const generateDataKey: SessionRun["generateDataKey"] = (_kmsKeyId, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          isGone = true;
          reject(signal.reason);
        });
      });
    const over = run({ generateDataKey });
    const socket = await connected;
    socket.send(requestFrame(0, [sessionTypeAction("Standard_Stream"), kmsAction("key-1")]));
    socket.send(closedFrame("too late"));
    expect(await over).toEqual({ type: "closed", output: "too late" });
    expect(isGone).toBe(true);
  });

  it("tells the size of what is no terminal as the plugin does", async () => {
    const over = run();
    const socket = await begin("Standard_Stream");
    await vi.waitUntil(() => received.some(({ payloadType }) => payloadType === 3));
    const size = received.find(({ payloadType }) => payloadType === 3);
    expect(Buffer.from(size?.payload ?? []).toString()).toBe('{"cols":300,"rows":100}');
    socket.send(closedFrame(""));
    await over;
  });

  it.each([
    ["SIGINT", "\u0003"],
    ["SIGQUIT", "\u001c"],
    ["SIGTSTP", "\u001a"],
  ] as const)("sends %s as the key's byte", async (signal, byte) => {
    const over = run();
    const socket = await begin("Standard_Stream");
    await vi.waitUntil(() => process.listenerCount(signal) > 0);
    process.emit(signal);
    await vi.waitUntil(() => typed().length === 1);
    expect(typed()).toEqual([byte]);
    socket.send(closedFrame(""));
    await over;
  });

  it("ends at once with its input, as the plugin", async () => {
    const over = run();
    await begin("Standard_Stream");
    input.end();
    expect(await over).toEqual({ type: "failed", message: "EOF" });
    expect(output).toBe(`${started}Cannot perform start session: EOF\n`);
  });

  it.each([
    ["", ["\u0004"]],
    ["ls\n", ["ls\n", "\u0004"]],
    ["ls", ["ls", "\n", "\u0004"]],
  ])("tells the shell where the input %j ends, if asked to, and waits", async (text, expected) => {
    const over = run({ onInputEnd: "ends-the-shell" });
    const socket = await begin("Standard_Stream");
    input.end(text);
    await vi.waitUntil(() => typed().at(-1) === "\u0004");
    expect(typed()).toEqual(expected);
    socket.send(closedFrame(""));
    expect(await over).toEqual({ type: "closed", output: "" });
  });

  it("tells a shell again that did not hear the end of the input", async () => {
    const over = run({ onInputEnd: "ends-the-shell" });
    const socket = await begin("Standard_Stream");
    input.end();
    await vi.waitUntil(() => typed().length === 2, { timeout: 5_000 });
    expect(typed()).toEqual(["\u0004", "\u0004"]);
    socket.send(closedFrame(""));
    await over;
  });

  it("ends when nobody reads its output any more", async () => {
    const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error("write EPIPE")) });
    const over = run({ streams: { input, output: broken } });
    expect(await over).toEqual({ type: "failed", message: "write EPIPE" });
  });

  it("cannot do with a session whose type it does not know", async () => {
    const over = run();
    await begin("Telepathy");
    await over;
    expect(output).toBe(`${started}Cannot perform start session: unable to determine SessionType\n`);
  });

  it("says how a refused session ended", async () => {
    const over = run();
    (await connected).send(closedFrame("no such user"));
    await over;
    expect(output).toBe(`${started}\n\nSessionId: alice-1 : no such user\n\n`);
  });

  it("says that a session has timed out", async () => {
    const over = run();
    (await connected).terminate();
    expect(await over).toEqual({ type: "timed-out" });
    expect(output).toBe(`${started}Session: alice-1 timed out.\n`);
  });
});

describe("a port session on a program's own streams", () => {
  it("listens until a signal, and asks for the end with a flag", async () => {
    const over = run();
    await begin("Port", { type: "LocalPortForwarding", portNumber: "80", localPortNumber: "0" });
    await vi.waitUntil(() => output.includes("Waiting for connections..."));
    process.emit("SIGINT");
    expect(await over).toEqual({ type: "closed", output: "" });
    expect(output).toMatch(/^\nStarting .+\nPort \d+ opened for sessionId alice-1\.\nWaiting/);
    expect(output.endsWith(`Terminate signal received, exiting.\n${exited}`)).toBe(true);
    const flag = received.find(({ payloadType }) => payloadType === 10);
    expect(Buffer.from(flag?.payload ?? []).readUInt32BE()).toBe(2);
    expect(process.listenerCount("SIGINT")).toBe(0);
  });

  it("ends at once with the server's words, even if what it has for a local program waits for one", async () => {
    const over = run();
    const properties = { type: "LocalPortForwarding", portNumber: "80", localPortNumber: "0" };
    const socket = await connected;
    // Such an agent has but one connection at a time.
    socket.send(requestFrame(0, [sessionTypeAction("Port", properties)], "3.0.196.0"));
    socket.send(completeFrame(1));
    for (let number = 2; number < 52; number++) socket.send(serverFrame(number, 1, Buffer.alloc(32_000)));
    socket.send(closedFrame("idle"));
    expect(await over).toEqual({ type: "closed", output: "idle" });
  });

  it("joins the streams without a word, and leaves with its input", async () => {
    const over = run();
    const socket = await begin("Port", { portNumber: "22" });
    socket.send(outputFrame(2, "SSH-2.0\r\n"));
    input.end("hello\n");
    expect(await over).toEqual({ type: "left" });
    expect(typed()).toEqual(["hello\n"]);
    expect(output).toBe(`${started}SSH-2.0\r\n`);
  });
});

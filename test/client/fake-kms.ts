import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface KmsAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface FakeKms extends AsyncDisposable {
  readonly endpoint: string;
  /** What it was asked, and with which data. */
  readonly calls: readonly { readonly target: string | undefined; readonly input: unknown }[];
  /** Resolves with the first call. */
  readonly called: Promise<void>;
}

/** A service that answers every call alike; without an answer it leaves its callers waiting. */
export async function startFakeKms(answer?: KmsAnswer): Promise<FakeKms> {
  const calls: { target: string | undefined; input: unknown }[] = [];
  const { promise: called, resolve } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const input: unknown = JSON.parse(Buffer.concat(chunks).toString());
    calls.push({ target: request.headers["x-amz-target"]?.toString(), input });
    resolve();
    if (answer === undefined) return;
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "r-1" };
    response.writeHead(answer.status, headers).end(JSON.stringify(answer.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    called,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

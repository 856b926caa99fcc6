import type { Duplex, Readable, Writable } from "node:stream";

/**
 * Gives all of `source` to `take`, each piece once the one before was taken; what came meanwhile is one piece. Resolves
 * when the source has ended or broken, and all was taken; `signal` leaves it where it is.
 */
export function pump(
  source: Readable,
  take: (bytes: Uint8Array) => unknown,
  signal?: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let taken = Promise.resolve();
  const onData = (bytes: Uint8Array) => {
    source.pause();
    taken = Promise.resolve(take(bytes)).then(() => {
      if (signal?.aborted === true) return;
      // Paused, it gives all that it has as one `data`; flowing again, it would give chunk by chunk.
      if (source.read() === null) source.resume();
    });
  };
  const onEnd = () => resolve(taken);
  // What is broken is closed, too.
  source.on("error", () => {});
  source.on("data", onData).once("end", onEnd).once("close", onEnd);
  signal?.addEventListener("abort", () => source.off("data", onData).pause(), { once: true });
  if (source.closed || source.readableEnded) onEnd();
  else source.resume();
  return promise;
}

/** Writes to `sink`; when that has enough for now, the promise resolves once it takes more, or nothing any more. */
export function give(sink: Writable, bytes: Uint8Array): Promise<void> | undefined {
  if (sink.destroyed || sink.write(bytes)) return undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  const onReady = () => {
    sink.off("drain", onReady).off("close", onReady);
    resolve();
  };
  sink.on("drain", onReady).on("close", onReady);
  return promise;
}

/** Closes both ways, after what was written has left. */
export function finish(stream: Duplex): void {
  stream.end(() => stream.destroy());
}

import type { HelperChannel } from "./helper-channel.ts";
import type { Connection, ConnectionSink } from "./node-processes.ts";

/** A TCP connection that a node's helper holds. Resolves when it is made. @throws ManagedNodeError */
export async function helperConnection(channel: HelperChannel, sink: ConnectionSink): Promise<Connection> {
  channel.onOutput = (bytes) => sink.onData(bytes);
  channel.onOutputEnd = () => sink.onEnd();
  await channel.opened;
  channel.onEnd = (end) => {
    if (end.type === "failed") sink.onError(end.error);
  };
  return {
    write: (bytes) => {
      // How it fails is the sink's to hear.
      channel.write(bytes).catch(() => {});
      return channel.room();
    },
    finish: () => channel.finish(),
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    destroy: () => channel.close(),
  };
}

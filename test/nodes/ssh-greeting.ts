import type { ManagedNode } from "../../emulator/agent/managed-node.ts";

/** What a client of the node's SSH server hears first; it waits for a server that is not there yet. */
export async function sshGreeting(node: ManagedNode): Promise<string> {
  const socket = node.dial({ address: "127.0.0.1", port: 22 });
  for await (const bytes of socket) return String(bytes).slice(0, 7);
  return "";
}

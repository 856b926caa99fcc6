import type { Server } from "node:http";
import type { NodeDescription } from "../operations/ports/managed-nodes.ts";
import type { EngineNode } from "./engine-node.ts";
import type { EngineName, FleetNode, NodeFleet } from "./node-fleet.ts";

/** The managed nodes of an emulator on one engine. */
export abstract class EngineFleet<Node extends EngineNode> implements NodeFleet {
  abstract readonly engine: EngineName;
  readonly emulatorNames: readonly string[] = [];
  protected readonly nodes = new Map<string, Node>();
  readonly #listeners = new Set<(nodeId: string) => void>();

  describe(): readonly NodeDescription[] {
    return [...this.nodes.values()].map((node) => node.describe());
  }

  get(nodeId: string): FleetNode | undefined {
    return this.nodes.get(nodeId);
  }

  onConnectionLost(callback: (nodeId: string) => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  async admitTo(_server: Server): Promise<void> {}

  async reset(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.reset()));
  }

  async close(options: { readonly remove: boolean }): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.close(options)));
  }

  protected tellLost(nodeId: string): void {
    for (const listener of this.#listeners) listener(nodeId);
  }

  /** Opens all nodes at once, and waits for every one. @throws what the first one that failed threw */
  protected async openAll<Spec>(specs: readonly Spec[], open: (spec: Spec, index: number) => Promise<void>) {
    const opened = await Promise.allSettled(specs.map(open));
    for (const result of opened) {
      if (result.status === "rejected") throw result.reason;
    }
  }
}

import type { Server } from "node:http";
import type { NodeDescription } from "../operations/ports/managed-nodes.ts";
import type { EngineNode } from "./engine-node.ts";
import type { EngineName, FleetNode, NodeFleet } from "./node-fleet.ts";
import type { NodeSpec } from "./node-spec.ts";

/** More would only wait for each other, longer than an engine may take to answer. */
const maxOpenedAtOnce = 8;

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

  /**
   * Opens all nodes, some at once, each of which puts itself into {@link nodes}; they stand there in their order then.
   * @throws what the first one that failed threw, after all that were begun
   */
  protected async openAll(
    specs: readonly NodeSpec[],
    open: (spec: NodeSpec, index: number) => Promise<void>,
  ): Promise<void> {
    const waiting = specs.entries();
    const failures: unknown[] = [];
    const work = async () => {
      for (const [index, spec] of waiting) {
        if (failures.length > 0) return;
        await open(spec, index).catch((cause: unknown) => failures.push(cause));
      }
    };
    await Promise.all(Array.from({ length: maxOpenedAtOnce }, work));
    if (failures.length > 0) throw failures[0];
    for (const { nodeId } of specs) {
      const node = this.nodes.get(nodeId);
      this.nodes.delete(nodeId);
      if (node !== undefined) this.nodes.set(nodeId, node);
    }
  }
}

import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

interface Link {
  readonly near: Socket;
  readonly far: Socket;
}

/** A TCP proxy whose connections hold as long as a test wants. */
export class WeakNetwork implements AsyncDisposable {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #isUp = true;
  #deliveredBytes = 0;
  #swallowedBytes = 0;
  #onBytes: () => void = () => {};

  private constructor(farPort: number) {
    this.#server = createServer((near) => this.#link(near, farPort));
  }

  /** Stands before the server at this URL. */
  static async before(url: string): Promise<WeakNetwork> {
    const network = new WeakNetwork(Number(new URL(url).port));
    await new Promise<void>((resolve) => network.#server.listen(0, "127.0.0.1", resolve));
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when the server has sent this many bytes from now on. */
  async delivered(bytes: number): Promise<void> {
    const goal = this.#deliveredBytes + bytes;
    while (this.#deliveredBytes < goal) await this.#nextBytes();
  }

  /** Swallows what clients send from now on, on the connections there are. */
  swallowRequests(): void {
    for (const { near, far } of this.#links) {
      near.unpipe(far).on("data", ({ length }: Buffer) => {
        this.#swallowedBytes += length;
        this.#onBytes();
      });
      near.resume();
    }
  }

  /** Resolves when this many bytes of clients have been swallowed from now on. */
  async swallowed(bytes: number): Promise<void> {
    const goal = this.#swallowedBytes + bytes;
    while (this.#swallowedBytes < goal) await this.#nextBytes();
  }

  /** Swallows what clients are sent from now on, on the connections there are. */
  swallowAnswers(): void {
    for (const { near, far } of this.#links) far.unpipe(near).resume();
  }

  /** Resets all connections; new ones pass. */
  cut(): void {
    for (const { near, far } of this.#links) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Resets all connections and every new one until {@link restore}. */
  goDown(): void {
    this.#isUp = false;
    this.cut();
  }

  restore(): void {
    this.#isUp = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #nextBytes(): Promise<void> {
    return new Promise((resolve) => {
      this.#onBytes = resolve;
    });
  }

  #link(near: Socket, farPort: number): void {
    near.on("error", () => {});
    if (!this.#isUp) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(farPort, "127.0.0.1");
    const link = { near, far };
    this.#links.add(link);
    far.on("error", () => near.destroy());
    far.on("data", ({ length }: Buffer) => {
      this.#deliveredBytes += length;
      this.#onBytes();
    });
    near.on("close", () => {
      this.#links.delete(link);
      far.destroy();
    });
    far.on("close", () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  }
}

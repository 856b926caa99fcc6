/**
 * The AWS-host lane: the plain server's port is also an HTTP proxy, and what is sent through it to an AWS host in
 * scope is answered by the plain server itself, TLS ended here with a certificate of the local CA.
 * @see data-channel reference, section 14, "Work-around"; aws-api reference, section 3.4, "TLS lane"
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import type { Clock } from "../clock.ts";
import { parseAwsHost } from "./aws-hosts.ts";
import { CertificateCache } from "./certificate-cache.ts";
import type { LocalCa } from "./local-ca.ts";
import { openTunnel } from "./other-host-tunnel.ts";
import { otherHostText, refuseTunnel, tunnelOpened } from "./proxy-answers.ts";
import { type ProxyTarget, readAbsoluteTarget, readConnectTarget } from "./proxy-target.ts";

export interface AwsHostLaneOptions {
  /** The plain HTTP server; it must have its request handler already, as Fastify's has. */
  readonly server: Server;
  readonly ca: LocalCa;
  readonly clock: Clock;
  /** Connect to hosts that are not ours; else they are refused. */
  readonly tunnelOtherHosts: boolean;
  readonly limits?: Partial<AwsHostLaneLimits>;
  readonly log?: LaneLog;
}

export interface AwsHostLaneLimits {
  /** Tunnels at one time, the next is answered with 503; and as many connections to the TLS port. */
  readonly maxConnections: number;
  /** From the tunnel's opening to the end of the TLS handshake; also for connecting to another host. */
  readonly handshakeTimeoutMs: number;
  /** A tunnel to another host that carries nothing for so long is cut. */
  readonly idleTimeoutMs: number;
  /** Hosts whose certificates are kept. */
  readonly maxHosts: number;
}

export interface LaneLog {
  debug(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface AwsHostLane {
  /** Listens for TLS itself, for users of a hosts file. Resolves to the address. */
  listenTls(host: string, port: number): Promise<AddressInfo>;
  /** Cuts every tunnel and stops listening. */
  close(): Promise<void>;
}

const defaultLimits: AwsHostLaneLimits = {
  maxConnections: 1_024,
  handshakeTimeoutMs: 10_000,
  idleTimeoutMs: 10 * 60_000,
  maxHosts: 256,
};

/** Certificate for a client that names no host, or none of AWS's: those who use the TLS port by its address. */
const ownNames = ["localhost", "127.0.0.1", "::1"] as const;

const silentLog: LaneLog = { debug: () => {}, warn: () => {} };

/** Makes the plain server a proxy for AWS hosts. Call `close` before the server is closed. */
export function createAwsHostLane(options: AwsHostLaneOptions): AwsHostLane {
  const lane = new Lane(options);
  return { listenTls: (host, port) => lane.listenTls(host, port), close: () => lane.close() };
}

class Lane {
  readonly #server: Server;
  readonly #tlsServer: TlsServer;
  readonly #ca: LocalCa;
  readonly #certificates: CertificateCache;
  readonly #tunnelOtherHosts: boolean;
  readonly #limits: AwsHostLaneLimits;
  readonly #log: LaneLog;
  /** Of clients, below TLS: when one of these goes, what stands on it goes too. */
  readonly #sockets = new Set<Socket>();
  #tunnels = 0;
  readonly #onConnect = (request: IncomingMessage, _socket: unknown, head: Buffer) =>
    this.#connect(request, head);
  readonly #onUpgrade = (request: IncomingMessage) => void this.#rewrite(request);

  constructor(options: AwsHostLaneOptions) {
    this.#server = options.server;
    this.#ca = options.ca;
    this.#tunnelOtherHosts = options.tunnelOtherHosts;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#log = options.log ?? silentLog;
    this.#certificates = new CertificateCache({ ...options, maxHosts: this.#limits.maxHosts });
    this.#tlsServer = this.#createTlsServer();
    this.#server.on("connect", this.#onConnect);
    this.#server.prependListener("upgrade", this.#onUpgrade);
    this.#screenRequests();
  }

  async listenTls(host: string, port: number): Promise<AddressInfo> {
    this.#tlsServer.setSecureContext(await this.#ca.issue(...ownNames));
    this.#tlsServer.maxConnections = this.#limits.maxConnections;
    await new Promise<void>((resolve, reject) => {
      this.#tlsServer.once("error", reject);
      this.#tlsServer.listen(port, host, () => {
        this.#tlsServer.off("error", reject);
        resolve();
      });
    });
    const address = this.#tlsServer.address();
    if (address === null || typeof address === "string") throw new Error("the TLS port has no address");
    return address;
  }

  async close(): Promise<void> {
    this.#server.off("connect", this.#onConnect);
    this.#server.off("upgrade", this.#onUpgrade);
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#tlsServer.listening) return;
    await new Promise<void>((resolve) => this.#tlsServer.close(() => resolve()));
  }

  #createTlsServer(): TlsServer {
    const tlsServer = createTlsServer({
      ALPNProtocols: ["http/1.1"],
      handshakeTimeout: this.#limits.handshakeTimeoutMs,
      noDelay: true,
      SNICallback: (host, done) => {
        // The default certificate, if any, answers other names: the client then says which name it missed.
        if (parseAwsHost(host) === undefined) return done(null);
        this.#certificates.contextFor(host.toLowerCase()).then(
          (context) => done(null, context),
          (error: Error) => done(error),
        );
      },
    });
    tlsServer.on("connection", (socket) => this.#track(socket));
    tlsServer.on("secureConnection", (socket) => {
      this.#server.emit("connection", socket);
    });
    tlsServer.on("tlsClientError", (error, socket) => {
      // Node leaves this to the listener, after a handshake that timed out above all.
      socket.destroy();
      this.#log.warn(
        { host: socket.servername, err: error },
        "tls handshake failed; does the client trust the local CA?",
      );
    });
    return tlsServer;
  }

  #connect(request: IncomingMessage, head: Buffer): void {
    const { socket, url = "" } = request;
    const target = readConnectTarget(url, socket.localPort);
    this.#track(socket);
    this.#log.debug({ target: url, type: target?.type }, "proxy request");
    if (target === undefined) {
      refuseTunnel(socket, 400, `expected CONNECT host:port, got ${url}\n`);
    } else if (target.type === "other" && !this.#tunnelOtherHosts) {
      refuseTunnel(socket, 403, otherHostText(target.authority));
    } else if (this.#tunnels >= this.#limits.maxConnections) {
      refuseTunnel(socket, 503, `expected at most ${this.#limits.maxConnections} proxy connections\n`);
    } else {
      this.#tunnels += 1;
      socket.on("close", () => {
        this.#tunnels -= 1;
      });
      socket.unshift(head);
      this.#open(target, socket);
    }
  }

  #open(target: ProxyTarget, socket: Socket): void {
    switch (target.type) {
      case "aws":
        socket.write(tunnelOpened);
        this.#tlsServer.emit("connection", socket);
        return;
      case "self":
        socket.write(tunnelOpened);
        this.#server.emit("connection", socket);
        return;
      case "other":
        openTunnel(target, socket, this.#limits);
        return;
    }
  }

  /** Puts itself before the server's request handler, which never sees what is refused here. */
  #screenRequests(): void {
    const handlers = this.#server.listeners("request");
    this.#server.removeAllListeners("request");
    this.#server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const target = this.#rewrite(request);
      if (target?.type === "other") {
        response.writeHead(403, { "content-type": "text/plain; charset=utf-8", connection: "close" });
        response.end(otherHostText(target.authority));
        return;
      }
      for (const handler of handlers) handler.call(this.#server, request, response);
    });
  }

  /** Turns a request for `http://host/path` into one for `/path` with that Host. */
  #rewrite(request: IncomingMessage): ProxyTarget | undefined {
    const absolute = readAbsoluteTarget(request.url ?? "", request.socket.localPort);
    if (absolute === undefined) return undefined;
    request.url = absolute.originForm;
    request.headers.host = absolute.to.authority;
    return absolute.to;
  }

  #track(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // A client that breaks off is no news, but without a listener it would end the process.
    socket.on("error", () => {});
  }
}

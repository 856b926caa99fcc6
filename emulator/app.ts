import type { AddressInfo } from "node:net";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import packageJson from "../package.json" with { type: "json" };
import { AdvanceableClock } from "./advanceable-clock.ts";
import type { LiveSessionSettings } from "./agent/live-session.ts";
import { LiveSessions } from "./agent/live-sessions.ts";
import { RunCommands } from "./agent/run-commands.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ConfigError } from "./errors.ts";
import { FaultList } from "./faults/fault-list.ts";
import { FaultyDataChannels } from "./faults/faulty-data-channels.ts";
import { faultyNodes } from "./faults/faulty-nodes.ts";
import { adminApi } from "./http/admin-api.ts";
import { unroutableAnswer } from "./http/answer-request.ts";
import { credentialsOf } from "./http/authenticate.ts";
import { awsEndpoint } from "./http/aws-endpoint.ts";
import { type AwsHostLane, createAwsHostLane } from "./http/aws-host-lane.ts";
import { serveDataChannels } from "./http/data-channel-socket.ts";
import { loadOperations } from "./http/load-operations.ts";
import { openLocalCa } from "./http/local-ca.ts";
import { verifySignature } from "./http/signature.ts";
import { type NodeFleet, noNodes } from "./nodes/node-fleet.ts";
import { type FleetOptions, type OpenedFleet, openFleet } from "./nodes/open-fleet.ts";
import type { Randomness, ServiceSettings } from "./operations/operation.ts";
import type { AccountState } from "./operations/ports/account-state.ts";
import type { SessionEvent } from "./operations/ports/session-events.ts";
import { systemRandomness } from "./random.ts";
import { applySeed } from "./seed/apply-seed.ts";
import { nodeSpecs } from "./seed/node-specs.ts";
import type { Seed } from "./seed/seed-schema.ts";
import { createMemoryState } from "./store/memory.ts";

export interface EmulatorOptions {
  readonly seed: Seed;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Undefined: no TLS port for users of a hosts file. */
  readonly tlsPort: number | undefined;
  /** Where the local CA is kept. */
  readonly stateDirectory: string;
  /** Host names besides loopback, addresses and AWS's that lead here. */
  readonly allowedHosts: readonly string[];
  readonly verifySignatures: boolean;
  readonly tunnelOtherHosts: boolean;
  readonly service: Omit<ServiceSettings, "ownHost">;
  readonly session: Pick<LiveSessionSettings, "startErrorDelayMs" | "resumeGraceMs">;
  readonly nodes: Omit<FleetOptions, "nodes" | "clock" | "stateDirectory">;
  /** Leave the containers that were created when the emulator ends. */
  readonly keepNodes: boolean;
  /** Undefined: nothing is logged. */
  readonly logger: FastifyBaseLogger | undefined;
  readonly onSessionEvent?: (event: SessionEvent) => void;
  /** The system's by default. {@link Emulator.advance} leaves it alone, and puts the emulator's time ahead of it. */
  readonly clock?: Clock;
  readonly random?: Randomness;
}

export interface Emulator extends AsyncDisposable {
  /** `http://host:port`, for clients on this machine. */
  readonly url: string;
  readonly caCertificatePath: string;
  readonly state: () => AccountState;
  readonly nodes: NodeFleet;
  /** Why the nodes' engine is the one it is; undefined where it was asked for, or there are no nodes. */
  readonly engineReason: string | undefined;
  readonly http: FastifyInstance;
  /**
   * Puts the emulator's clock forward. Resolves when everything has happened that became due: sessions have ended on their
   * nodes, their logs are complete, their clients are told.
   * @throws ConfigError when `ms` is not a whole number from 0 to 400 days
   * @throws ManagedNodeError when a node does not get done with it
   */
  advance(ms: number): Promise<void>;
  /** Ends all sessions and goes back to the seed, and the clock to the system's time. */
  reset(): Promise<void>;
  /** Ends all sessions, tells their clients, removes the nodes it made and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts an emulator in this process: the nodes, then the endpoint.
 * @throws ManagedNodeError when a node cannot be had; ConfigError when the port or the CA's directory cannot be used
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  // What the emulator's rules say goes by `clock`; what waits for others, by the time that those live in.
  const realClock = options.clock ?? systemClock;
  const clock = new AdvanceableClock(realClock);
  const random = options.random ?? systemRandomness;
  const { seed } = options;

  let state = seededState(seed, clock);
  const ca = await openLocalCa(options.stateDirectory, realClock);
  // Last of what can fail for a setting's sake, for nodes would have to be removed again; meanwhile there is time to load.
  const [{ fleet, reason: engineReason }, operations] = await Promise.all([
    openNodes(options, clock),
    loadOperations(),
  ]);
  const allowedHosts = [...options.allowedHosts, ...fleet.emulatorNames];
  const app: FastifyInstance = Fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    forceCloseConnections: true,
    requestTimeout: requestTimeoutMs,
    frameworkErrors: (_error, _request, reply) => {
      const { status, contentType = "", body } = unroutableAnswer;
      reply.hijack();
      reply.raw.writeHead(status, { "content-type": contentType }).end(body);
    },
    logController: new LogController({ disableRequestLogging: true }),
  });
  const faults = new FaultList();
  const nodes = faultyNodes(
    {
      list: () => fleet.describe(),
      get: (nodeId: string) => fleet.describe().find((node) => node.nodeId === nodeId),
    },
    faults,
  );
  const sessions = new LiveSessions({
    clock,
    realClock,
    random,
    settings: { ...options.session, region: seed.region },
    accountId: seed.account,
    state: () => state,
    node: (nodeId) => fleet.get(nodeId),
    agentVersion: (nodeId) => nodes.get(nodeId)?.agentVersion ?? "",
    onEvent: options.onSessionEvent ?? (() => {}),
    onError: (error, sessionId, during) => app.log.error({ err: error, sessionId, during }, "session failed"),
  });
  const commands = new RunCommands({
    clock,
    realClock,
    region: seed.region,
    state: () => state,
    node: (nodeId) => fleet.get(nodeId),
    describe: (nodeId) => nodes.get(nodeId),
    onError: (error, commandId) => app.log.error({ err: error, commandId }, "command failed"),
  });
  fleet.onConnectionLost((nodeId) => {
    sessions.nodeLost(nodeId);
    commands.nodeLost(nodeId);
  });
  const terminateAll = (action: () => Promise<void>) =>
    sessions.terminateAll(() => commands.terminateAll(action));

  const reset = () =>
    terminateAll(async () => {
      faults.clear();
      await fleet.reset();
      await clock.reset();
      state = seededState(seed, clock);
    });
  const settled = async () => {
    await sessions.settled();
    await commands.settled();
  };
  const advance = (ms: number) => clock.advance(ms, settled);
  const ownHost = () => `127.0.0.1:${portOf(app)}`;
  await app.register(adminApi, {
    version: packageJson.version,
    accountId: seed.account,
    region: seed.region,
    nodes,
    administer: (nodeId) => fleet.get(nodeId),
    state: () => state,
    reset,
    clock: {
      now: () => clock.now(),
      get offsetMs() {
        return clock.offsetMs;
      },
      advance,
    },
    faults,
    caCertificate: ca.certificatePem,
    allowedHosts,
    explain: { node: (nodeId) => fleet.get(nodeId), clock, settings: options.service },
  });
  await app.register(awsEndpoint, {
    operations,
    faults,
    accountId: seed.account,
    state: () => state,
    nodes,
    sessions,
    commands,
    clock,
    realClock,
    random,
    verifySignatures: options.verifySignatures,
    settings: {
      ...options.service,
      // Known only once we listen.
      get ownHost() {
        return ownHost();
      },
    },
  });
  await app.ready();
  const lane = createAwsHostLane({
    server: app.server,
    ca,
    clock: realClock,
    tunnelOtherHosts: options.tunnelOtherHosts,
    log: app.log,
  });
  const channels = serveDataChannels({
    server: app.server,
    channels: new FaultyDataChannels(sessions, {
      clock: realClock,
      faults,
      session: (sessionId) => state.sessions.get(sessionId),
      nodeName: (nodeId) => nodes.get(nodeId)?.name,
      killNode: (nodeId) => {
        const stopped = fleet.get(nodeId)?.stop();
        stopped?.catch((error: unknown) => app.log.error({ err: error, nodeId }, "node did not die"));
      },
    }),
    clock: realClock,
    log: app.log,
    allowedHosts,
    verifySignature: (request) => {
      const verdict = verifySignature(
        { method: "GET", url: request.url ?? "", headers: request.headers, body: new Uint8Array() },
        credentialsOf({ accountId: seed.account, state }),
        { service: "ssmmessages", now: clock.now(), clientNow: realClock.now(), skewMs: signedUpgradeSkewMs },
      );
      return verdict.type === "verified" ? undefined : `The signature is refused: ${verdict.failure.type}.`;
    },
  });

  const close = once(() =>
    terminateAll(async () => {
      channels.close();
      await lane.close();
      await app.close();
      await fleet.close({ remove: !options.keepNodes });
    }),
  );
  try {
    await listen(app, lane, options);
    await fleet.admitTo(app.server);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: `http://${ownHost()}`,
    caCertificatePath: ca.certificatePath,
    state: () => state,
    nodes: fleet,
    engineReason,
    http: app,
    advance,
    reset,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** For a request to arrive whole; websockets and tunnels are not requests for long. */
const requestTimeoutMs = 60_000;
/** As for the JSON services. @see aws-api reference, section 1.6 */
const signedUpgradeSkewMs = 5 * 60_000;

async function openNodes(options: EmulatorOptions, clock: Clock): Promise<OpenedFleet> {
  const { seed, nodes, stateDirectory } = options;
  if (seed.nodes.length === 0) return { fleet: noNodes, reason: undefined };
  return await openFleet({ ...nodes, stateDirectory, clock, nodes: nodeSpecs(seed) });
}

function seededState(seed: Seed, clock: Clock): AccountState {
  const state = createMemoryState();
  applySeed(seed, state, clock.now());
  return state;
}

async function listen(app: FastifyInstance, lane: AwsHostLane, options: EmulatorOptions): Promise<void> {
  const { host, port, tlsPort } = options;
  try {
    await app.listen({ host, port });
    if (tlsPort !== undefined) await lane.listenTls(host, tlsPort);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`Cannot listen: ${reason}. Choose another port with --port or SSM_EMULATOR_PORT.`, {
      cause: error,
    });
  }
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port;
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}

import swagger from "@fastify/swagger";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import type { NodeAdministration } from "../agent/node-administration.ts";
import type { FaultList } from "../faults/fault-list.ts";
import type { AccountState } from "../operations/ports/account-state.ts";
import type { ManagedNodes } from "../operations/ports/managed-nodes.ts";
import type { SessionRecord } from "../operations/ports/session-record.ts";
import { type ClockControl, clockRoutes } from "./admin/clock.ts";
import { type ExplainOptions, explainRoutes } from "./admin/explain.ts";
import { faultRoutes } from "./admin/faults.ts";
import { takeJsonBodies } from "./admin/json-body.ts";
import { NodeView, nodeRoutes } from "./admin/nodes.ts";
import { isOwnHost, isOwnOrigin } from "./own-host.ts";

export interface AdminApiOptions {
  readonly version: string;
  readonly accountId: string;
  readonly region: string;
  readonly nodes: ManagedNodes;
  readonly administer: (nodeId: string) => NodeAdministration | undefined;
  /** The account as it is now; a reset swaps it. */
  readonly state: () => AccountState;
  /** Ends all sessions and goes back to the seed. */
  readonly reset: () => Promise<void>;
  readonly clock: ClockControl;
  readonly faults: FaultList;
  /** Certificate of the local CA, PEM. */
  readonly caCertificate: string;
  readonly allowedHosts: readonly string[];
  readonly explain: ExplainOptions;
}

const services = ["ssm", "ssmmessages", "iam", "sts", "logs", "ec2", "kms"] as const;

const Session = Type.Object({
  sessionId: Type.String(),
  target: Type.String(),
  status: Type.String(),
  startedAt: Type.Number({ description: "Epoch milliseconds" }),
  endedAt: Type.Optional(Type.Number({ description: "Epoch milliseconds; absent while it lives" })),
  documentName: Type.String(),
  ownerArn: Type.String(),
  tags: Type.Array(Type.Object({ key: Type.String(), value: Type.String() }), {
    description: "The service's own: target and owner's user id",
  }),
  reason: Type.Optional(Type.String()),
  runAsUser: Type.Optional(Type.String({ description: "OS user, once the node has decided" })),
  closingOutput: Type.Optional(Type.String({ description: "What the client was told at the end" })),
  decision: Type.Object({
    outcome: Type.Union([Type.Literal("pending"), Type.Literal("run"), Type.Literal("refused")]),
    runAsUser: Type.Optional(Type.String()),
    refusal: Type.Optional(Type.String()),
    steps: Type.Array(
      Type.Object({
        by: Type.Union([Type.Literal("service"), Type.Literal("node")]),
        finding: Type.String(),
      }),
    ),
  }),
});

const Event = Type.Object({
  sessionId: Type.String(),
  timestamp: Type.Number({ description: "Epoch milliseconds" }),
  message: Type.String({ description: "JSON text as CloudWatch Logs would hold it" }),
});

const Persona = Type.Object({
  name: Type.String({ description: "root or an IAM user's name" }),
  arn: Type.String(),
  accessKeyId: Type.String(),
  secretAccessKey: Type.String(),
});

const Problem = Type.Object({ message: Type.String() });

/** The emulator's own API below `/_emulator/`; `/_emulator/openapi.json` describes it. */
export const adminApi: FastifyPluginAsyncTypebox<AdminApiOptions> = async (app, options) => {
  await app.register(swagger, {
    openapi: { info: { title: "ssm-emulator admin API", version: options.version } },
  });
  takeJsonBodies(app);
  app.addHook("onRequest", async (request, reply) => {
    const { host, origin } = request.headers;
    const { allowedHosts } = options;
    if (!isOwnHost(host, allowedHosts) || !isOwnOrigin(request.headers, allowedHosts)) {
      return reply.code(403).send({ message: `Host ${host} or Origin ${origin} may not use the admin API.` });
    }
  });

  app.get(
    "/_emulator/health",
    {
      schema: {
        summary: "Is the emulator up, and which nodes are online?",
        response: {
          200: Type.Object({
            status: Type.Literal("running"),
            version: Type.String(),
            accountId: Type.String(),
            region: Type.String(),
            nodes: Type.Array(NodeView),
          }),
        },
      },
    },
    async () => ({
      status: "running" as const,
      version: options.version,
      accountId: options.accountId,
      region: options.region,
      nodes: [...options.nodes.list()],
    }),
  );

  app.get(
    "/_localstack/health",
    {
      schema: {
        summary: "The health check that tools for other emulators know",
        response: {
          200: Type.Object({
            services: Type.Record(Type.String(), Type.String()),
            edition: Type.String(),
            version: Type.String(),
          }),
        },
      },
    },
    async () => ({
      services: Object.fromEntries(services.map((service) => [service, "running"])),
      edition: "ssm-emulator",
      version: options.version,
    }),
  );

  app.post(
    "/_emulator/reset",
    {
      schema: {
        summary: "End all sessions and go back to the seed",
        response: { 200: Type.Object({ status: Type.Literal("reset") }) },
      },
    },
    async () => {
      await options.reset();
      return { status: "reset" as const };
    },
  );

  await app.register(faultRoutes, { faults: options.faults });
  await app.register(nodeRoutes, { nodes: options.nodes, administer: options.administer });

  app.get(
    "/_emulator/sessions",
    {
      schema: {
        summary: "Sessions, newest first, each with the reasons for its OS user",
        response: { 200: Type.Object({ sessions: Type.Array(Session) }) },
      },
    },
    async () => ({
      sessions: [...options.state().sessions.values()]
        .reverse()
        .sort((a, b) => b.startedAt - a.startedAt)
        .map(toView),
    }),
  );

  app.get(
    "/_emulator/sessions/:sessionId",
    {
      schema: {
        summary: "One session",
        params: Type.Object({ sessionId: Type.String() }),
        response: { 200: Session, 404: Problem },
      },
    },
    async (request, reply) => {
      const session = options.state().sessions.get(request.params.sessionId);
      if (session !== undefined) return toView(session);
      return reply.code(404).send({ message: `There is no session ${request.params.sessionId}.` });
    },
  );

  app.get(
    "/_emulator/logs",
    {
      schema: {
        summary: "Session log events in order of arrival, whatever the preferences say",
        querystring: Type.Object({ sessionId: Type.Optional(Type.String()) }),
        response: { 200: Type.Object({ events: Type.Array(Event) }) },
      },
    },
    async (request) => ({ events: [...options.state().sessionEvents.read(request.query.sessionId)] }),
  );

  app.get(
    "/_emulator/personas",
    {
      schema: {
        summary: "Who can call: root and the IAM users that have an active key",
        response: { 200: Type.Object({ personas: Type.Array(Persona) }) },
      },
    },
    async () => ({ personas: listPersonas(options) }),
  );

  const { explain, accountId, nodes, state } = options;
  await app.register(explainRoutes, { ...explain, accountId, nodes, state });

  app.get(
    "/_emulator/ca.pem",
    { schema: { summary: "Certificate of the local CA behind AWS's host names" } },
    async (_request, reply) => reply.type("application/x-pem-file").send(options.caCertificate),
  );

  await app.register(clockRoutes, { clock: options.clock });

  app.get("/_emulator/openapi.json", { schema: { hide: true } }, async () => app.swagger());

  for (const path of ["/_emulator", "/_emulator/*"]) {
    app.all(path, { schema: { hide: true } }, async ({ method, url }, reply) =>
      reply.code(404).send({ message: `There is no ${method} ${url}. See /_emulator/openapi.json.` }),
    );
  }
};

function listPersonas(options: AdminApiOptions): Static<typeof Persona>[] {
  const { users, accessKeys } = options.state();
  const seen = new Set<string>();
  const personas = [];
  for (const key of accessKeys.values()) {
    const name = key.userName ?? "root";
    if (key.status !== "Active" || seen.has(name)) continue;
    seen.add(name);
    const path = key.userName === undefined ? undefined : users.get(name.toLowerCase())?.path;
    personas.push({
      name,
      arn: `arn:aws:iam::${options.accountId}:${path === undefined ? "root" : `user${path}${name}`}`,
      accessKeyId: key.accessKeyId,
      secretAccessKey: key.secretAccessKey,
    });
  }
  return personas;
}

function toView(session: SessionRecord): Static<typeof Session> {
  const { endedAt, reason, runAsUser, closingOutput, decision, tags, ...rest } = session;
  return {
    ...rest,
    tags: [...tags],
    ...(endedAt !== undefined && { endedAt }),
    ...(reason !== undefined && { reason }),
    ...(runAsUser !== undefined && { runAsUser }),
    ...(closingOutput !== undefined && { closingOutput }),
    decision: { ...decision, steps: [...decision.steps] },
  };
}

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type TSchema, Type } from "typebox";
import { OsUser, osUserNamePattern } from "../../access/os-user.ts";
import type { NodeAdministration } from "../../agent/node-administration.ts";
import type { ManagedNodes } from "../../operations/ports/managed-nodes.ts";
import { checkShape } from "../../yaml-file/check-shape.ts";
import { describeProblems } from "./json-body.ts";

export interface NodeRoutesOptions {
  readonly nodes: ManagedNodes;
  readonly administer: (nodeId: string) => NodeAdministration | undefined;
}

/** A managed node as the admin API shows it. */
export const NodeView = Type.Object({
  nodeId: Type.String(),
  name: Type.String(),
  pingStatus: Type.Union([Type.Literal("Online"), Type.Literal("ConnectionLost")]),
  platformName: Type.String(),
  ipAddress: Type.String(),
});

const Process = Type.Object({
  pid: Type.Integer({ description: "On the node" }),
  user: Type.String({ description: "OS user" }),
  state: Type.String({ description: "As ps has it: R, S, D, T …" }),
  command: Type.String(),
});

const nodeParam = { node: Type.String({ description: "A node's name or id" }) };
const NodeParams = Type.Object(nodeParam);
const UserParams = Type.Object({ ...nodeParam, user: Type.String({ description: "An OS user's name" }) });
const Problem = Type.Object({ message: Type.String() });
const problems = { 404: Problem, 409: Problem, 502: Problem };

/** Routes that show the nodes, and do to them what an administrator does. */
export const nodeRoutes: FastifyPluginAsyncTypebox<NodeRoutesOptions> = async (
  app,
  { nodes, administer },
) => {
  app.get(
    "/_emulator/nodes",
    { schema: { summary: "Managed nodes", response: { 200: Type.Object({ nodes: Type.Array(NodeView) }) } } },
    async () => ({ nodes: [...nodes.list()] }),
  );

  app.post(
    "/_emulator/nodes/:node/users",
    {
      schema: {
        summary: "Make an OS user on a node; the next reset takes it away",
        params: NodeParams,
        body: OsUser,
        response: { 200: answer("added"), 400: Problem, ...problems },
      },
      validatorCompiler: ({ schema, httpPart }) => explainingCheck(schema, httpPart),
    },
    async ({ params, body }) => {
      const { name, administration } = running(params.node);
      if ((await administration.addUser(body)) === "added") return { status: "added" as const };
      throw refusal(409, `Node ${name} already has an OS user ${body.name}.`);
    },
  );

  app.delete(
    "/_emulator/nodes/:node/users/:user",
    {
      schema: {
        summary: "Remove an OS user from a node, with the home directory; its processes are left alone",
        params: UserParams,
        response: { 200: answer("removed"), ...problems },
      },
    },
    async ({ params: { node, user } }) => {
      const { name, administration } = running(node);
      if (user === "root") throw refusal(409, "A node cannot do without root.");
      // `getent` and `userdel` would take a number for a uid.
      const removed = osUserNamePattern.test(user) ? await administration.removeUser(user) : "missing";
      if (removed === "removed") return { status: "removed" as const };
      throw refusal(404, `Node ${name} has no OS user ${user}.`);
    },
  );

  app.post(
    "/_emulator/nodes/:node/stop",
    {
      schema: {
        summary: "Stop a node as if its power were cut; its sessions end",
        params: NodeParams,
        response: { 200: answer("stopped"), ...problems },
      },
    },
    async ({ params }) => {
      await known(params.node).administration.stop();
      return { status: "stopped" as const };
    },
  );

  app.post(
    "/_emulator/nodes/:node/start",
    {
      schema: {
        summary: "Start a stopped node; answers when it is online",
        params: NodeParams,
        response: { 200: answer("started"), ...problems },
      },
    },
    async ({ params }) => {
      await known(params.node).administration.start();
      return { status: "started" as const };
    },
  );

  app.get(
    "/_emulator/nodes/:node/processes",
    {
      schema: {
        summary: "Processes that sessions started on a node and that are alive",
        params: NodeParams,
        response: { 200: Type.Object({ processes: Type.Array(Process) }), ...problems },
      },
    },
    async ({ params }) => ({
      processes: [...(await known(params.node).administration.sessionProcesses())],
    }),
  );

  function known(wanted: string) {
    const node = nodes.list().find(({ nodeId, name }) => wanted === nodeId || wanted === name);
    const administration = node && administer(node.nodeId);
    if (administration !== undefined) return { ...node, administration };
    const names = nodes.list().map(({ name, nodeId }) => `${name} (${nodeId})`);
    throw refusal(404, `There is no node ${wanted}. Known: ${names.join(", ") || "none"}.`);
  }

  function running(wanted: string) {
    const node = known(wanted);
    if (node.pingStatus === "Online") return node;
    throw refusal(
      409,
      `Node ${node.name} is not running; POST /_emulator/nodes/${node.name}/start starts it.`,
    );
  }
};

function answer<Status extends string>(status: Status) {
  return Type.Object({ status: Type.Literal(status) });
}

function refusal(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

/** As mistakes in a file are told; what is left out has its default. */
function explainingCheck(schema: TSchema, part = "body") {
  return (value: unknown) => {
    const checked = checkShape(schema, value);
    if (checked.type === "value") return { value: checked.value };
    return { error: new Error(describeProblems(part, checked.problems)) };
  };
}

import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OsUser } from "../../../emulator/access/os-user.ts";
import type { NodeAdministration, SessionProcess } from "../../../emulator/agent/node-administration.ts";
import { ManagedNodeError } from "../../../emulator/errors.ts";
import { adminApi } from "../../../emulator/http/admin-api.ts";
import { adminOptions, webNode } from "../admin-options.ts";

/** A node that is nothing but what was done to it. */
class FakeAdministration implements NodeAdministration {
  readonly users = new Map<string, OsUser>([["alice", { name: "alice" }]]);
  readonly processes: SessionProcess[] = [];
  isRunning = true;
  failure: ManagedNodeError | undefined;

  async addUser(user: OsUser): Promise<"added" | "exists"> {
    if (this.failure !== undefined) throw this.failure;
    if (this.users.has(user.name)) return "exists";
    this.users.set(user.name, user);
    return "added";
  }

  async removeUser(name: string): Promise<"removed" | "missing"> {
    return this.users.delete(name) ? "removed" : "missing";
  }

  async stop(): Promise<void> {
    this.isRunning = false;
  }

  async start(): Promise<void> {
    this.isRunning = true;
  }

  async sessionProcesses(): Promise<readonly SessionProcess[]> {
    return this.processes;
  }
}

let app: FastifyInstance;
let node: FakeAdministration;

beforeEach(async () => {
  node = new FakeAdministration();
  const list = () => [
    { ...webNode, pingStatus: node.isRunning ? ("Online" as const) : ("ConnectionLost" as const) },
  ];
  const nodes = { list, get: () => list()[0] };
  const administer = (nodeId: string) => (nodeId === webNode.nodeId ? node : undefined);
  app = fastify();
  await app.register(adminApi, adminOptions({ nodes, administer }));
});
afterEach(() => app.close());

async function call(method: "GET" | "POST" | "DELETE", path: string, body?: object) {
  const answer = await app.inject({
    method,
    url: `/_emulator/nodes/${path}`,
    ...(body !== undefined && { payload: body }),
  });
  return [answer.statusCode, answer.json()] as const;
}

describe("a node", () => {
  it.each(["web-1", webNode.nodeId])("is known by name and by id: %s", async (name) => {
    expect(await call("POST", `${name}/users`, { name: "bob" })).toEqual([200, { status: "added" }]);
  });

  it.each([
    ["POST", "web-9/users", { name: "bob" }],
    ["DELETE", "web-9/users/bob", undefined],
    ["POST", "web-9/stop", undefined],
    ["POST", "web-9/start", undefined],
    ["GET", "web-9/processes", undefined],
  ] as const)("that does not exist is not found: %s %s", async (method, path, body) => {
    const message = "There is no node web-9. Known: web-1 (i-0a1b2c3d4e5f60718).";
    expect(await call(method, path, body)).toEqual([404, { message }]);
  });

  it("that fails is told in its own words", async () => {
    node.failure = new ManagedNodeError("The node refused `useradd`: UID 1 is not unique", { cause: 4 });
    expect(await call("POST", "web-1/users", { name: "bob", uid: 1 })).toEqual([
      502,
      { message: node.failure.message },
    ]);
  });
});

describe("an OS user", () => {
  it("is made as the body says, with the seed's defaults", async () => {
    const bob = {
      name: "bob",
      uid: 1700,
      gid: 0,
      groups: ["deploy"],
      shell: "/sbin/nologin",
      sshPublicKeys: ["ssh-ed25519 AAAAC3Nz bob@laptop"],
    };
    await call("POST", "web-1/users", bob);
    expect(node.users.get("bob")).toEqual({ ...bob, home: true });
  });

  it("that exists is not made again", async () => {
    expect(await call("POST", "web-1/users", { name: "alice" })).toEqual([
      409,
      { message: "Node web-1 already has an OS user alice." },
    ]);
  });

  it.each([
    [
      {},
      "body.name: expected an OS user name: 1 to 32 letters, digits or any of _.-, beginning with a letter or _, found nothing",
    ],
    [
      { name: "al ice" },
      'body.name: expected an OS user name: 1 to 32 letters, digits or any of _.-, beginning with a letter or _, found "al ice"',
    ],
    [{ name: "bob", uid: 0 }, "body.uid: expected a whole number from 1 to 2147483647, found the number 0"],
    [{ name: "bob", gid: "0" }, 'body.gid: expected a whole number from 0 to 2147483647, found "0"'],
    [
      { name: "bob", groups: ["a b"] },
      'body.groups[0]: expected a group name: 1 to 32 letters, digits or any of _.-, beginning with a letter or _, found "a b"',
    ],
    [{ name: "bob", shell: "sh" }, 'body.shell: expected an absolute path, found "sh"'],
    [
      { name: "bob", sshPublicKeys: ["ssh-dss AAAAB3Nz"] },
      'body.sshPublicKeys[0]: expected one line of authorized_keys: a key type that OpenSSH knows, the key, perhaps a comment, found "ssh-dss AAAAB3Nz"',
    ],
    [
      { name: "bob", sudo: true },
      'body.sudo: expected one of name, uid, gid, groups, shell, home, sshPublicKeys, found "sudo"',
    ],
  ])("is not made of %j", async (body, message) => {
    expect(await call("POST", "web-1/users", body)).toEqual([400, { message }]);
    expect([...node.users.keys()]).toEqual(["alice"]);
  });

  it("is removed by name", async () => {
    expect(await call("DELETE", "web-1/users/alice")).toEqual([200, { status: "removed" }]);
    expect([...node.users.keys()]).toEqual([]);
  });

  it.each(["bob", "1500", "al%20ice", "-r"])("that does not exist is not found: %s", async (name) => {
    node.users.set("1500", { name: "1500" });
    expect(await call("DELETE", `web-1/users/${name}`)).toEqual([
      404,
      { message: `Node web-1 has no OS user ${decodeURIComponent(name)}.` },
    ]);
  });

  it("root is not removed", async () => {
    expect(await call("DELETE", "web-1/users/root")).toEqual([
      409,
      { message: "A node cannot do without root." },
    ]);
  });
});

describe("a stopped node", () => {
  beforeEach(async () => {
    expect(await call("POST", "web-1/stop")).toEqual([200, { status: "stopped" }]);
  });

  it("is started again", async () => {
    expect(await call("POST", "web-1/start")).toEqual([200, { status: "started" }]);
    expect(node.isRunning).toBe(true);
  });

  it.each([
    ["POST", "web-1/users", { name: "bob" }],
    ["DELETE", "web-1/users/alice", undefined],
  ] as const)("takes no administrator's orders: %s %s", async (method, path, body) => {
    const message = "Node web-1 is not running; POST /_emulator/nodes/web-1/start starts it.";
    expect(await call(method, path, body)).toEqual([409, { message }]);
  });
});

it("processes are shown as the node has them", async () => {
  expect(await call("GET", "web-1/processes")).toEqual([200, { processes: [] }]);
  node.processes.push({ pid: 7, user: "alice", state: "S", command: "sleep 60" });
  expect(await call("GET", "web-1/processes")).toEqual([200, { processes: node.processes }]);
});

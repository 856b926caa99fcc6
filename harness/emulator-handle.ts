import type { Explanation } from "../emulator/access/explanation.ts";
import type { FaultRequest, FaultView } from "../emulator/faults/fault.ts";
import type { SessionEvent } from "../emulator/operations/ports/session-events.ts";
import type { Seed } from "../emulator/seed/seed-schema.ts";
import { AdminApiError, AdminClient } from "./admin-client.ts";
import { assumeRole, type Credentials, type Persona } from "./credentials.ts";
import { logLines } from "./log-lines.ts";
import { openSession } from "./open-session.ts";
import type { NodeProcess, NodeView, SessionView } from "./session-view.ts";
import type { TerminalSession, TerminalSessionOptions } from "./terminal-session.ts";

/** Where an emulator is. */
export interface EmulatorAddress {
  /** For clients of this process, such as `http://127.0.0.1:4583`. */
  readonly url: string;
  /** 12 digits. */
  readonly accountId: string;
  /** Such as `us-east-1`. */
  readonly region: string;
}

/** An OS user of a node, as in the seed; what is left out has the seed's default. */
export type OsUser = Partial<Seed["nodes"][number]["users"][number]> & { readonly name: string };

/** What a session is started with. */
export interface SessionRequest extends TerminalSessionOptions {
  /** A persona's name (`root` or an IAM user), or credentials. */
  readonly as: string | Credentials;
  /** A node's name or id; the only node when left out. */
  readonly target?: string | undefined;
  readonly documentName?: string | undefined;
  readonly parameters?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly reason?: string | undefined;
  /** For the first prompt, in milliseconds; 30000 when left out. */
  readonly startTimeoutMs?: number | undefined;
}

/** Who assumes which role, and what is passed. */
export interface AssumeRoleRequest {
  /** A persona's name, or credentials. */
  readonly as: string | Credentials;
  /** Name or ARN. */
  readonly role: string;
  /** The persona's name when left out. */
  readonly sessionName?: string | undefined;
  /** Session tags, key: value. */
  readonly sessionTags?: Readonly<Record<string, string>> | undefined;
  /** Keys of the session tags that further roles are to inherit. */
  readonly transitiveTagKeys?: readonly string[] | undefined;
}

/** Whose Run As decision is asked for. */
export interface ExplainRequest {
  /** `root`, an IAM user, `role/NAME`, or credentials. */
  readonly as: string | Credentials;
  /** A node's name or id; the only node when left out. */
  readonly target?: string | undefined;
  readonly documentName?: string | undefined;
  /** What would be passed with `role/NAME`, key: value. */
  readonly sessionTags?: Readonly<Record<string, string>> | undefined;
}

const startTimeoutMs = 30_000;

/**
 * An emulator that runs somewhere: in this process, in another one, in a container. All it needs is its URL.
 *
 * @example
 * const emulator = await EmulatorHandle.connect("http://127.0.0.1:4583");
 * await using session = await emulator.startSession({ as: "alice", target: "web-1" });
 */
export class EmulatorHandle {
  /** For clients of this process. */
  readonly url: string;
  /** 12 digits. */
  readonly accountId: string;
  /** Such as `us-east-1`. */
  readonly region: string;
  readonly #admin: AdminClient;

  /** Finds the emulator that answers at this URL. @throws Error when none does */
  static async connect(url: string): Promise<EmulatorHandle> {
    const admin = new AdminClient(url);
    const { accountId, region } = await admin.get<{ accountId: string; region: string }>("/_emulator/health");
    return new EmulatorHandle({ url, accountId, region });
  }

  /** For an address that is known to be an emulator's; {@link connect} asks. */
  constructor({ url, accountId, region }: EmulatorAddress) {
    this.url = url;
    this.accountId = accountId;
    this.region = region;
    this.#admin = new AdminClient(url);
  }

  /** Root and the IAM users that have an active key. */
  async personas(): Promise<readonly Persona[]> {
    const { personas } = await this.#admin.get<{ personas: Persona[] }>("/_emulator/personas");
    return personas;
  }

  /** A persona's keys. @throws Error for an unknown persona */
  async credentials(persona: string): Promise<Credentials> {
    const { accessKeyId, secretAccessKey } = named(await this.personas(), persona, "persona");
    return { accessKeyId, secretAccessKey };
  }

  /**
   * The variables by which the AWS CLI and the SDKs become that persona here.
   *
   * @example
   * execFile("aws", ["ssm", "describe-sessions", "--state", "Active"], {
   *   env: { ...process.env, ...(await emulator.environment("alice")) },
   * });
   */
  async environment(as: string | Credentials): Promise<Record<string, string>> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.#credentialsOf(as);
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    };
  }

  /**
   * Temporary credentials of a role. @throws STSServiceException when it is refused
   *
   * @example
   * const operator = await emulator.assumeRole({ as: "test-user", role: "operator" });
   * await using session = await emulator.startSession({ as: operator });
   */
  async assumeRole(request: AssumeRoleRequest): Promise<Credentials> {
    const { as, role, sessionName, sessionTags, transitiveTagKeys } = request;
    const credentials = await this.#credentialsOf(as);
    return await assumeRole(
      { endpoint: this.url, region: this.region, credentials },
      {
        roleArn: role.startsWith("arn:") ? role : `arn:aws:iam::${this.accountId}:role/${role}`,
        sessionName: sessionName ?? (typeof as === "string" ? as : role),
        sessionTags,
        transitiveTagKeys,
      },
    );
  }

  /**
   * Starts a session. Resolves when the shell shows its prompt, or AWS or the node has refused it, or it has ended; the
   * session's `outcome` says which.
   * @throws ExpectationError when nothing of that happens in time
   *
   * @example
   * await using session = await emulator.startSession({ as: "bob", target: "web-1" });
   * if (session.outcome.type === "refused") assert.match(session.outcome.message, /does not exist/);
   */
  async startSession(request: SessionRequest): Promise<TerminalSession> {
    const target = await this.#nodeId(request.target);
    const credentials = await this.#credentialsOf(request.as);
    const session = await openSession(
      { endpoint: this.url, region: this.region, credentials },
      { ...request, target },
      {
        explain: () => this.explain({ as: credentials, target, documentName: request.documentName }),
        view: (sessionId) => this.session(sessionId),
        logLines: (sessionId) => this.logLines(sessionId),
      },
    );
    try {
      await session.ready({ timeoutMs: request.startTimeoutMs ?? startTimeoutMs });
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Newest first. */
  async sessions(): Promise<readonly SessionView[]> {
    const { sessions } = await this.#admin.get<{ sessions: SessionView[] }>("/_emulator/sessions");
    return sessions;
  }

  /** Undefined when there is none, as after a reset. */
  async session(sessionId: string): Promise<SessionView | undefined> {
    return await this.#admin
      .get<SessionView>(`/_emulator/sessions/${encodeURIComponent(sessionId)}`)
      .catch(absent);
  }

  /** Session log events in order of arrival, whatever the preferences say; of all sessions without an id. */
  async logs(sessionId?: string): Promise<readonly SessionEvent[]> {
    const { events } = await this.#admin.get<{ events: SessionEvent[] }>("/_emulator/logs", { sessionId });
    return events;
  }

  /** What those events say was on the terminal, one text a line. */
  async logLines(sessionId?: string): Promise<readonly string[]> {
    return logLines(await this.logs(sessionId));
  }

  /**
   * The whole Run As decision, without a session.
   * @throws AdminApiError for an unknown caller, node or document
   *
   * @example
   * const { outcome } = await emulator.explain({ as: "role/operator", sessionTags: { SSMSessionRunAs: "alice" } });
   */
  async explain(request: ExplainRequest): Promise<Explanation> {
    const { as, documentName, sessionTags = {} } = request;
    return await this.#admin.get("/_emulator/explain", {
      as: typeof as === "string" ? as : as.accessKeyId,
      target: await this.#nodeId(request.target),
      documentName,
      sessionTag: Object.entries(sessionTags).map(([key, value]) => `${key}=${value}`),
    });
  }

  /** The managed nodes. */
  async nodes(): Promise<readonly NodeView[]> {
    const { nodes } = await this.#admin.get<{ nodes: NodeView[] }>("/_emulator/nodes");
    return nodes;
  }

  /**
   * Lets time pass in the emulator, in milliseconds or as `"20m"`; resolves when all that is due then has happened.
   *
   * @example
   * await emulator.advance("20m");
   * await session.expectEnd(); // the idle timeout
   */
  async advance(time: number | string): Promise<void> {
    const body = typeof time === "number" ? { milliseconds: time } : { duration: time };
    await this.#admin.post("/_emulator/clock/advance", body);
  }

  /** Ends all sessions and goes back to the seed, OS users of the nodes included. */
  async reset(): Promise<void> {
    await this.#admin.post("/_emulator/reset");
  }

  /** Makes an OS user. @throws AdminApiError when the node has one of that name */
  async addOsUser(node: string, user: OsUser): Promise<void> {
    await this.#admin.post(`${nodePath(node)}/users`, user);
  }

  /** Removes an OS user. @throws AdminApiError when the node has none of that name */
  async removeOsUser(node: string, name: string): Promise<void> {
    await this.#admin.delete(`${nodePath(node)}/users/${encodeURIComponent(name)}`);
  }

  /** Stops the node; its sessions end, and StartSession refuses it. */
  async stopNode(node: string): Promise<void> {
    await this.#admin.post(`${nodePath(node)}/stop`);
  }

  /** Starts a node that was stopped. Resolves when it is online. */
  async startNode(node: string): Promise<void> {
    await this.#admin.post(`${nodePath(node)}/start`);
  }

  /** Processes that sessions started and that live on the node. */
  async sessionProcesses(node: string): Promise<readonly NodeProcess[]> {
    const { processes } = await this.#admin.get<{ processes: NodeProcess[] }>(`${nodePath(node)}/processes`);
    return processes;
  }

  /**
   * Makes a fault on purpose; it is in force at once, and until it is removed or the emulator is reset.
   * @throws AdminApiError for a mistake in it, or a name that is taken
   *
   * @example
   * await emulator.addFault({ type: "throttling", on: { operation: "StartSession" }, count: 2 });
   */
  async addFault(fault: FaultRequest): Promise<FaultView> {
    return await this.#admin.post("/_emulator/faults", fault);
  }

  /** Takes a fault away. @throws AdminApiError when there is none of that name */
  async removeFault(name: string): Promise<void> {
    await this.#admin.delete(`/_emulator/faults/${encodeURIComponent(name)}`);
  }

  /** Takes all faults away. */
  async removeAllFaults(): Promise<void> {
    await this.#admin.delete("/_emulator/faults");
  }

  /** The faults in force, and how often each has struck. */
  async faults(): Promise<readonly FaultView[]> {
    const { faults } = await this.#admin.get<{ faults: FaultView[] }>("/_emulator/faults");
    return faults;
  }

  async #credentialsOf(as: string | Credentials): Promise<Credentials> {
    return typeof as === "string" ? await this.credentials(as) : as;
  }

  /** A target that is no node's is left to AWS to refuse. */
  async #nodeId(target: string | undefined): Promise<string> {
    const nodes = await this.nodes();
    if (target !== undefined) return nodes.find(({ name }) => name === target)?.nodeId ?? target;
    const [node] = nodes;
    if (node !== undefined && nodes.length === 1) return node.nodeId;
    throw new Error(`Name a target: there are ${nodes.length} nodes.`);
  }
}

function nodePath(node: string): string {
  return `/_emulator/nodes/${encodeURIComponent(node)}`;
}

function named<Item extends { readonly name: string }>(
  items: readonly Item[],
  name: string,
  what: string,
): Item {
  const item = items.find((candidate) => candidate.name === name);
  if (item !== undefined) return item;
  throw new Error(`There is no ${what} ${name}. Known: ${items.map((known) => known.name).join(", ")}.`);
}

function absent(error: unknown): undefined {
  if (error instanceof AdminApiError && error.status === 404) return undefined;
  throw error;
}

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { Explanation } from "../../access/explanation.ts";
import type { Tag } from "../../access/principal.ts";
import { explainSession } from "../../agent/explain-session.ts";
import type { ManagedNode } from "../../agent/managed-node.ts";
import type { Clock } from "../../clock.ts";
import { findPersona } from "../../operations/find-persona.ts";
import type { ServiceSettings } from "../../operations/operation.ts";
import type { AccountState } from "../../operations/ports/account-state.ts";
import type { ManagedNodes } from "../../operations/ports/managed-nodes.ts";
import type { Account } from "../../operations/principals.ts";
import { listReadableDocuments, lookUpReadableDocument } from "../../operations/ssm/shared/find-document.ts";

export interface ExplainRoutesOptions extends ExplainOptions {
  readonly accountId: string;
  readonly nodes: ManagedNodes;
  /** The account as it is now; a reset swaps it. */
  readonly state: () => AccountState;
}

/** What a decision needs besides the account and its list of nodes. */
export interface ExplainOptions {
  readonly node: (nodeId: string) => Pick<ManagedNode, "lookUpUser"> | undefined;
  readonly clock: Clock;
  readonly settings: Pick<ServiceSettings, "missingRunAsUserRefusedBy">;
}

const Problem = Type.Object({ message: Type.String() });

/** `GET /_emulator/explain`: the whole decision about a session, without the session. */
export const explainRoutes: FastifyPluginAsyncTypebox<ExplainRoutesOptions> = async (app, options) => {
  app.get(
    "/_emulator/explain",
    {
      schema: {
        summary:
          "As whom a session would run and why, or how it would be refused; nothing is started or changed",
        querystring: Type.Object({
          as: Type.String({ description: "root, an IAM user, role/NAME, or the id of credentials" }),
          target: Type.String({ description: "A node's name or id" }),
          documentName: Type.Optional(Type.String()),
          sessionTag: Type.Optional(
            Type.Union([Type.String(), Type.Array(Type.String())], {
              description: "KEY=VALUE, of a role's session; may be repeated",
            }),
          ),
          roleSessionName: Type.Optional(Type.String()),
        }),
        response: { 200: Explanation, 404: Problem },
      },
    },
    async ({ query }, reply) => {
      const { accountId, settings, nodes } = options;
      const account = { accountId, state: options.state() };
      const target = nodes
        .list()
        .find(({ nodeId, name }) => query.target === nodeId || query.target === name);
      const node = target && options.node(target.nodeId);
      const persona = findPersona(
        {
          ...query,
          roleSessionName: query.roleSessionName,
          sessionTags: [query.sessionTag ?? []].flat().map(toTag),
        },
        account,
        options.clock.now(),
      );
      if (persona.type === "refused") return reply.code(404).send({ message: persona.message });
      if (target === undefined || node === undefined) {
        return reply.code(404).send({ message: unknownNode(query.target, nodes) });
      }
      const problem = findMissingDocument(query.documentName, account);
      if (problem !== undefined) return reply.code(404).send({ message: problem });
      const context = { ...account, principal: persona.principal, nodes, settings, node };
      return explainSession({ target, documentName: query.documentName }, context);
    },
  );
};

function toTag(text: string): Tag {
  const [key = ""] = text.split("=", 1);
  return { key, value: text.slice(key.length + 1) };
}

function unknownNode(target: string, nodes: ManagedNodes): string {
  const known = nodes.list().map(({ name, nodeId }) => `${name} (${nodeId})`);
  return `There is no node ${target}. Known: ${known.join(", ") || "none"}.`;
}

function findMissingDocument(name: string | undefined, account: Account): string | undefined {
  if (name === undefined || lookUpReadableDocument(name, account) !== undefined) return undefined;
  const known = listReadableDocuments(account).map(({ record }) => record.name);
  return `There is no document ${name}. Known: ${known.join(", ")}.`;
}

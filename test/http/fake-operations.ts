import fastify, { type FastifyInstance } from "fastify";
import { Type } from "typebox";
import { ServiceException } from "../../emulator/errors.ts";
import { FaultList } from "../../emulator/faults/fault-list.ts";
import { type AwsEndpointOptions, awsEndpoint } from "../../emulator/http/aws-endpoint.ts";
import type { Operations } from "../../emulator/http/load-operations.ts";
import { type Operation, operation } from "../../emulator/operations/operation.ts";
import type { AccountState } from "../../emulator/operations/ports/account-state.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { operationContext } from "../helpers/operation-context.ts";

const all: readonly Operation[] = [
  operation({
    service: "ssm",
    name: "StartSession",
    input: Type.Object({ Target: Type.String({ minLength: 1 }), Reason: Type.Optional(Type.String()) }),
    handle({ Target, Reason }, { endpoint, principal, region }) {
      if (Target === "i-bug") throw new TypeError("secret detail");
      if (Target === "i-off") throw new ServiceException("TargetNotConnected", "i-off is not connected.");
      const scheme = endpoint.secure ? "wss" : "ws";
      return {
        SessionId: `${principal.arn}|${region}|${Reason}`,
        TokenValue: String(endpoint.awsHost),
        StreamUrl: `${scheme}://${endpoint.host}/v1`,
      };
    },
  }),
  operation({
    service: "logs",
    name: "CreateLogGroup",
    input: Type.Object({ logGroupName: Type.String() }),
    handle: () => ({}),
  }),
  operation({
    service: "iam",
    name: "CreateUser",
    input: Type.Object({
      UserName: Type.String(),
      Tags: Type.Optional(
        Type.Array(Type.Object({ Key: Type.String({ maxLength: 128 }), Value: Type.String() })),
      ),
    }),
    handle({ UserName, Tags = [] }) {
      if (UserName === "taken") {
        throw new ServiceException("EntityAlreadyExists", "User with name taken already exists.");
      }
      const CreateDate = "2026-01-02T03:04:05Z";
      return { User: { Path: "/", UserName, UserId: "AIDA1", Arn: "arn", CreateDate, Tags } };
    },
  }),
  operation({ service: "iam", name: "DeleteUser", input: Type.Object({}), handle: () => ({}) }),
  operation({
    service: "sts",
    name: "GetCallerIdentity",
    input: Type.Object({}),
    handle: (_input, { principal }) => ({
      UserId: principal.userId,
      Account: principal.accountId,
      Arn: principal.arn,
    }),
  }),
  operation({
    service: "ec2",
    name: "DescribeInstances",
    input: Type.Object({
      InstanceId: Type.Optional(Type.Array(Type.String())),
      Filter: Type.Optional(
        Type.Array(Type.Object({ Name: Type.String(), Value: Type.Array(Type.String()) })),
      ),
    }),
    handle({ InstanceId: ids = [], Filter: filters = [] }) {
      if (ids.includes("i-0")) {
        throw new ServiceException("InvalidInstanceID.NotFound", "The instance ID 'i-0' does not exist");
      }
      const tagSet = filters.map(({ Name, Value }) => ({ key: Name, value: Value.join() }));
      const instanceState = { code: 16, name: "running" };
      const instancesSet = ids.map((instanceId) => ({ instanceId, instanceState, tagSet }));
      return { reservationSet: [{ reservationId: "r-1", instancesSet }] };
    },
  }),
];

const fakeOperations: Operations = new Map(all.map((one) => [`${one.service}.${one.name}`, one]));

/** The account's root signs with these. */
export const rootKey = { accessKeyId: "test", secretAccessKey: "test" };

/** An app that serves the fake operations, to an account that has nothing but the root's key. */
export async function fakeApp(options: Partial<AwsEndpointOptions> = {}): Promise<FastifyInstance> {
  const { nodes, sessions, commands, accountId, random, settings } = operationContext();
  const state = stateWithRoot();
  const app = fastify();
  await app.register(awsEndpoint, {
    ...{
      operations: fakeOperations,
      faults: new FaultList(),
      state: () => state,
      nodes,
      sessions,
      commands,
      accountId,
      random,
      settings,
    },
    clock: { now: () => Date.now(), at: () => () => {} },
    realClock: options.clock ?? { now: () => Date.now(), at: () => () => {} },
    ...options,
  });
  return app;
}

/** An account that has nothing but the root's key. */
export function stateWithRoot(): AccountState {
  const state = createMemoryState();
  state.accessKeys.put("test", { ...rootKey, userName: undefined, status: "Active", createdAt: 0 });
  return state;
}

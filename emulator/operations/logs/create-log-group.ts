import { Type } from "typebox";
import { operation } from "../operation.ts";
import { logsExceptions } from "./shared/exceptions.ts";
import { LogGroupName } from "./shared/schemas.ts";

export const createLogGroup = operation({
  service: "logs",
  name: "CreateLogGroup",
  input: Type.Object({
    logGroupName: LogGroupName,
    kmsKeyId: Type.Optional(Type.String({ maxLength: 256 })),
    tags: Type.Optional(Type.Record(Type.String(), Type.String(), { minProperties: 1, maxProperties: 50 })),
    logGroupClass: Type.Optional(
      Type.Union([Type.Literal("STANDARD"), Type.Literal("INFREQUENT_ACCESS"), Type.Literal("DELIVERY")]),
    ),
    deletionProtectionEnabled: Type.Optional(Type.Boolean()),
  }),
  handle(input, { state, now }) {
    if (input.deletionProtectionEnabled)
      throw logsExceptions.notEmulated("deletion protection of log groups");
    if (state.logGroups.get(input.logGroupName) !== undefined) throw logsExceptions.groupExists();
    state.logGroups.put(input.logGroupName, {
      name: input.logGroupName,
      createdAt: now,
      kmsKeyId: input.kmsKeyId,
      logGroupClass: input.logGroupClass ?? "STANDARD",
      tags: Object.entries(input.tags ?? {}).map(([key, value]) => ({ key, value })),
    });
    return {};
  },
});

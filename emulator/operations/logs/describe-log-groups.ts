import { type Static, Type } from "typebox";
import { type OperationContext, operation } from "../operation.ts";
import { paginate } from "../paginate.ts";
import type { LogGroupRecord } from "../ports/log-records.ts";
import { logsExceptions } from "./shared/exceptions.ts";
import { logGroupArn, nameInIdentifier } from "./shared/log-group.ts";
import {
  DescribeLimit,
  defaultDescribeLimit,
  LogGroupIdentifier,
  LogGroupName,
  NextToken,
} from "./shared/schemas.ts";

const DescribeLogGroupsRequest = Type.Object({
  accountIdentifiers: Type.Optional(Type.Array(Type.String({ pattern: "^\\d{12}$" }), { maxItems: 20 })),
  logGroupNamePrefix: Type.Optional(LogGroupName),
  logGroupNamePattern: Type.Optional(Type.String({ maxLength: 512, pattern: "^[\\.\\-_/#A-Za-z0-9]*$" })),
  nextToken: Type.Optional(NextToken),
  limit: Type.Optional(DescribeLimit),
  includeLinkedAccounts: Type.Optional(Type.Boolean()),
  logGroupClass: Type.Optional(
    Type.Union([Type.Literal("STANDARD"), Type.Literal("INFREQUENT_ACCESS"), Type.Literal("DELIVERY")]),
  ),
  logGroupIdentifiers: Type.Optional(Type.Array(LogGroupIdentifier, { minItems: 1, maxItems: 50 })),
});

type Request = Static<typeof DescribeLogGroupsRequest>;

/** The account stands alone, so linked accounts add nothing. */
export const describeLogGroups = operation({
  service: "logs",
  name: "DescribeLogGroups",
  input: DescribeLogGroupsRequest,
  handle(input, context) {
    const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupIdentifiers } = input;
    if (prefix !== undefined && pattern !== undefined) throw logsExceptions.prefixAndPattern();
    if (logGroupIdentifiers !== undefined && (prefix ?? pattern ?? input.logGroupClass) !== undefined) {
      throw logsExceptions.identifiersAndOthers();
    }
    const { page, nextToken } = paginate(matchingGroups(input, context), {
      limit: input.limit ?? defaultDescribeLimit,
      token: input.nextToken,
      scope: JSON.stringify(["DescribeLogGroups", prefix, pattern, input.logGroupClass, logGroupIdentifiers]),
      onBadToken: logsExceptions.badToken,
    });
    const present = pattern === undefined ? presentGroup : presentGroupBriefly;
    return { logGroups: page.map((group) => present(group, context)), ...(nextToken && { nextToken }) };
  },
});

function matchingGroups(input: Request, context: OperationContext): readonly LogGroupRecord[] {
  const names = input.logGroupIdentifiers?.map((identifier) => nameInIdentifier(identifier, context));
  return [...context.state.logGroups.values()]
    .filter(({ name }) => name.startsWith(input.logGroupNamePrefix ?? ""))
    .filter(({ name }) => name.includes(input.logGroupNamePattern ?? ""))
    .filter((group) => group.logGroupClass === (input.logGroupClass ?? group.logGroupClass))
    .filter(({ name }) => names?.includes(name) ?? true)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function presentGroup(group: LogGroupRecord, context: OperationContext): object {
  return {
    ...presentGroupBriefly(group, context),
    logGroupArn: logGroupArn(context, group.name),
    metricFilterCount: 0,
    storedBytes: 0,
    logGroupClass: group.logGroupClass,
    deletionProtectionEnabled: false,
    ...(group.kmsKeyId !== undefined && { kmsKeyId: group.kmsKeyId }),
  };
}

/** All that a search by pattern tells. @see CloudWatch Logs API reference, DescribeLogGroups, "logGroupNamePattern" */
function presentGroupBriefly(group: LogGroupRecord, context: OperationContext): object {
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    arn: `${logGroupArn(context, group.name)}:*`,
  };
}

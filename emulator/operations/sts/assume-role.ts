import { type Static, Type } from "typebox";
import { decideSessionTags } from "../../access/session-tags.ts";
import type { TrustAction } from "../../access/trust-policy.ts";
import { TagKeyList, TagList } from "../iam/shared/schemas.ts";
import { type OperationContext, operation } from "../operation.ts";
import type { RoleRecord } from "../ports/iam-records.ts";
import { issueCredentials } from "./shared/credentials.ts";
import { stsExceptions } from "./shared/exceptions.ts";
import { mfa } from "./shared/schemas.ts";
import { checkSessionPolicy, packedPolicySize } from "./shared/session-policies.ts";
import { findTrustingRole, principalArn } from "./shared/trusting-role.ts";

const defaultDurationSeconds = 3600;
/** @see IAM user guide, "Role chaining" */
const maxChainedDurationSeconds = 3600;

const AssumeRoleRequest = Type.Object({
  RoleArn: Type.String({ minLength: 20, maxLength: 2048 }),
  RoleSessionName: Type.String({ minLength: 2, maxLength: 64, pattern: "^[\\w+=,.@-]*$" }),
  DurationSeconds: Type.Optional(Type.Integer({ minimum: 900, maximum: 43_200 })),
  Policy: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
  PolicyArns: Type.Optional(
    Type.Array(Type.Object({ arn: Type.Optional(Type.String({ minLength: 20, maxLength: 2048 })) }), {
      maxItems: 10,
    }),
  ),
  Tags: Type.Optional(TagList),
  TransitiveTagKeys: Type.Optional(TagKeyList),
  ExternalId: Type.Optional(Type.String({ minLength: 2, maxLength: 1224, pattern: "^[\\w+=,.@:\\/-]*$" })),
  SourceIdentity: Type.Optional(Type.String({ minLength: 2, maxLength: 64, pattern: "^[\\w+=,.@-]*$" })),
  ...mfa,
});

type Input = Static<typeof AssumeRoleRequest>;

/**
 * Credentials for a role session, when the role's trust policy allows it. Unlike AWS we let the root assume roles,
 * as the emulator's first persona is the root.
 * Inherited tags need `sts:TagSession` as passed ones do. A calling session's source identity is not handed on.
 * @see API_AssumeRole; aws-api reference, section 2.7
 */
export const assumeRole = operation({
  service: "sts",
  name: "AssumeRole",
  input: AssumeRoleRequest,
  handle(input, context) {
    checkSessionPolicy(input.Policy);
    if (input.SerialNumber !== undefined || input.TokenCode !== undefined) throw stsExceptions.noMfaDevice();
    const { tags, transitiveTagKeys } = sessionTags(input, context);
    const role = trustingRole(input, context, tags.length > 0 ? ["sts:TagSession"] : []);
    const subject = {
      type: "assumed-role",
      roleName: role.roleName,
      roleId: role.roleId,
      sessionName: input.RoleSessionName,
      sessionTags: tags,
      transitiveTagKeys,
      sourceIdentity: input.SourceIdentity,
    } as const;
    const packedSize = packedPolicySize(input);
    return {
      Credentials: issueCredentials(context, subject, checkedDuration(input, context, role)),
      AssumedRoleUser: {
        AssumedRoleId: `${role.roleId}:${input.RoleSessionName}`,
        Arn: `arn:aws:sts::${context.accountId}:assumed-role/${role.roleName}/${input.RoleSessionName}`,
      },
      ...(packedSize !== undefined && { PackedPolicySize: packedSize }),
      ...(input.SourceIdentity !== undefined && { SourceIdentity: input.SourceIdentity }),
    };
  },
});

function sessionTags(input: Input, { principal }: OperationContext) {
  const decision = decideSessionTags({
    caller: principal,
    tags: passedTags(input),
    transitiveTagKeys: input.TransitiveTagKeys ?? [],
  });
  if (decision.type === "refused") throw stsExceptions.badTags(decision.reason);
  return decision;
}

function trustingRole(input: Input, context: OperationContext, tagging: readonly TrustAction[]): RoleRecord {
  const naming: readonly TrustAction[] = input.SourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"];
  return findTrustingRole(context, input.RoleArn, ["sts:AssumeRole", ...tagging, ...naming], {
    principal: context.principal,
    principalArn: principalArn(context),
    roleSessionName: input.RoleSessionName,
    externalId: input.ExternalId,
    sourceIdentity: input.SourceIdentity,
    tags: passedTags(input),
    transitiveTagKeys: input.TransitiveTagKeys ?? [],
  });
}

function checkedDuration(input: Input, { principal }: OperationContext, role: RoleRecord): number {
  const seconds = input.DurationSeconds ?? defaultDurationSeconds;
  if (principal.type === "assumed-role" && seconds > maxChainedDurationSeconds) {
    throw stsExceptions.longerThanChainingAllows();
  }
  if (seconds > role.maxSessionDurationSeconds) throw stsExceptions.longerThanRoleAllows();
  return seconds;
}

function passedTags({ Tags = [] }: Input) {
  return Tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

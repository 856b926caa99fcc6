import { Type } from "typebox";
import { operation } from "../operation.ts";
import { iamExceptions } from "./shared/exceptions.ts";
import { checkedPath, checkName } from "./shared/names.ts";
import { defaultMaxSessionSeconds, presentNewRole } from "./shared/role.ts";
import {
  MaxSessionDuration,
  NewName,
  Path,
  PolicyDocument,
  RoleDescription,
  TagList,
} from "./shared/schemas.ts";
import { writeTags } from "./shared/tags.ts";
import { checkTrustDocument } from "./shared/trust-document.ts";

/** Permissions boundaries are not emulated and go unread. @see API_CreateRole */
export const createRole = operation({
  service: "iam",
  name: "CreateRole",
  input: Type.Object({
    RoleName: NewName,
    AssumeRolePolicyDocument: PolicyDocument,
    Path: Type.Optional(Path),
    Description: Type.Optional(RoleDescription),
    MaxSessionDuration: Type.Optional(MaxSessionDuration),
    Tags: Type.Optional(TagList),
  }),
  handle(input, context) {
    const { state, random, now } = context;
    checkName("roleName", input.RoleName);
    const path = checkedPath(input.Path);
    const tags = writeTags([], input.Tags ?? []);
    checkTrustDocument(context, input.AssumeRolePolicyDocument);
    const key = input.RoleName.toLowerCase();
    if (state.roles.get(key) !== undefined) throw iamExceptions.roleExists(input.RoleName);
    const role = {
      roleName: input.RoleName,
      roleId: `AROA${random.base32(17)}`,
      path,
      createdAt: now,
      description: input.Description,
      assumeRolePolicyDocument: input.AssumeRolePolicyDocument,
      maxSessionDurationSeconds: input.MaxSessionDuration ?? defaultMaxSessionSeconds,
      tags,
    };
    state.roles.put(key, role);
    return { Role: presentNewRole(context, role) };
  },
});

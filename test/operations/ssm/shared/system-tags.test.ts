import { expect, it } from "vitest";
import type { Principal } from "../../../../emulator/access/principal.ts";
import { systemTags } from "../../../../emulator/operations/ssm/shared/system-tags.ts";
import { operationContext } from "../../../helpers/operation-context.ts";
import { rolePrincipal, userPrincipal } from "../../../helpers/principals.ts";

it.each<readonly [string, Principal, string]>([
  ["a user", userPrincipal("alice"), "AIDAALICE"],
  ["a role", rolePrincipal("ops"), "AROAOPS:work"],
  ["the root", operationContext().principal, "000000000000"],
])("names the target, and as the session's owner %s", (_, principal, owner) => {
  expect(systemTags({ target: "i-1", principal })).toEqual([
    { key: "aws:ssmmessages:target-id", value: "i-1" },
    { key: "aws:ssmmessages:session-id", value: owner },
  ]);
});

import { expect, it } from "vitest";
import { getCallerIdentity } from "../../../emulator/operations/sts/get-caller-identity.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { rolePrincipal, userPrincipal } from "../../helpers/principals.ts";

it.each([
  [operationContext().principal, "000000000000", "arn:aws:iam::000000000000:root"],
  [userPrincipal("alice"), "AIDAALICE", "arn:aws:iam::000000000000:user/alice"],
  [rolePrincipal("Ops"), "AROAOPS:work", "arn:aws:sts::000000000000:assumed-role/Ops/work"],
])("GetCallerIdentity names $type", (principal, UserId, Arn) => {
  expect(getCallerIdentity.handle({}, operationContext({ principal }))).toEqual({
    UserId,
    Account: "000000000000",
    Arn,
  });
});

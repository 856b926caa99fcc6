import { beforeEach, describe, expect, it } from "vitest";
import { createAccessKey } from "../../../emulator/operations/iam/create-access-key.ts";
import { createUser } from "../../../emulator/operations/iam/create-user.ts";
import { deleteAccessKey } from "../../../emulator/operations/iam/delete-access-key.ts";
import { listAccessKeys } from "../../../emulator/operations/iam/list-access-keys.ts";
import { updateAccessKey } from "../../../emulator/operations/iam/update-access-key.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { userPrincipal } from "../../helpers/principals.ts";
import { refusal } from "../../helpers/refusal.ts";

let context: OperationContext;
beforeEach(() => {
  context = operationContext();
  createUser.handle({ UserName: "alice" }, context);
  createUser.handle({ UserName: "bob" }, context);
});

function createKey(input: { UserName?: string } = {}, as = context): string {
  const answer = createAccessKey.handle(input, as) as {
    readonly AccessKey: { readonly AccessKeyId: string };
  };
  return answer.AccessKey.AccessKeyId;
}

describe("CreateAccessKey", () => {
  it("answers with the key and its secret", () => {
    const answer = createAccessKey.handle({ UserName: "ALICE" }, context);
    expect(answer).toEqual({
      AccessKey: {
        UserName: "alice",
        AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
        Status: "Active",
        SecretAccessKey: expect.stringMatching(/^[\w+/]{40}$/),
        CreateDate: "2026-01-02T03:04:05Z",
      },
    });
  });

  it("gives a user two keys and no third", () => {
    createKey({ UserName: "alice" });
    createKey({ UserName: "alice" });
    expect(refusal(() => createKey({ UserName: "alice" }))).toEqual({
      code: "LimitExceeded",
      message: "Cannot exceed quota for AccessKeysPerUser: 2",
    });
    expect(() => createKey({ UserName: "bob" })).not.toThrow();
  });

  it("without a name makes a key of the caller", () => {
    const id = createKey({}, { ...context, principal: userPrincipal("alice") });
    expect(context.state.accessKeys.get(id)?.userName).toBe("alice");
    expect(context.state.accessKeys.get(createKey())?.userName).toBeUndefined();
  });
});

describe("ListAccessKeys", () => {
  it("lists one user's keys, oldest first and without secrets", () => {
    const first = createKey({ UserName: "alice" });
    createKey({ UserName: "bob" });
    const second = createKey({ UserName: "alice" });
    const key = { UserName: "alice", Status: "Active", CreateDate: "2026-01-02T03:04:05Z" };
    expect(listAccessKeys.handle({ UserName: "alice" }, context)).toEqual({
      AccessKeyMetadata: [
        { ...key, AccessKeyId: first },
        { ...key, AccessKeyId: second },
      ],
      IsTruncated: false,
    });
  });
});

describe("UpdateAccessKey", () => {
  it("sets the status", () => {
    const AccessKeyId = createKey({ UserName: "alice" });
    updateAccessKey.handle({ UserName: "alice", AccessKeyId, Status: "Inactive" }, context);
    expect(context.state.accessKeys.get(AccessKeyId)?.status).toBe("Inactive");
  });
});

describe("DeleteAccessKey", () => {
  it("deletes the key", () => {
    const AccessKeyId = createKey({ UserName: "alice" });
    deleteAccessKey.handle({ UserName: "alice", AccessKeyId }, context);
    expect(context.state.accessKeys.get(AccessKeyId)).toBeUndefined();
  });

  it("does not find the key under another user, nor under the caller", () => {
    const AccessKeyId = createKey({ UserName: "alice" });
    const missing = {
      code: "NoSuchEntity",
      message: `The Access Key with id ${AccessKeyId} cannot be found.`,
    };
    expect(refusal(() => deleteAccessKey.handle({ UserName: "bob", AccessKeyId }, context))).toEqual(missing);
    expect(refusal(() => deleteAccessKey.handle({ AccessKeyId }, context))).toEqual(missing);
  });
});

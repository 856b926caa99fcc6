import { beforeEach, describe, expect, it } from "vitest";
import { createAccessKey } from "../../../emulator/operations/iam/create-access-key.ts";
import { createUser } from "../../../emulator/operations/iam/create-user.ts";
import { deleteUser } from "../../../emulator/operations/iam/delete-user.ts";
import { getUser } from "../../../emulator/operations/iam/get-user.ts";
import { listAccessKeys } from "../../../emulator/operations/iam/list-access-keys.ts";
import { listUsers } from "../../../emulator/operations/iam/list-users.ts";
import { updateUser } from "../../../emulator/operations/iam/update-user.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { getSessionToken } from "../../../emulator/operations/sts/get-session-token.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { rolePrincipal, userPrincipal } from "../../helpers/principals.ts";
import { refusal } from "../../helpers/refusal.ts";

const notFound = { code: "NoSuchEntity", message: "The user with name alice cannot be found." };
const aliceExists = { code: "EntityAlreadyExists", message: "User with name ALICE already exists." };

let context: OperationContext;
beforeEach(() => {
  context = operationContext();
});

const create = (UserName: string, Path = "/") => createUser.handle({ UserName, Path }, context);
const asAlice = () => ({ ...context, principal: userPrincipal("alice") });

function listedNames(input: Parameters<typeof listUsers.handle>[0] = {}): string[] {
  const { Users } = listUsers.handle(input, context) as { readonly Users: { readonly UserName: string }[] };
  return Users.map((user) => user.UserName);
}

function listedKeys(UserName: string): number {
  const answer = listAccessKeys.handle({ UserName }, context) as { readonly AccessKeyMetadata: object[] };
  return answer.AccessKeyMetadata.length;
}

describe("CreateUser", () => {
  it("answers with the new user", () => {
    const Tags = [{ Key: "Dept", Value: "ops" }];
    expect(createUser.handle({ UserName: "alice", Path: "/team/", Tags }, context)).toEqual({
      User: {
        Path: "/team/",
        UserName: "alice",
        UserId: "AIDAAAAAAAAAAAAAAAAAB",
        Arn: "arn:aws:iam::000000000000:user/team/alice",
        CreateDate: "2026-01-02T03:04:05Z",
        Tags,
      },
    });
  });

  it("leaves Tags out when there are none", () => {
    expect(create("alice")).not.toHaveProperty("User.Tags");
  });

  it("refuses a name that is taken in another case", () => {
    create("alice");
    expect(refusal(() => create("ALICE"))).toEqual(aliceExists);
  });

  it.each(["a b", "a/b", "ä", "a\n"])("refuses the name %j", (name) => {
    expect(refusal(() => create(name))).toEqual({
      code: "ValidationError",
      message:
        "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
    });
  });

  it.each(["team", "/team", "team/", "/a b/"])("refuses the path %j", (path) => {
    expect(refusal(() => create("alice", path)).code).toBe("ValidationError");
  });
});

describe("GetUser", () => {
  it("finds a user in any case and shows the name as created", () => {
    create("Alice");
    expect(getUser.handle({ UserName: "aLICE" }, context)).toMatchObject({ User: { UserName: "Alice" } });
  });

  it("tells a user about themselves", () => {
    create("alice");
    expect(getUser.handle({}, asAlice())).toMatchObject({ User: { UserName: "alice" } });
  });

  it("tells the root about the account", () => {
    expect(getUser.handle({}, context)).toEqual({
      User: {
        UserId: "000000000000",
        Arn: "arn:aws:iam::000000000000:root",
        CreateDate: "1970-01-01T00:00:00Z",
      },
    });
  });

  it("wants a name from a role session", () => {
    const asRole = { ...context, principal: rolePrincipal("Ops") };
    expect(refusal(() => getUser.handle({}, asRole))).toEqual({
      code: "ValidationError",
      message: "Must specify userName when calling with non-User credentials",
    });
  });

  it("does not find an unknown user", () => {
    expect(refusal(() => getUser.handle({ UserName: "alice" }, context))).toEqual(notFound);
  });
});

describe("ListUsers", () => {
  it("lists by name, without tags", () => {
    create("bob");
    createUser.handle({ UserName: "Alice", Tags: [{ Key: "k", Value: "v" }] }, context);
    expect(listedNames()).toEqual(["Alice", "bob"]);
    expect(listUsers.handle({}, context)).not.toHaveProperty("Users.0.Tags");
  });

  it("keeps to the path prefix", () => {
    create("alice", "/team/red/");
    create("bob", "/other/");
    expect(listedNames({ PathPrefix: "/team/" })).toEqual(["alice"]);
  });

  it("goes on at the marker", () => {
    for (const name of ["a", "b", "c"]) create(name);
    const first = listUsers.handle({ MaxItems: 2 }, context) as { readonly Marker: string };
    expect(first).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });
    const { Marker } = first;
    expect(listedNames({ MaxItems: 2, Marker })).toEqual(["c"]);
    expect(listUsers.handle({ Marker }, context)).not.toHaveProperty("Marker");
    const otherList = () => listUsers.handle({ Marker, PathPrefix: "/x/" }, context);
    expect(refusal(otherList)).toEqual({ code: "ValidationError", message: "Invalid Marker." });
  });
});

describe("UpdateUser", () => {
  it("renames a user, who keeps id, keys and temporary credentials", () => {
    create("alice");
    createAccessKey.handle({ UserName: "alice" }, context);
    getSessionToken.handle({}, asAlice());
    updateUser.handle({ UserName: "ALICE", NewUserName: "alicia", NewPath: "/x/" }, context);
    expect(getUser.handle({ UserName: "alicia" }, context)).toMatchObject({
      User: { UserId: "AIDAAAAAAAAAAAAAAAAAB", Arn: "arn:aws:iam::000000000000:user/x/alicia" },
    });
    expect(listedKeys("alicia")).toBe(1);
    expect([...context.state.sessionCredentials.values()]).toMatchObject([
      { subject: { userName: "alicia" } },
    ]);
    expect(refusal(() => getUser.handle({ UserName: "alice" }, context))).toEqual(notFound);
  });

  it("changes the case of a name", () => {
    create("alice");
    updateUser.handle({ UserName: "alice", NewUserName: "Alice" }, context);
    expect(listedNames()).toEqual(["Alice"]);
  });

  it("refuses another user's name", () => {
    create("alice");
    create("bob");
    const rename = () => updateUser.handle({ UserName: "bob", NewUserName: "ALICE" }, context);
    expect(refusal(rename)).toEqual(aliceExists);
  });
});

describe("DeleteUser", () => {
  it("deletes a user and ends their temporary credentials", () => {
    create("alice");
    getSessionToken.handle({}, asAlice());
    expect(deleteUser.handle({ UserName: "Alice" }, context)).toEqual({});
    expect(listedNames()).toEqual([]);
    expect([...context.state.sessionCredentials.values()]).toEqual([]);
  });

  it("refuses while there are access keys", () => {
    create("alice");
    createAccessKey.handle({ UserName: "alice" }, context);
    expect(refusal(() => deleteUser.handle({ UserName: "alice" }, context))).toEqual({
      code: "DeleteConflict",
      message: "Cannot delete entity, must delete access keys first.",
    });
  });

  it("does not find an unknown user", () => {
    expect(refusal(() => deleteUser.handle({ UserName: "alice" }, context))).toEqual(notFound);
  });
});

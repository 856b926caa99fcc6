import { type Static, Type } from "typebox";
import { SshPublicKey } from "./ssh-public-key.ts";

const namePattern = "^[a-zA-Z_][a-zA-Z0-9_.-]{0,31}$";
const maxId = 2_147_483_647;

/** An OS user to be made on a node; what is left out is left to the node's `useradd`. A `title` is what a message expects. */
export const OsUser = Type.Object(
  {
    name: Type.String({
      pattern: namePattern,
      title: "an OS user name: 1 to 32 letters, digits or any of _.-, beginning with a letter or _",
      description: "Login name",
    }),
    uid: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxId,
        description: "User id; the node's next one when left out",
      }),
    ),
    gid: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxId,
        description:
          "Id of the primary group, which is made if it is missing; a group of the user's name when left out",
      }),
    ),
    groups: Type.Optional(
      Type.Array(
        Type.String({
          pattern: namePattern,
          title: "a group name: 1 to 32 letters, digits or any of _.-, beginning with a letter or _",
        }),
        { maxItems: 64, description: "Supplementary groups; missing ones are made" },
      ),
    ),
    shell: Type.Optional(
      Type.String({
        pattern: "^/[\\x21-\\x7e]+$",
        title: "an absolute path",
        description: "Login shell; sessions never read it",
      }),
    ),
    home: Type.Optional(
      Type.Boolean({
        default: true,
        description: "Whether there is a home directory; a user with sshPublicKeys always has one",
      }),
    ),
    sshPublicKeys: Type.Optional(
      Type.Array(SshPublicKey, {
        maxItems: 32,
        description: "Lines of ~/.ssh/authorized_keys; the file holds these alone",
      }),
    ),
  },
  { additionalProperties: false },
);

export type OsUser = Static<typeof OsUser>;

/** Names that a {@link OsUser} can have. */
export const osUserNamePattern = new RegExp(namePattern);

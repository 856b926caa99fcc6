import type { Seed } from "./seed-schema.ts";

/**
 * What the account holds when no file says otherwise: one node and a caller for each way Run As can end. Root is
 * refused, for it has no tag; alice becomes my-os-user; bob's user is missing on the node; test-user has no tag, but
 * may assume operator, which has one.
 */
export const builtInSeed: Seed = {
  account: "000000000000",
  region: "us-east-1",
  rootAccessKeys: [{ id: "test", secret: "test" }],
  users: [
    {
      name: "test-user",
      path: "/",
      tags: {},
      accessKeys: [{ id: "AKIATESTUSER22222222", secret: "testUserSecretKeyForLocalSsmEmulatorOnly" }],
    },
    {
      name: "alice",
      path: "/",
      tags: { SSMSessionRunAs: "my-os-user" },
      accessKeys: [{ id: "AKIAALICE22222222222", secret: "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" }],
    },
    {
      name: "bob",
      path: "/",
      tags: { SSMSessionRunAs: "os-test-user" },
      accessKeys: [{ id: "AKIABOB2222222222222", secret: "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" }],
    },
  ],
  roles: [
    {
      name: "operator",
      path: "/",
      description: "Sessions as my-os-user",
      assumableBy: ["test-user"],
      tags: { SSMSessionRunAs: "my-os-user" },
      maxSessionDurationSeconds: 3600,
    },
  ],
  preferences: {
    runAsEnabled: true,
    runAsDefaultUser: "",
    cloudWatchLogGroupName: "/ssm/session-logs",
    cloudWatchStreamingEnabled: true,
    cloudWatchEncryptionEnabled: false,
    idleSessionTimeout: "20",
  },
  documents: {},
  nodes: [
    {
      id: "i-0a1b2c3d4e5f60718",
      name: "web-1",
      users: [
        { name: "my-os-user", uid: 1001, home: true },
        { name: "test-user", uid: 1002, home: true },
      ],
      tags: { Name: "web-1" },
    },
  ],
  logGroups: ["/ssm/session-logs"],
  kmsKeys: [],
};

import { describe, expect, it } from "vitest";
import {
  type NamespaceFacts,
  namespaceObstacles,
} from "../../../emulator/nodes/namespace/namespace-rights.ts";

const root: NamespaceFacts = {
  platform: "linux",
  uid: 0,
  userName: "root",
  missingPrograms: [],
  subordinateIds: { uids: "", gids: "" },
  setting: () => undefined,
};
const range = "ann:100000:65536\n";
const ann: NamespaceFacts = {
  ...root,
  uid: 1000,
  userName: "ann",
  subordinateIds: { uids: range, gids: range },
};

describe("what stands in the way of namespaces", () => {
  it("is nothing for root with util-linux, whatever users may do", () => {
    expect(namespaceObstacles({ ...root, missingPrograms: ["newuidmap"], setting: () => "0" })).toEqual([]);
  });

  it("is nothing for a user with a range of ids", () => {
    expect(namespaceObstacles(ann)).toEqual([]);
    const uids = "1000:100000:65536";
    expect(namespaceObstacles({ ...ann, subordinateIds: { uids, gids: uids } })).toEqual([]);
  });

  it.each<[string, NamespaceFacts, string]>([
    ["another system", { ...root, platform: "darwin" }, "namespaces are Linux's, this is another system"],
    [
      "a missing program",
      { ...root, missingPrograms: ["nsenter"] },
      "`nsenter` is missing: install the package util-linux",
    ],
    [
      "missing ways to use the range",
      { ...ann, missingPrograms: ["newuidmap"] },
      "`newuidmap` is missing: install the package uidmap",
    ],
    [
      "a range that is too small",
      { ...ann, subordinateIds: { uids: "ann:100000:1000", gids: range } },
      "/etc/subuid gives ann no range of 65536 ids: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann",
    ],
    [
      "another's range",
      { ...ann, subordinateIds: { uids: range, gids: "bob:100000:65536" } },
      "/etc/subgid gives ann no range of 65536 ids: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann",
    ],
    ...[
      ["user.max_user_namespaces", "0", "15000"],
      ["kernel.unprivileged_userns_clone", "0", "1"],
      ["kernel.apparmor_restrict_unprivileged_userns", "1", "0"],
    ].map(([name, value, remedy]): [string, NamespaceFacts, string] => [
      `the setting ${name}`,
      { ...ann, setting: (asked) => (asked === name ? value : undefined) },
      `${name} is ${value}, which forbids user namespaces: sudo sysctl -w ${name}=${remedy}`,
    ]),
  ])("is %s, and it is said how to get it", (_what, facts, obstacle) => {
    expect(namespaceObstacles(facts)).toEqual([obstacle]);
  });

  it("is all told at once", () => {
    const facts = {
      ...ann,
      missingPrograms: ["newuidmap", "newgidmap"],
      subordinateIds: root.subordinateIds,
    };
    expect(namespaceObstacles(facts)).toHaveLength(4);
  });
});

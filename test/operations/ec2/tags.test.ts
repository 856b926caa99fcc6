import { describe, expect, it } from "vitest";
import { createTags } from "../../../emulator/operations/ec2/create-tags.ts";
import { deleteTags } from "../../../emulator/operations/ec2/delete-tags.ts";
import { describeTags } from "../../../emulator/operations/ec2/describe-tags.ts";
import { nodeTags } from "../../../emulator/operations/node-tags.ts";
import { db1, fleetContext, hybrid1, web1 } from "./fleet.ts";

const seeded = [
  { key: "Name", value: "web-1" },
  { key: "Role", value: "web" },
];

describe("CreateTags", () => {
  it("overlays the seed's tags, which keep their places", () => {
    const context = fleetContext();
    const answer = createTags.handle(
      { ResourceId: [web1.nodeId], Tag: [{ Key: "Team" }, { Key: "Name", Value: "front" }] },
      context,
    );
    expect(answer).toEqual({ return: true });
    expect(nodeTags(context.state, web1)).toEqual([
      { key: "Name", value: "front" },
      { key: "Role", value: "web" },
      { key: "Team", value: "" },
    ]);
  });

  type Input = Parameters<typeof createTags.handle>[0];
  const tagged = (Tag: Input["Tag"] & object): Input => ({ ResourceId: [web1.nodeId], Tag });
  it.each<readonly [string, Input, string]>([
    ["no resource", { Tag: [{ Key: "a" }] }, "MissingParameter"],
    ["no tag", { ResourceId: [web1.nodeId] }, "MissingParameter"],
    [
      "an unknown instance",
      { ResourceId: ["i-0bbbbbbb"], Tag: [{ Key: "a" }] },
      "InvalidInstanceID.NotFound",
    ],
    ["a hybrid node", { ResourceId: [hybrid1.nodeId], Tag: [{ Key: "a" }] }, "InvalidID"],
    ["a reserved key", tagged([{ Key: "aws:a" }]), "InvalidParameterValue"],
    ["a key too long", tagged([{ Key: "a".repeat(129) }]), "InvalidParameterValue"],
    ["a value too long", tagged([{ Key: "a", Value: "a".repeat(257) }]), "InvalidParameterValue"],
    ["a key given twice", tagged([{ Key: "a" }, { Key: "a" }]), "InvalidParameterValue"],
    ["a 51st tag", tagged(Array.from({ length: 49 }, (_, i) => ({ Key: `k${i}` }))), "TagLimitExceeded"],
  ])("refuses %s and changes nothing", (_, input, code) => {
    const context = fleetContext();
    expect(() => createTags.handle(input, context)).toThrow(expect.objectContaining({ code }));
    expect(nodeTags(context.state, web1)).toEqual(seeded);
  });
});

describe("DeleteTags", () => {
  it.each<readonly [string, Parameters<typeof deleteTags.handle>[0]["Tag"] & object, readonly object[]]>([
    ["deletes a seeded tag by key", [{ Key: "Role" }], [seeded[0] ?? {}]],
    ["deletes a tag of the value given", [{ Key: "Role", Value: "web" }], [seeded[0] ?? {}]],
    ["keeps a tag of another value", [{ Key: "Role", Value: "db" }], seeded],
    ["takes an empty value for a value", [{ Key: "Role", Value: "" }], seeded],
    ["passes over a tag that is not there", [{ Key: "Other" }], seeded],
    ["deletes all tags without a list", [], []],
  ])("%s", (_, Tag, expected) => {
    const context = fleetContext();
    deleteTags.handle({ ResourceId: [web1.nodeId], Tag }, context);
    expect(nodeTags(context.state, web1)).toEqual(expected);
  });

  it("refuses an unknown instance", () => {
    expect(() => deleteTags.handle({ ResourceId: ["i-0bbbbbbb"] }, fleetContext())).toThrow(
      expect.objectContaining({ code: "InvalidInstanceID.NotFound" }),
    );
  });
});

describe("DescribeTags", () => {
  const [name, role] = seeded.map((tag) => ({ resourceId: web1.nodeId, resourceType: "instance", ...tag }));

  it("lists seeded and created tags of ec2 nodes", () => {
    const context = fleetContext();
    createTags.handle({ ResourceId: [db1.nodeId], Tag: [{ Key: "a", Value: "b" }] }, context);
    expect(describeTags.handle({}, context)).toEqual({
      tagSet: [name, role, { resourceId: db1.nodeId, resourceType: "instance", key: "a", value: "b" }],
    });
  });

  it.each<readonly [string, string, readonly unknown[]]>([
    ["resource-id", web1.nodeId, [name, role]],
    ["resource-type", "instance", [name, role]],
    ["resource-type", "volume", []],
    ["key", "Role", [role]],
    ["value", "w*-1", [name]],
    ["tag:Role", "web", [role]],
  ])("filters by %s %s", (Name, value, tagSet) => {
    expect(describeTags.handle({ Filter: [{ Name, Value: [value] }] }, fleetContext())).toEqual({ tagSet });
  });
});

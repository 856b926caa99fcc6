import { describe, expect, it } from "vitest";
import { mismatches } from "../../../harness/scenario/partial-match.ts";

const answer = {
  Sessions: [
    { SessionId: "alice-1", Owner: "arn:aws:iam::0:user/alice", StartDate: new Date(0) },
    { SessionId: "bob-2", Owner: "arn:aws:iam::0:user/bob" },
  ],
  NextToken: undefined,
  Count: 2,
};

describe("mismatches", () => {
  it.each([
    [{}],
    [{ Count: 2 }],
    [{ NextToken: null }],
    [{ Sessions: [{ SessionId: "alice-1" }, {}] }],
    [{ Sessions: [{ Owner: "/user.alice$/" }, { Owner: "/bob/" }] }],
    [{ Sessions: [{ StartDate: "1970-01-01T00:00:00.000Z" }, {}] }],
  ])("finds nothing wrong with %j", (expected) => {
    expect(mismatches(expected, answer)).toEqual([]);
  });

  it.each([
    [{ Count: 3 }, "Count", "the number 3", "the number 2"],
    [{ Count: "2" }, "Count", '"2"', "the number 2"],
    [{ Other: "x" }, "Other", '"x"', "nothing"],
    [{ Count: null }, "Count", "nothing", "the number 2"],
    [{ Sessions: [] }, "Sessions", "a list of 0", "a list of 2"],
    [{ Sessions: [{}, { SessionId: "bob" }] }, "Sessions[1].SessionId", '"bob"', '"bob-2"'],
    [{ Sessions: [{}, { SessionId: "/^b$/" }] }, "Sessions[1].SessionId", "/^b$/", '"bob-2"'],
    [{ Sessions: "x" }, "Sessions", '"x"', "a list of 2"],
    [
      { Sessions: [{ Owner: { a: 1 } }, {}] },
      "Sessions[0].Owner",
      "a mapping",
      '"arn:aws:iam::0:user/alice"',
    ],
  ])("of %j tells where, what was expected and what there is", (expected, path, wanted, actual) => {
    expect(mismatches(expected, answer)).toEqual([{ path, expected: wanted, actual }]);
  });
});

import { describe, expect, it } from "vitest";
import { ServiceException } from "../../emulator/errors.ts";
import { paginate } from "../../emulator/operations/paginate.ts";

const items = ["a", "b", "c", "d", "e"];

function page(limit: number, token?: string, scope = "letters") {
  return paginate(items, { limit, token, scope, onBadToken: () => new ServiceException("BadToken") });
}

describe("paginate", () => {
  it("walks through all items once, in order", () => {
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const answer = page(2, token);
      seen.push(...answer.page);
      token = answer.nextToken;
    } while (token !== undefined);
    expect(seen).toEqual(items);
  });

  it("gives no token when the last page is full", () => {
    expect(page(5)).toEqual({ page: items, nextToken: undefined });
  });

  it("refuses a token of another scope", () => {
    expect(() => page(2, page(2).nextToken, "numbers")).toThrow(ServiceException);
  });

  it.each(["", "x", "2", "AAAAAgAAAAAAAAAAAAAAAA", "é".repeat(20)])(
    "refuses the made-up token %j",
    (token) => {
      expect(() => page(2, token)).toThrow(ServiceException);
    },
  );
});

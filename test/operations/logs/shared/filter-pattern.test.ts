import { describe, expect, it } from "vitest";
import { compileFilterPattern } from "../../../../emulator/operations/logs/shared/filter-pattern.ts";

const badRequest = "[ERROR 400] BAD REQUEST";
const unauthorized = "[ERROR 401] UNAUTHORIZED REQUEST";
const missing = "[ERROR 419] MISSING ARGUMENTS";
const invalid = "[ERROR 420] INVALID ARGUMENTS";
const info = '[INFO] REQUEST "two" FAILED \\o/';
const messages = [badRequest, unauthorized, missing, invalid, info];

/** Most rows are the examples of the CloudWatch Logs user guide, "Filter pattern syntax". */
describe("compileFilterPattern", () => {
  it.each<readonly [string, readonly string[]]>([
    ["", messages],
    ["  ", messages],
    ["ERROR", [badRequest, unauthorized, missing, invalid]],
    ["error", []],
    ["AUTHORIZED", [unauthorized]],
    ["ERROR ARGUMENTS", [missing, invalid]],
    ["?INFO ?ARGUMENTS", [missing, invalid, info]],
    ["?ERROR ?ARGUMENTS REQUEST", [badRequest, unauthorized, info]],
    ["ERROR -ARGUMENTS", [badRequest, unauthorized]],
    ["-ERROR", [info]],
    ['"BAD REQUEST"', [badRequest]],
    ['"REQUEST BAD"', []],
    ['ERROR -"BAD REQUEST" -ARGUMENTS', [unauthorized]],
    ['?"BAD REQUEST" ?"INVALID ARGUMENTS"', [badRequest, invalid]],
    ['"[ERROR 4"', [badRequest, unauthorized, missing, invalid]],
    ['"\\"two\\""', [info]],
    ['"\\\\o/"', [info]],
  ])("%j keeps the messages it should", (pattern, expected) => {
    expect(messages.filter(compileFilterPattern(pattern))).toEqual(expected);
  });

  it.each([
    ['{ $.level = "ERROR" }', "ssm-emulator does not emulate JSON filter patterns."],
    ["[ip, user, ...]", "ssm-emulator does not emulate space-delimited filter patterns."],
    ["%AUTH.*%", "ssm-emulator does not emulate regular expressions in filter patterns."],
    ["a@b.c", "Invalid filter pattern: Invalid character(s) in term 'a@b.c'"],
    ['""', "Invalid filter pattern: Invalid character(s) in term '\"\"'"],
    ['"open', "Invalid filter pattern: Invalid character(s) in term '\"open'"],
    ["ERROR -", "Invalid filter pattern: Invalid character(s) in term '-'"],
  ])("refuses %s", (pattern, message) => {
    expect(() => compileFilterPattern(pattern)).toThrow(
      expect.objectContaining({ code: "InvalidParameterException", message }),
    );
  });
});

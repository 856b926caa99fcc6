import { expect, it } from "vitest";
import { parseFilterDate } from "../../../../emulator/operations/ssm/shared/filter-date.ts";
import { refusal } from "../../../helpers/refusal.ts";

it.each([
  ["2018-08-29", "2018-08-29T00:00:00.000Z"],
  ["2018-08-29T01:02", "2018-08-29T01:02:00.000Z"],
  ["2018-08-29T01:02:03", "2018-08-29T01:02:03.000Z"],
  ["2018-08-29T01:02:03.5Z", "2018-08-29T01:02:03.500Z"],
  ["2018-08-29T01:02:03+02:00", "2018-08-28T23:02:03.000Z"],
])("reads %s as %s, wherever the emulator runs", (value, expected) => {
  expect(new Date(parseFilterDate(value)).toISOString()).toBe(expected);
});

it.each(["yesterday", "29 August 2018", "2018-13-01", "1535500800", "2018"])("refuses %s", (value) => {
  expect(refusal(() => parseFilterDate(value)).code).toBe("ValidationException");
});

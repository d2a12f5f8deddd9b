import { describe, expect, it } from "vitest";
import { parseDay, parseMoment } from "../../../src/dsl/semantic/parse-moment.ts";

const noon = Date.UTC(2024, 0, 1, 12) * 1000;

describe("moments of tests", () => {
  it.each([
    ["12:00", noon],
    ["12:00:30", noon + 30_000_000],
    ["12:00:30.5", noon + 30_500_000],
    ["12:00:00.000001", noon + 1],
    ["12:00Z", noon],
    ["2024-03-31 02:30", Date.UTC(2024, 2, 31, 2, 30) * 1000],
    ["2024-03-31T02:30:00Z", Date.UTC(2024, 2, 31, 2, 30) * 1000],
    ["1969-12-31 23:59:59.999999", -1],
    ["2024-02-29 00:00", Date.UTC(2024, 1, 29) * 1000],
  ])("%s is one, in UTC", (text, micros) => {
    expect(parseMoment(text)).toBe(micros);
  });

  it.each([
    "",
    "noon",
    "12",
    "12:0",
    "25:00",
    "12:60",
    "12:00:60",
    "12:00:00.1234567",
    "2024-02-30 12:00",
    "2023-02-29 12:00",
    "2024-03-31",
    "2024-03-31 02:30+01:00",
    "12:00 ",
    "9999-01-01 00:00",
    "1600-01-01 00:00",
  ])("%j is none", (text) => {
    expect(parseMoment(text)).toBeUndefined();
  });

  it("knows days", () => {
    expect(parseDay("1970-01-01")).toBe(0);
    expect(parseDay("1969-12-31")).toBe(-1);
    expect(parseDay("2024-02-30")).toBeUndefined();
    expect(parseDay("12:00")).toBeUndefined();
  });
});

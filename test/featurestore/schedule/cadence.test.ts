import { describe, expect, it } from "vitest";
import { cadenceWithin, cronFields, offsetsOf, startMinutes } from "../../../src/featurestore/schedule/cadence.ts";
import { longestGap, startsOf } from "./naive-cron.ts";

/** Every minute up to an hour, and what lies around whole hours, days and weeks. */
const intervals = [
  ...Array.from({ length: 60 }, (_, i) => i + 1),
  ...Array.from({ length: 24 }, (_, i) => (i + 1) * 60).flatMap((hour) => [hour - 1, hour, hour + 1]),
  ...Array.from({ length: 9 }, (_, i) => (i + 1) * 1440).flatMap((day) => [day - 1, day, day + 1]),
  365 * 1440,
];

describe("cadenceWithin", () => {
  it("never leaves more time between two starts than is asked for, whatever the interval and the offset", () => {
    for (const minutes of intervals) {
      const cadence = cadenceWithin(minutes);
      for (const offset of [0, 7, 59]) {
        const gap = longestGap(cronFields(cadence, offset));
        expect([minutes, gap <= minutes]).toEqual([minutes, true]);
        // What it says of itself is so.
        expect([minutes, cadence.minutes]).toEqual([minutes, gap]);
      }
    }
  });

  it("starts no more often than an even spread over its hour, day or week must", () => {
    for (const minutes of intervals) {
      const { per, times } = cadenceWithin(minutes);
      const [of, unit] = { hour: [60, 1] as const, day: [24, 60] as const, week: [7, 1440] as const }[per];
      // One start fewer, and two of them are farther apart than is allowed, or there is none.
      if (times > 1) expect([minutes, Math.ceil(of / (times - 1)) * unit > minutes]).toEqual([minutes, true]);
    }
  });

  it.each([
    [1, "* * * * *"],
    [2, "*/2 * * * *"],
    [7, "0,6,13,20,26,33,40,46,53 * * * *"],
    [13, "*/12 * * * *"],
    [25, "*/20 * * * *"],
    [30, "*/30 * * * *"],
    [59, "*/30 * * * *"],
    [60, "0 * * * *"],
    [119, "0 * * * *"],
    [5 * 60, "0 0,4,9,14,19 * * *"],
    [12 * 60, "0 */12 * * *"],
    [23 * 60, "0 */12 * * *"],
    [1440, "0 0 * * *"],
    [2 * 1440, "0 0 * * 0,1,3,5"],
    [3 * 1440, "0 0 * * 0,2,4"],
    [6 * 1440, "0 0 * * 0,3"],
    [7 * 1440, "0 0 * * 0"],
    [400 * 1440, "0 0 * * 0"],
  ])("of %i minutes is %s", (minutes, fields) => {
    expect(cronFields(cadenceWithin(minutes), 0)).toBe(fields);
  });

  it("moves by an offset and stays as it is", () => {
    expect(cronFields(cadenceWithin(15), 7)).toBe("7-59/15 * * * *");
    expect(cronFields(cadenceWithin(15), 52)).toBe("7-59/15 * * * *");
    expect(cronFields(cadenceWithin(7), 10)).toBe("3,10,16,23,30,36,43,50,56 * * * *");
    expect(cronFields(cadenceWithin(6 * 60), 41)).toBe("41 */6 * * *");
    expect(startsOf("41 */6 * * *").slice(0, 3)).toEqual([41, 401, 761]);
  });
});

describe("offsetsOf", () => {
  it("starts no two jobs in the same minute, while there are minutes left", () => {
    const cadences = [5, 20, 60, 120, 1440, 7 * 1440].map(cadenceWithin);
    const offsets = offsetsOf(cadences);
    const minutes = cadences.flatMap((cadence, i) => startMinutes(cadence, offsets[i] ?? 0));
    expect(new Set(minutes).size).toBe(minutes.length);
    expect(offsetsOf([15, 60].map(cadenceWithin))).toEqual([0, 7]);
    expect(offsetsOf([1, 60].map(cadenceWithin))).toEqual([0, 0]);
  });
});

import { durationUnits } from "../../core/index.ts";

/** Units as people write them out, without an s at their end. */
const units: ReadonlyMap<string, string> = new Map([
  ...Object.keys(durationUnits).map((unit): [string, string] => [unit, unit]),
  ["microsecond", "us"],
  ["millisecond", "ms"],
  ["sec", "s"],
  ["second", "s"],
  ["minute", "m"],
  ["hr", "h"],
  ["hour", "h"],
  ["day", "d"],
  ["week", "w"],
]);

/** The duration that a number and a word behind it are: `7d` for `7` and `days`; nothing where the word is no unit. */
export function durationMeant(number: string, word: string): string | undefined {
  const lower = word.toLowerCase();
  const unit = units.get(lower) ?? units.get(lower.replace(/s$/, ""));
  return unit === undefined || !/^\d{1,9}$/.test(number) ? undefined : `${number}${unit}`;
}

/** What was meant by a number with letters behind it: `7days`. */
export function durationHint(image: string): string | undefined {
  const [, number = "", word = ""] = /^(\d{1,9})([A-Za-z]{1,16})$/.exec(image) ?? [];
  const meant = durationMeant(number, word);
  return meant === undefined ? undefined : `a duration ends in the letter of its unit: ${meant}`;
}

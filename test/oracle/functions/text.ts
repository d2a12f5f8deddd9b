import { at, intAt, listAt, type NaiveFunction, textAt, textOption } from "./naive-function.ts";
import { compareValues } from "../../../src/featurestore/oracle/values.ts";

const longest = 1_048_576;
const mostParts = 65_536;

function short(text: string): string | null {
  return text.length > longest ? null : text;
}

/** The parts that a separator parts a text into. */
function partsOf(text: string, separator: string): readonly string[] | null {
  return separator === "" ? null : text.split(separator);
}

/**
 * A pattern of RE2 as one of JavaScript, for what the random expressions use: `(?i)` in front, `\s` of ASCII only, and a dot
 * that is all but a line feed.
 */
function patternOf(pattern: string): RegExp {
  const isFolded = pattern.startsWith("(?i)");
  const body = pattern.slice(isFolded ? 4 : 0);
  const translated = body
    .replaceAll("[[:alpha:]]", "[A-Za-z]")
    .replaceAll("\\s", "[\\t\\n\\f\\r ]")
    .replaceAll(".", "[^\\n]");
  return new RegExp(translated, isFolded ? "iu" : "u");
}

/** Functions of texts. Letter cases are those of Node, whose Unicode release the tests demand to be the same. */
export const textFunctions: Readonly<Record<string, NaiveFunction>> = {
  lower: (args) => textAt(args, 0).toLowerCase(),
  upper: (args) => textAt(args, 0).toUpperCase(),
  trim: (args) => textAt(args, 0).trim(),
  len: (args) => (typeof at(args, 0) === "string" ? [...textAt(args, 0)].length : listAt(args, 0).length),
  concat: (args) => short(args.map((_, i) => textAt(args, i)).join("")),
  contains: (args) =>
    typeof at(args, 0) === "string"
      ? textAt(args, 0).includes(textAt(args, 1))
      : listAt(args, 0).some((item) => compareValues(item, at(args, 1)) === 0),
  starts_with: (args) => textAt(args, 0).startsWith(textAt(args, 1)),
  ends_with: (args) => textAt(args, 0).endsWith(textAt(args, 1)),
  matches: (args, call) => patternOf(textOption(call, "pattern")).test(textAt(args, 0)),
  replace: (args) => {
    const [text, from, to] = [textAt(args, 0), textAt(args, 1), textAt(args, 2)];
    return short(from === "" ? text : text.split(from).join(to));
  },
  substr: (args) => {
    const points = [...textAt(args, 0)].map((point, i) => [BigInt(i), point] as const);
    const size = BigInt(points.length);
    const given = intAt(args, 1);
    const counted = given < 0n ? size + given : given;
    const start = counted < 0n ? 0n : counted;
    const length = args.length > 2 ? intAt(args, 2) : null;
    if (length !== null && length < 0n) return null;
    return points
      .filter(([i]) => i >= start && (length === null || i < start + length))
      .map(([, point]) => point)
      .join("");
  },
  part: (args) => {
    const parts = partsOf(textAt(args, 0), textAt(args, 1));
    const i = intAt(args, 2);
    if (parts === null) return null;
    return parts[Number(i < 0n ? BigInt(parts.length) + i : i)] ?? null;
  },
  split: (args) => {
    const parts = partsOf(textAt(args, 0), textAt(args, 1));
    return parts === null || parts.length > mostParts ? null : parts;
  },
  cross: (args) => short(args.map((_, i) => textAt(args, i).replaceAll("\\", "\\\\").replaceAll("|", "\\|")).join("|")),
  onehot_is: (args, call) => (textAt(args, 0) === textOption(call, "value") ? 1 : 0),
};

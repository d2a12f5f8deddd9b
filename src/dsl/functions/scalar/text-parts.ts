import { TondoError } from "../../../core/index.ts";
import { patternTables, readPattern } from "../pattern.ts";
import {
  type Constants,
  maxTextLength,
  type Overload,
  type Parameter,
  type ScalarFunction,
} from "../scalar-function.ts";

const one: Parameter = { name: "text", kind: "string" };
const separator: Parameter = { name: "separator", kind: "string" };

/** Where in a text so many code points, from its start or from a place on, end; its end where there are fewer. */
function ahead(text: string, from: number, points: number): number {
  let at = from;
  for (let n = 0; n < points && at < text.length; n++) at += isPair(text, at) ? 2 : 1;
  return at;
}

/** The place so many code points before the end; its start where there are fewer. */
function back(text: string, points: number): number {
  let at = text.length;
  for (let n = 0; n < points && at > 0; n++) at -= at > 1 && isPair(text, at - 2) ? 2 : 1;
  return at;
}

/** Whether one code point takes two units there; texts are well-formed. */
function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

/** Numbers beyond ±(2^53 - 1) come as bigints, and are further than any text reaches. */
function substr(text: string, start: number | bigint, length?: number | bigint): string | null {
  if (length !== undefined && length < 0) return null;
  const from = start < 0 ? back(text, -Number(start)) : ahead(text, 0, Number(start));
  return length === undefined ? text.slice(from) : text.slice(from, ahead(text, from, Number(length)));
}

const substrFrom: Overload = {
  takes: [one, { name: "start", kind: "int" }],
  returns: "string",
  partial: true,
  compute: () => substr,
};

/** Counts first, so that nothing is made that would be too long. */
function replaced(text: string, from: string, to: string): string | null {
  if (from === "") return bounded(text);
  let found = 0;
  for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + from.length)) found++;
  if (text.length + found * (to.length - from.length) > maxTextLength) return null;
  return text.replaceAll(from, () => to);
}

function bounded(text: string): string | null {
  return text.length > maxTextLength ? null : text;
}

function part(text: string, between: string, i: number | bigint): string | null {
  if (between === "" || typeof i !== "number") return null;
  return i < 0 ? partFromEnd(text, between, -1 - i) : partFromStart(text, between, i);
}

function partFromStart(text: string, between: string, i: number): string | null {
  let start = 0;
  for (let n = 0; ; n++) {
    const end = text.indexOf(between, start);
    if (n === i) return end < 0 ? text.slice(start) : text.slice(start, end);
    if (end < 0) return null;
    start = end + between.length;
  }
}

/** Separators are found from the start, so that `"aaa"` parted by `"aa"` has the same parts from either end. */
function partFromEnd(text: string, between: string, i: number): string | null {
  let parts = 1;
  for (let at = text.indexOf(between); at >= 0; at = text.indexOf(between, at + between.length)) parts++;
  return i < parts ? partFromStart(text, between, parts - 1 - i) : null;
}

/** The most parts that a text is split into. */
const maxParts = 65_536;

function split(text: string, between: string): readonly string[] | null {
  if (between === "") return null;
  const parts = text.split(between, maxParts + 1);
  return parts.length > maxParts ? null : parts;
}

/** Parts of texts, and patterns. */
export const textParts: readonly ScalarFunction[] = [
  {
    name: "substr",
    version: 1,
    missing: "propagates",
    doc: "The code points from `start` on, `length` of them or all. The first is 0, as in Python; below zero, `start` counts from the end, -1 being the last, and one that would lie before the first is the first. What lies outside is left out, so that the text may be shorter, or empty; a `length` below zero is missing.",
    examples: [
      { text: 'substr("tondo", 1, 3)', result: "ond" },
      { text: 'substr("tondo", -2)', result: "do" },
      { text: 'substr("tondo", 9, 3)', result: "" },
      { text: 'substr("tondo", 0, -1) is missing', result: true },
    ],
    overloads: [substrFrom, { ...substrFrom, takes: [...substrFrom.takes, { name: "length", kind: "int" }] }],
  },
  {
    name: "replace",
    version: 1,
    missing: "propagates",
    doc: "The text with `to` in every place of `from`, from left to right; `from` is no pattern, and an empty one is nowhere. Missing where the result is longer than 1,048,576 UTF-16 units.",
    examples: [
      { text: 'replace("a.b.c", ".", "-")', result: "a-b-c" },
      { text: 'replace("aaa", "aa", "b")', result: "ba" },
    ],
    overloads: [
      {
        takes: [one, { name: "from", kind: "string" }, { name: "to", kind: "string" }],
        returns: "string",
        partial: true,
        compute: () => replaced,
      },
    ],
  },
  {
    name: "part",
    version: 1,
    missing: "propagates",
    doc: "The part of that number, from 0, of a text that a separator parts; below zero it counts from the end, -1 being the last. Missing where there is no such part, or the separator is empty.",
    examples: [
      { text: 'part("2024-02-29", "-", 1)', result: "02" },
      { text: 'part("a@b.org", "@", -1)', result: "b.org" },
      { text: 'part("a", "-", 1) is missing', result: true },
    ],
    overloads: [
      { takes: [one, separator, { name: "i", kind: "int" }], returns: "string", partial: true, compute: () => part },
    ],
  },
  {
    name: "split",
    version: 1,
    missing: "propagates",
    doc: "All parts of a text that a separator parts, empty ones too, as a list. Missing where the separator is empty, or there would be more than 65,536 parts.",
    examples: [
      { text: 'split("a,b,,c", ",")', result: ["a", "b", "", "c"] },
      { text: 'split("", ",") | len', result: 1 },
      { text: 'split("a,b", ",") | item(-1)', result: "b" },
    ],
    overloads: [{ takes: [one, separator], returns: "list<string>", partial: true, compute: () => split }],
  },
  {
    name: "matches",
    version: 1,
    missing: "propagates",
    tables: { name: patternTables },
    doc: "Whether the pattern is found somewhere in the text; `^` and `$` tie it to the ends. The syntax is RE2's, without back references and look-around, so that every text is searched in time linear in its length. At most 1,000 characters and 1,000 instructions of RE2.",
    examples: [
      { text: 'matches("order 17", "[0-9]+")', result: true },
      { text: 'matches("order 17", "^[0-9]+$")', result: false },
      { text: 'matches("ÀB", "(?i)àb")', result: true },
    ],
    constants: ({ pattern }) => {
      const read = readPattern(String(pattern));
      return "wrong" in read
        ? { message: `this pattern ${read.wrong}`, hint: "patterns are written in RE2's syntax, as in Go" }
        : undefined;
    },
    overloads: [
      {
        takes: [one, { name: "pattern", kind: "string", constant: true }],
        returns: "bool",
        compute: ({ pattern }: Constants) => {
          const read = readPattern(String(pattern));
          // The checker lets none of these into a plan.
          if ("wrong" in read) throw new TondoError("DEFINITIONS_INVALID", `the pattern of a plan ${read.wrong}`);
          return (text: string) => (read(text) ? 1 : 0);
        },
      },
    ],
  },
];

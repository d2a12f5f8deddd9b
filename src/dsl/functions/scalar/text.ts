import type { Overload, Parameter, ScalarFunction } from "../scalar-function.ts";

const one: readonly Parameter[] = [{ name: "text", kind: "string" }];
const pair: readonly Parameter[] = [...one, { name: "part", kind: "string" }];

function mapped(
  name: string,
  doc: string,
  run: (text: string) => string,
  text: string,
  result: string,
): ScalarFunction {
  const overload: Overload = { takes: one, returns: "string", compute: () => run };
  return { name, version: 1, missing: "propagates", doc, examples: [{ text, result }], overloads: [overload] };
}

function tested(name: string, doc: string, run: (text: string, part: string) => boolean, text: string): ScalarFunction {
  const overload: Overload = {
    takes: pair,
    returns: "bool",
    compute: () => (a: string, b: string) => (run(a, b) ? 1 : 0),
  };
  return { name, version: 1, missing: "propagates", doc, examples: [{ text, result: true }], overloads: [overload] };
}

/** Functions of text. A text is a sequence of code points. */
export const text: readonly ScalarFunction[] = [
  mapped(
    "lower",
    "In lower case, by Unicode's tables, whatever the locale.",
    (x) => x.toLowerCase(),
    'lower("ÀB")',
    "àb",
  ),
  mapped(
    "upper",
    "In upper case, by Unicode's tables, whatever the locale.",
    (x) => x.toUpperCase(),
    'upper("straße")',
    "STRASSE",
  ),
  mapped("trim", "Without white space at both ends.", (x) => x.trim(), 'trim("  a b ")', "a b"),
  {
    name: "len",
    version: 1,
    missing: "propagates",
    doc: "The number of code points.",
    examples: [
      { text: 'len("añb")', result: 3 },
      { text: 'len("")', result: 0 },
    ],
    overloads: [{ takes: one, returns: "int", compute: () => codePoints }],
  },
  {
    name: "concat",
    version: 1,
    missing: "propagates",
    doc: "Texts joined.",
    examples: [{ text: 'concat("a", "-", "b")', result: "a-b" }],
    overloads: [
      {
        takes: [
          { name: "a", kind: "string" },
          { name: "b", kind: "string", rest: true },
        ],
        returns: "string",
        compute:
          () =>
          (...texts: string[]) =>
            texts.join(""),
      },
    ],
  },
  tested(
    "contains",
    "Whether `part` stands somewhere in `text`.",
    (x, part) => x.includes(part),
    'contains("tondo", "ond")',
  ),
  tested(
    "starts_with",
    "Whether `text` begins with `part`.",
    (x, part) => x.startsWith(part),
    'starts_with("tondo", "to")',
  ),
  tested("ends_with", "Whether `text` ends with `part`.", (x, part) => x.endsWith(part), 'ends_with("tondo", "do")'),
];

function codePoints(text: string): number {
  let n = text.length;
  // The second half of a pair is no code point of its own; texts are well-formed.
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) n--;
  return n;
}

import { containsExamples, lenExamples, lenOfList, listContains } from "./list.ts";
import { maxTextLength, type Overload, type Parameter, type ScalarFunction, type Tables } from "../scalar-function.ts";
import { caseTables, lowerCase, trimmed, upperCase } from "../text-case.ts";

const one: readonly Parameter[] = [{ name: "text", kind: "string" }];
const pair: readonly Parameter[] = [...one, { name: "part", kind: "string" }];

function mapped(
  name: string,
  doc: string,
  run: (text: string) => string,
  text: string,
  result: string,
  tables?: Tables,
): ScalarFunction {
  const overload: Overload = { takes: one, returns: "string", compute: () => run };
  const entry = { name, version: 1, missing: "propagates", doc, examples: [{ text, result }] } as const;
  return { ...entry, ...(tables === undefined ? {} : { tables }), overloads: [overload] };
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
    "In lower case, by Unicode's full mappings, whatever the locale; a capital sigma that ends a word becomes `ς`.",
    lowerCase,
    'lower("ÀB")',
    "àb",
    { name: caseTables },
  ),
  mapped(
    "upper",
    "In upper case, by Unicode's full mappings, whatever the locale.",
    upperCase,
    'upper("straße")',
    "STRASSE",
    { name: caseTables },
  ),
  mapped("trim", "Without white space at both ends.", trimmed, 'trim("  a b ")', "a b"),
  {
    name: "len",
    version: 1,
    missing: "propagates",
    doc: "The number of code points of a text, or of elements of a list.",
    examples: [{ text: 'len("añb")', result: 3 }, { text: 'len("")', result: 0 }, ...lenExamples],
    overloads: [{ takes: one, returns: "int", compute: () => codePoints }, lenOfList],
  },
  {
    name: "concat",
    version: 2,
    missing: "propagates",
    doc: "Texts joined; missing where that is longer than 1,048,576 UTF-16 units.",
    examples: [{ text: 'concat("a", "-", "b")', result: "a-b" }],
    overloads: [
      {
        takes: [
          { name: "a", kind: "string" },
          { name: "b", kind: "string", rest: true },
        ],
        returns: "string",
        partial: true,
        compute:
          () =>
          (...texts: string[]) =>
            // Counted first: what is longer still than a text can be does not join.
            texts.reduce((length, text) => length + text.length, 0) > maxTextLength ? null : texts.join(""),
      },
    ],
  },
  alsoOf(
    tested(
      "contains",
      "Whether `part` stands somewhere in `text`, or `x` is an element of `list`.",
      (x, part) => x.includes(part),
      'contains("tondo", "ond")',
    ),
    listContains,
    containsExamples,
  ),
  tested(
    "starts_with",
    "Whether `text` begins with `part`.",
    (x, part) => x.startsWith(part),
    'starts_with("tondo", "to")',
  ),
  tested("ends_with", "Whether `text` ends with `part`.", (x, part) => x.endsWith(part), 'ends_with("tondo", "do")'),
];

function alsoOf(entry: ScalarFunction, overload: Overload, examples: ScalarFunction["examples"]): ScalarFunction {
  return { ...entry, examples: [...entry.examples, ...examples], overloads: [...entry.overloads, overload] };
}

function codePoints(text: string): number {
  let n = text.length;
  // The second half of a pair is no code point of its own; texts are well-formed.
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) n--;
  return n;
}

import { type ScalarKind, scalarKinds } from "../../../core/index.ts";
import { missingRaw } from "../raw-value.ts";
import type { Overload, RawList, ScalarFunction } from "../scalar-function.ts";

const tags = { tags: { type: "list<string>", value: ["thai", "vegan", "late"] } } as const;
const empty = { tags: { type: "list<string>", value: [] } } as const;

/** Lists: how many, whether one is among them, and one of them. `len` and `contains` are functions of text too. */
export const lenOfList: Overload = {
  takes: [{ name: "list", kind: "list<T>" }],
  returns: "int",
  small: true,
  compute: () => (list: RawList) => list.length,
  inline: ([list = ""]) => `${list}.length`,
};

/** See {@link lenOfList}. */
export const listContains: Overload = {
  takes: [
    { name: "list", kind: "list<T>" },
    { name: "x", kind: "T" },
  ],
  returns: "bool",
  // Ints beyond ±(2^53 - 1) are bigints, all others numbers: equal ones are identical.
  compute: () => (list: RawList, x: string | number | bigint) => (list.includes(x) ? 1 : 0),
};

/** See {@link lenOfList}. */
export const lenExamples: ScalarFunction["examples"] = [
  { text: "len(tags)", result: 3, given: tags },
  { text: "len(tags)", result: 0, given: empty },
];

/** See {@link lenOfList}. */
export const containsExamples: ScalarFunction["examples"] = [
  { text: 'contains(tags, "vegan")', result: true, given: tags },
  { text: 'contains(tags, "veg")', result: false, given: tags },
];

/** Functions of lists alone. */
export const list: readonly ScalarFunction[] = [
  {
    name: "item",
    version: 1,
    missing: "propagates",
    doc: "An element of a list by its place: 0 is the first, -1 the last; missing where there is none.",
    examples: [
      { text: "item(tags, 0)", result: "thai", given: tags },
      { text: "item(tags, -1)", result: "late", given: tags },
      { text: "item(tags, 3)", result: null, given: tags },
    ],
    overloads: scalarKinds.map(itemOf),
  },
];

function itemOf(kind: ScalarKind): Overload {
  const none = missingRaw(kind);
  return {
    takes: [
      { name: "list", kind: `list<${kind}>` },
      { name: "index", kind: "int" },
    ],
    returns: kind,
    partial: true,
    compute: () => (items: RawList, index: number | bigint) =>
      (typeof index === "bigint" ? undefined : items.at(index)) ?? none,
  };
}

import {
  type Aggregate,
  aggregateExampleText,
  aggregates,
  type ComposedAggregate,
  composedAggregates,
  type FittedExample,
  type FittedFunction,
  fittedFunctions,
  type Overload,
  type Parameter,
  type ScalarFunction,
  scalarSections,
} from "../../src/dsl/index.ts";
import { operatorSigns } from "../../src/dsl/syntax/index.ts";

/** What is written for an entry whose name in the library is another. */
const writtenAs: ReadonlyMap<string, string> = new Map([["add_calendar", "add"]]);

const operators: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...operatorSigns].map(([name, sign]) => [name, `a ${sign} b`])),
  neg: "-a",
  in: "x in [...]",
  and: "a and b",
  or: "a or b",
  not: "not a",
  is_missing: "x is missing",
};

/** `docs/functions.md`, not yet formatted. */
export function functionReference(): string {
  return [
    "# Functions",
    "",
    "Made by `scripts/generate-function-reference.ts` from the library; every example is a test. In the signatures `any`",
    "stands for one type, the same wherever it stands in a call. A whole number goes where a float is taken. Unless",
    "an entry says otherwise, a function is missing where one of its arguments is. Entries marked **exact** have an SQL",
    'form that gives the same bits: they may run inside the engine; of those with a `tz`, where it is the constant "UTC". In the examples `now` is 2024-02-29T12:34:56.789Z.',
    "",
    "What is not here is written in TypeScript: see [functions of your own](language.md#functions-of-your-own).",
    ...Object.entries(scalarSections).flatMap(([title, entries]) => ["", `## ${title}`, ...entries.flatMap(scalar)]),
    "",
    "## Aggregates",
    "",
    "Over the events of a window, in a group: `mean(x) over 7d where y > 2`. Missing inputs are passed over; nothing in",
    "the window gives missing, but for `count`.",
    "",
    "| aggregate | of | gives | |",
    "| --- | --- | --- | --- |",
    ...[...aggregates.values()].flatMap(aggregate),
    ...[...composedAggregates.values()].flatMap(composedAggregate),
    "",
    "In the examples the rows of the window are written from the oldest on.",
    "",
    ...[...aggregates.values(), ...composedAggregates.values()].flatMap(({ examples }) =>
      examples.map((example) => `- ${aggregateExampleText(example)}`),
    ),
    "",
    "## Fitted functions",
    "",
    "Fitted on the training rows alone and frozen; in vectors only. Missing training rows are passed over. A whole number",
    "goes where a float is taken. See the language reference.",
    ...[...fittedFunctions.values()].flatMap(fitted),
    "",
  ].join("\n");
}

function scalar(entry: ScalarFunction): readonly string[] {
  const { name } = entry;
  return [
    "",
    `### ${operators[name] === undefined ? `\`${writtenAs.get(name) ?? name}\`` : `\`${operators[name]}\``}`,
    "",
    ...signatures(entry).map((signature) => `- ${signature}`),
    "",
    entry.doc,
    ...(entry.examples.length === 0 ? [] : ["", ...entry.examples.map((example) => `- ${exampleLine(example)}`)]),
  ];
}

function exampleLine({ text, result, given = {} }: ScalarFunction["examples"][number]): string {
  const where = Object.entries(given)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(text))
    .map(([name, { value }]) => `\`${name}\` is \`${JSON.stringify(value)}\``);
  const said = `\`${text}\` is ${result === null ? "missing" : `\`${JSON.stringify(result)}\``}`;
  return where.length === 0 ? said : `${said}, where ${where.join(" and ")}`;
}

/** Overloads that differ in one kind only are one line. */
function signatures({ name, overloads }: ScalarFunction): readonly string[] {
  return overloads.map((overload) => {
    const takes = overload.takes.map(parameter).join(", ");
    const call = operators[name] === undefined ? `${writtenAs.get(name) ?? name}(${takes})` : `(${takes})`;
    return `\`${call}: ${resultOf(overload)}\`${exactness(overload)}`;
  });
}

function exactness({ sql, takes }: Overload): string {
  if (sql === undefined) return "";
  return takes.some(({ name }) => name === "tz") ? " — **exact** in UTC" : " — **exact**";
}

function resultOf({ returns, partial }: Overload): string {
  return `${returns === "T" ? "any" : returns}${partial === true ? "?" : ""}`;
}

function parameter({ name, kind, default: fallback, now, rest, constant }: Parameter): string {
  const type = kind === "T" ? "any" : kind === "list<T>" ? "list of any" : kind;
  const constantly = constant === true && !type.includes("list") ? "constant " : "";
  const more = rest === true ? ", ..." : "";
  const otherwise = now === true ? " = now" : fallback === undefined ? "" : ` = ${JSON.stringify(fallback)}`;
  return `${name}: ${constantly}${type}${otherwise}${more}`;
}

function composedAggregate({ doc, forms }: ComposedAggregate): readonly string[] {
  return forms.map(({ written, takes }, i) => {
    const of = takes.map((kinds) => kinds.join(" or ")).join("; ");
    return `| \`${written}\` | ${of} | float | ${i === 0 ? doc : `See above.`} |`;
  });
}

function aggregate({ name, takes, doc, parameters = [] }: Aggregate): readonly string[] {
  const constants = parameters.map((one) =>
    one.default === undefined ? one.name : `${one.name}: ${String(one.default)}`,
  );
  const call = constants.length === 0 ? name : `${name}(x, ${constants.join(", ")})`;
  const kinds = new Map<string, string[]>();
  const forms = Object.entries(takes) as [string, string][];
  for (const [of, gives] of forms) kinds.set(gives, [...(kinds.get(gives) ?? []), of]);
  const same = forms.every(([of, gives]) => of === gives);
  const rows = same
    ? [[forms.map(([of]) => of).join(", "), "the same"] as const]
    : [...kinds].map(([gives, of]) => [of.join(", "), gives] as const);
  return rows.map(([of, gives], i) => `| ${i === 0 ? `\`${call}\`` : ""} | ${of} | ${gives} | ${i === 0 ? doc : ""} |`);
}

function fitted({
  name,
  word,
  options = [],
  takes,
  optional,
  expands,
  doc,
  examples,
}: FittedFunction): readonly string[] {
  const inside = [
    ...(word === undefined ? [] : [word]),
    ...options.map((option) =>
      option.kind === "count" ? `${option.name}: ${String(option.least)} to ${String(option.most)}` : option.name,
    ),
  ];
  const more = optional(false) ? "?" : optional(true) ? ", missing where `x` is" : "";
  const kinds = Object.entries(takes).map(([of, gives]) =>
    expands !== undefined
      ? `\`${of}\` to slots of \`float\``
      : more.length > 1
        ? `\`${of}\` to \`${String(gives)}\`${more}`
        : `\`${of}\` to \`${String(gives)}${more}\``,
  );
  return [
    "",
    `### \`x | ${name}${inside.length === 0 ? "" : `(${inside.join(", ")})`}\``,
    "",
    ...kinds.map((kind) => `- ${kind}`),
    "",
    doc,
    ...(examples.length === 0 ? [] : ["", ...examples.map((example) => `- ${fittedExample(example)}`)]),
  ];
}

function fittedExample({ rows, options = {}, value, result }: FittedExample): string {
  const text = (one: number | string | null): string => (one === null ? "missing" : JSON.stringify(one));
  const given = Object.entries(options).map(([name, of]) => `, ${name} = ${String(of)}`);
  return `fitted on ${rows.map(text).join(", ")}${given.join("")}: \`${text(value)}\` is \`${text(result)}\``;
}

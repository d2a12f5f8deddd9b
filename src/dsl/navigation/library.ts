import {
  type Aggregate,
  aggregateExampleText,
  aggregates,
  type ComposedAggregate,
  composedAggregates,
  type FittedFunction,
  fittedFunctions,
  type FunctionLibrary,
  type Overload,
  type ScalarFunction,
  scalarFunctions,
} from "../functions/index.ts";
import { formOf, operatorOnly, written } from "../semantic/index.ts";
import type { Named } from "./named.ts";

/** How many examples are shown. */
const maxExamples = 4;

/** Functions of the library by the names they are written by. */
export const functionsByName: ReadonlyMap<string, Named> = new Map(
  [...scalarFunctions.keys(), ...written.keys()].flatMap((name) => {
    const entry = scalarFunctions.get(written.get(name) ?? name);
    return entry === undefined || operatorOnly.has(entry.name) ? [] : [[name, scalarNamed(name, entry)] as const];
  }),
);

/** Aggregates by name, composed ones included. */
export const aggregatesByName: ReadonlyMap<string, Named> = new Map<string, Named>([
  ...[...aggregates.values()].map((entry) => [entry.name, aggregateNamed(entry)] as const),
  ...[...composedAggregates.values()].map((entry) => [entry.name, composedNamed(entry)] as const),
]);

/** Fitted functions, as they are written behind `|`. */
export const fittedByEntry: ReadonlyMap<FittedFunction, Named> = new Map(
  [...fittedFunctions.values()].map((entry) => [entry, fittedNamed(entry)]),
);

/** The functions of a project's own, by name. */
export function namedFunctions(functions: FunctionLibrary): ReadonlyMap<string, Named> {
  return new Map([...functions].map(([name, entry]) => [name, { ...scalarNamed(name, entry), kind: "user function" }]));
}

function scalarNamed(name: string, entry: ScalarFunction): Named {
  const { doc, overloads, examples } = entry;
  const shown = examples.slice(0, maxExamples).map(({ text, result }) => {
    const value = result === null ? "missing" : JSON.stringify(result);
    return `- \`${text}\` is \`${value}\``;
  });
  return {
    kind: "function",
    name,
    doc: [doc, ...(shown.length === 0 ? [] : [shown.join("\n")])].join("\n\n"),
    written: overloads.map((overload) => `${name}${signature(overload)}`).join("\n"),
  };
}

function signature({ takes, returns, partial }: Overload): string {
  const parameters = takes.map(({ name, kind, default: otherwise, rest, optional }) => {
    const value = otherwise === undefined ? "" : ` = ${JSON.stringify(otherwise)}`;
    return `${name}: ${any(kind)}${optional === true ? "?" : ""}${rest === true ? " ..." : ""}${value}`;
  });
  return `(${parameters.join(", ")}): ${any(returns)}${partial === true ? "?" : ""}`;
}

function any(kind: string): string {
  return kind === "T" ? "any" : kind === "list<T>" ? "list<any>" : kind;
}

function aggregateNamed({ name, doc, examples, takes, optional, parameters = [] }: Aggregate): Named {
  const options = parameters.map((parameter) => {
    const value = parameter.default === undefined ? "" : ` = ${String(parameter.default)}`;
    return `${parameter.name}: ${parameter.kind}${value}`;
  });
  const forms = Object.entries(takes).map(([kind, result]) => {
    const inside = [...(kind === "rows" ? [] : [`x: ${kind}`]), ...options].join(", ");
    return `${name}(${inside}): ${String(result)}${optional ? "?" : ""}`;
  });
  return { kind: "aggregate", name, doc: withExamples(doc, examples), written: forms.join("\n") };
}

/** What an aggregate is, with its examples below. */
function withExamples(doc: string, examples: Aggregate["examples"]): string {
  return `${doc}\n\n${examples
    .slice(0, maxExamples)
    .map((example) => `- ${aggregateExampleText(example)}`)
    .join("\n")}`;
}

function composedNamed({ name, doc, examples, forms }: ComposedAggregate): Named {
  return {
    kind: "aggregate",
    name,
    doc: withExamples(doc, examples),
    written: forms.map((form) => form.written).join("\n"),
  };
}

function fittedNamed(entry: FittedFunction): Named {
  // A hint of what else there is stands behind a comma.
  const [written = entry.name] = formOf(entry).split(", or ");
  return { kind: "fitted function", name: written.replace(/^x \| /, ""), doc: entry.doc, written };
}

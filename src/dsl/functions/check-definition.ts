import {
  elementKind,
  embeddingSize,
  isEmbedding,
  isList,
  maxEmbeddingSize,
  parseTypeName,
  scalarKinds,
  TondoError,
  type TypeName,
} from "../../core/index.ts";
import { aggregates } from "./aggregates/index.ts";
import { composedAggregates } from "./composed-aggregate.ts";
import { fittedFunctions } from "./fitted/index.ts";
import { scalarFunctions } from "./scalar/index.ts";

/** Bounds of what a project defines itself. */
export const userFunctionLimits = { name: 64, parameters: 32, source: 1_000_000 } as const;

/** Words that are never names in an expression, and those by which functions are written that have another name in plans. */
const reserved: ReadonlySet<string> = new Set(
  "and or not in is over where true false now missing fill add_calendar".split(" "),
);

/**
 * The text of a definition's `compute`, with ends of lines as `\n`.
 *
 * @throws TondoError `INVALID_ARGUMENT` where the definition is wrong; callers without types can hand in anything
 */
export function checkDefinition(definition: unknown): string {
  if (typeof definition !== "object" || definition === null) throw wrong("a function", "is defined by an object");
  const { name, version, takes, returns, compute, doc, examples } = definition as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || !isName(name)) {
    throw wrong(
      `the function name ${quoted(name)}`,
      `is no name: letters, digits and _, not beginning with a digit, no "__", ${String(userFunctionLimits.name)} at most`,
    );
  }
  const what = `the function "${name}"`;
  const taken = takenBy(name);
  if (taken !== undefined) throw wrong(what, `cannot have this name: it is ${taken}`, "Give it another name.");
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw wrong(what, `has the version ${quoted(version)}, which is no whole number of at least 1`);
  if (typeof takes !== "object" || takes === null || Array.isArray(takes))
    throw wrong(what, 'has no `takes`, an object such as { visits: "int", since: "duration?" }');
  const parameters = Object.entries(takes);
  if (parameters.length === 0) throw wrong(what, "takes nothing: a constant is written out instead");
  if (parameters.length > userFunctionLimits.parameters)
    throw wrong(what, `takes more than ${String(userFunctionLimits.parameters)} parameters`);
  for (const [parameter, type] of parameters) {
    if (!isName(parameter)) throw wrong(what, `has a parameter ${quoted(parameter)}, which is no name`);
    if (!isType(type)) throw wrong(what, `takes "${parameter}" of type ${quoted(type)}, which is none`, typesHint);
  }
  if (!isType(returns)) throw wrong(what, `returns the type ${quoted(returns)}, which is none`, typesHint);
  if (doc !== undefined && typeof doc !== "string") throw wrong(what, "has a `doc` that is no text");
  if (examples !== undefined && !Array.isArray(examples)) throw wrong(what, "has `examples` that are no array");
  return sourceOf(compute, what);
}

const typesHint = 'Types are written as in .tondo files: "float", "string?", "list<int>", "embedding(8)".';

function sourceOf(compute: unknown, what: string): string {
  if (typeof compute !== "function") throw wrong(what, "has no `compute`, the function itself");
  const text = Function.prototype.toString.call(compute).replaceAll(/\r\n?/g, "\n");
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) {
    throw wrong(
      what,
      "has a `compute` whose text cannot be read, as those of bind() and of the runtime itself",
      "Write it as a function: ({ x }) => Math.cbrt(x).",
    );
  }
  // By its kind and not by its text, which may hold such words anywhere.
  const kind = Object.prototype.toString.call(compute).slice("[object ".length, -1);
  if (kind !== "Function") {
    throw wrong(what, `has a \`compute\` that is an ${kind}`, "It must answer at once: neither async nor a generator.");
  }
  if (/^class\b/.test(text)) throw wrong(what, "has a `compute` that is a class");
  if (text.length > userFunctionLimits.source) throw wrong(what, "has a `compute` that is too long");
  return text;
}

function isName(name: unknown): name is string {
  return (
    typeof name === "string" &&
    name.length <= userFunctionLimits.name &&
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) &&
    !name.includes("__")
  );
}

function takenBy(name: string): string | undefined {
  if (reserved.has(name)) return "a word of the language";
  if (scalarFunctions.has(name)) return "a function or operator of the library";
  if (aggregates.has(name) || composedAggregates.has(name)) return "an aggregate";
  return [...fittedFunctions.values()].some((entry) => entry.name === name) ? "a fitted function" : undefined;
}

function isType(type: unknown): type is TypeName {
  if (typeof type !== "string") return false;
  const { kind } = parseTypeName(type as TypeName);
  const isScalarKind = (one: string): boolean => scalarKinds.some((known) => known === one);
  if (isList(kind)) return kind.endsWith(">") && isScalarKind(elementKind(kind));
  if (!isEmbedding(kind)) return isScalarKind(kind);
  const size = embeddingSize(kind);
  return /^embedding\([1-9]\d*\)$/.test(kind) && size <= maxEmbeddingSize;
}

function quoted(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : `of type ${typeof value}`;
}

function wrong(what: string, problem: string, hint = "docs/language.md shows how functions are defined."): TondoError {
  return new TondoError("INVALID_ARGUMENT", `${what} ${problem}`, { hint });
}

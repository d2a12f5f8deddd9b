import { canonicalJson, isNumeric, type Json, parseTypeName, TondoError, type ValueKind } from "../../core/index.ts";
import {
  fittedFunctions,
  finite,
  type Overload,
  type Raw,
  type ScalarFunction,
  scalarFunctions,
} from "../functions/index.ts";
import type { CallPlan, ExpressionPlan, Fitted, FittedPlan, LiteralPlan } from "../plan/index.ts";

/** A leaf that the generated code reads. */
export interface Leaf {
  /** `column:NAME`, `stored:NAME` or `now`. */
  readonly name: string;
  readonly kind: ValueKind;
}

/** The text of a loop body and what it refers to. */
export interface Emitted {
  readonly statements: readonly string[];
  readonly leaves: readonly Leaf[];
  /** Called as `f[0]`, `f[1]`, ... */
  readonly functions: readonly ((...args: never[]) => Raw)[];
  /** The names that hold the results. */
  readonly results: readonly string[];
}

/** What generated code may call as `$.name`. */
export const runtime: Readonly<Record<string, (x: never) => unknown>> = {
  finite: (x: number) => finite(x),
  present: (x: Raw) => x !== null && x === x,
};

/**
 * JavaScript for some expressions, each common part once. The text is made of this module's own words, of the
 * library's inline texts, of indices and of literals printed by `JSON.stringify`: nothing a user wrote stands in it
 * otherwise.
 *
 * @throws TondoError `VECTOR_UNFITTED` where a fitted function has no parameters.
 */
export function emit(expressions: readonly ExpressionPlan[], fitted: Fitted = {}): Emitted {
  const emitter = new Emitter(fitted);
  const results = expressions.map((expression) => emitter.value(expression));
  return { statements: emitter.statements, leaves: emitter.leaves, functions: emitter.functions, results };
}

class Emitter {
  readonly statements: string[] = [];
  readonly leaves: Leaf[] = [];
  readonly functions: ((...args: never[]) => Raw)[] = [];
  readonly #fitted: Fitted;
  readonly #names: Map<string, string> = new Map<string, string>();

  constructor(fitted: Fitted) {
    this.#fitted = fitted;
  }

  /** The name that holds an expression's value. */
  value(expression: ExpressionPlan): string {
    const key = canonicalJson(expression as unknown as Json);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const text = this.#text(expression);
    const name = `v${String(this.#names.size)}`;
    this.statements.push(`const ${name} = ${text};`);
    this.#names.set(key, name);
    return name;
  }

  #text(expression: ExpressionPlan): string {
    switch (expression.node) {
      case "literal":
        return literalText(expression);
      case "column":
      case "stored":
        return this.#leaf(`${expression.node}:${expression.name}`, parseTypeName(expression.type).kind);
      case "now":
        return this.#leaf("now", "timestamp");
      case "call":
        return this.#call(expression);
      case "fitted":
        return this.#apply(expression);
    }
  }

  #leaf(name: string, kind: ValueKind): string {
    const known = this.leaves.findIndex((leaf) => leaf.name === name);
    const index = known >= 0 ? known : this.leaves.push({ name, kind }) - 1;
    return `c${String(index)}[i]`;
  }

  #call(call: CallPlan): string {
    const [entry, overload] = overloadOf(call);
    const args = call.args.map((arg) => this.value(arg));
    const none = missingText(parseTypeName(call.type).kind);
    if (entry.missing === "handles") {
      return overload.inline?.(...args, none) ?? `f[${String(this.#function(overload, call))}](${args.join(", ")})`;
    }
    const tests = call.args.flatMap((arg, i) => {
      const { kind, optional } = parseTypeName(arg.type);
      const name = args[i] ?? "";
      return optional ? [isNumeric(kind) ? `${name} !== ${name}` : `${name} === null`] : [];
    });
    if (overload.inline !== undefined && (overload.inlinePropagates === true || tests.length === 0))
      return overload.inline(...args);
    const text = overload.inline?.(...args) ?? `f[${String(this.#function(overload, call))}](${args.join(", ")})`;
    return tests.length === 0 ? text : `${tests.join(" || ")} ? ${none} : ${text}`;
  }

  #apply(plan: FittedPlan): string {
    const entry = fittedFunctions.get(plan.function);
    const parameters = Object.hasOwn(this.#fitted, plan.fit) ? this.#fitted[plan.fit] : undefined;
    if (entry === undefined) throw new TondoError("INTERNAL", `no fitted function ${plan.function}`);
    if (parameters === undefined) {
      throw new TondoError("VECTOR_UNFITTED", `"${plan.function}" has not been fitted`, {
        hint: "Make a training set with this vector first: it fits on the training rows and keeps what it found.",
      });
    }
    const index = this.functions.push(entry.apply(parameters) as (...args: never[]) => Raw) - 1;
    return `f[${String(index)}](${this.value(plan.arg)})`;
  }

  #function(overload: Overload, call: CallPlan): number {
    return this.functions.push(overload.compute(call.options ?? {})) - 1;
  }
}

/** The missing value of a kind, inside generated code. */
export function missingText(kind: ValueKind): string {
  return isNumeric(kind) ? "NaN" : "null";
}

function literalText({ type, value }: LiteralPlan): string {
  const { kind } = parseTypeName(type);
  if (value === null) return missingText(kind);
  if (kind === "bool") return value === true ? "1" : "0";
  if (kind === "int" && typeof value === "string") return `${BigInt(value).toString()}n`;
  if (kind === "string") return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `(${String(Number(value))})`;
}

/** The entry and the overload of a call: the one whose parameters are of the arguments' kinds. */
export function overloadOf(call: CallPlan): readonly [ScalarFunction, Overload] {
  const entry = scalarFunctions.get(call.function);
  if (entry === undefined || entry.version !== call.version) {
    throw new TondoError(
      "DEFINITIONS_INVALID",
      `this program has no function "${call.function}" of version ${String(call.version)}`,
      {
        hint: "The plan was made by another version of Tondo: use that one, or apply the definitions anew and train again.",
      },
    );
  }
  const kinds = call.args.map((arg) => parseTypeName(arg.type).kind);
  const overload = entry.overloads.find(({ takes }) => {
    const values = takes.filter((parameter) => parameter.constant !== true);
    return kinds.every((kind, i) => {
      const parameter = values[i] ?? values.at(-1);
      return parameter?.kind === "T" || parameter?.kind === kind;
    });
  });
  if (overload === undefined)
    throw new TondoError("INTERNAL", `no overload of ${call.function} for (${kinds.join(", ")})`);
  return [entry, overload];
}

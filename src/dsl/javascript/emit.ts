import { canonicalJson, isNumeric, parseTypeName, TondoError, type ValueKind } from "../../core/index.ts";
import { fittedFunctions, finite, type Overload, overloadOf, type Raw } from "../functions/index.ts";
import {
  type CallPlan,
  type ExpressionPlan,
  type Fitted,
  type FittedPlan,
  type LiteralPlan,
  parts,
} from "../plan/index.ts";

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
  /** By what is computed, with names for its parts: equal expressions have one name. */
  readonly #names: Map<string, string> = new Map<string, string>();
  /** The same by object: siblings are shared. */
  readonly #seen: Map<ExpressionPlan, string> = new Map<ExpressionPlan, string>();
  readonly #leafIndex: Map<string, number> = new Map<string, number>();

  constructor(fitted: Fitted) {
    this.#fitted = fitted;
  }

  /** The name that holds an expression's value, or the constant itself. */
  value(expression: ExpressionPlan): string {
    if (expression.node === "literal") return literalText(expression);
    const seen = this.#seen.get(expression);
    if (seen !== undefined) return seen;
    const args = parts(expression).map((part) => this.value(part));
    const key = keyOf(expression, args);
    let name = this.#names.get(key);
    if (name === undefined) {
      const text = this.#text(expression, args);
      name = `v${String(this.#names.size)}`;
      this.statements.push(`const ${name} = ${text};`);
      this.#names.set(key, name);
    }
    this.#seen.set(expression, name);
    return name;
  }

  #text(expression: Exclude<ExpressionPlan, LiteralPlan>, args: readonly string[]): string {
    switch (expression.node) {
      case "column":
      case "stored":
        return this.#leaf(`${expression.node}:${expression.name}`, parseTypeName(expression.type).kind);
      case "now":
        return this.#leaf("now", "timestamp");
      case "call":
        return this.#call(expression, args);
      case "fitted":
        return this.#apply(expression, args[0] ?? "NaN");
    }
  }

  #leaf(name: string, kind: ValueKind): string {
    const index = this.#leafIndex.get(name) ?? this.leaves.push({ name, kind }) - 1;
    this.#leafIndex.set(name, index);
    return `c${String(index)}[i]`;
  }

  #call(call: CallPlan, args: readonly string[]): string {
    const [entry, overload] = overloadOf(call);
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

  #apply(plan: FittedPlan, argument: string): string {
    const entry = fittedFunctions.get(plan.function);
    const parameters = Object.hasOwn(this.#fitted, plan.fit) ? this.#fitted[plan.fit] : undefined;
    if (entry === undefined) throw new TondoError("INTERNAL", `no fitted function ${plan.function}`);
    if (parameters === undefined) {
      throw new TondoError("VECTOR_UNFITTED", `"${plan.function}" has not been fitted`, {
        hint: "Make a training set with this vector first: it fits on the training rows and keeps what it found.",
      });
    }
    const index = this.functions.push(entry.apply(parameters)) - 1;
    return `f[${String(index)}](${argument})`;
  }

  #function(overload: Overload, call: CallPlan): number {
    return this.functions.push(overload.compute(call.options ?? {})) - 1;
  }
}

/** What decides an expression's value, given the names of its parts. Leaves of one name are of one kind. */
function keyOf(expression: Exclude<ExpressionPlan, LiteralPlan>, args: readonly string[]): string {
  switch (expression.node) {
    case "column":
    case "stored":
      return `${expression.node}:${expression.name}`;
    case "now":
      return "now";
    case "fitted":
      return `fitted ${expression.fit}(${args.join()})`;
    case "call": {
      const { function: name, version, type, options } = expression;
      const kinds = expression.args.map((arg) => arg.type).join();
      const constants = options === undefined ? "" : canonicalJson(options);
      return `${name} ${String(version)} ${type} ${kinds} ${constants}(${args.join()})`;
    }
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

import { canonicalJson, isNumeric, parseTypeName, TondoError, type ValueKind } from "../../core/index.ts";
import {
  type Constants,
  fittedFunctions,
  finite,
  literalText,
  maxInt,
  missing,
  missingText,
  type Overload,
  overloadOf,
  type Raw,
} from "../functions/index.ts";
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
  /** Called as `f0`, `f1`, ... */
  readonly functions: readonly ((...args: never[]) => Raw)[];
  /** The names that hold the results. */
  readonly results: readonly string[];
}

/** What inline texts may call. */
export const runtime: Readonly<Record<"finite" | "whole", (x: number) => number>> = {
  finite: (x) => finite(x),
  whole: (x) => (x >= -maxInt && x <= maxInt ? x + 0 : missing),
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
  const results = expressions.map((expression) => emitter.value(expression).text);
  return { statements: emitter.statements, leaves: emitter.leaves, functions: emitter.functions, results };
}

/** A value in the generated text: its name, or the constant itself. */
interface Named {
  readonly text: string;
  /**
   * Whether it can be missing. What is read can, whatever its type promises: types are what callers said of their
   * rows, and generated code is total even where they were wrong.
   */
  readonly maybe: boolean;
}

class Emitter {
  readonly statements: string[] = [];
  readonly leaves: Leaf[] = [];
  readonly functions: ((...args: never[]) => Raw)[] = [];
  readonly #fitted: Fitted;
  /** By what is computed, with names for its parts: equal expressions have one name. */
  readonly #names: Map<string, Named> = new Map<string, Named>();
  /** The same by object: siblings are shared. */
  readonly #seen: Map<ExpressionPlan, Named> = new Map<ExpressionPlan, Named>();
  readonly #leafIndex: Map<string, number> = new Map<string, number>();

  constructor(fitted: Fitted) {
    this.#fitted = fitted;
  }

  value(expression: ExpressionPlan): Named {
    if (expression.node === "literal") return { text: literalText(expression), maybe: expression.value === null };
    const seen = this.#seen.get(expression);
    if (seen !== undefined) return seen;
    const args = parts(expression).map((part) => this.value(part));
    const key = keyOf(expression, args);
    let named = this.#names.get(key);
    if (named === undefined) {
      const { text, maybe } = this.#compute(expression, args);
      const name = `v${String(this.#names.size)}`;
      this.statements.push(`const ${name} = ${text};`);
      named = { text: name, maybe };
      this.#names.set(key, named);
    }
    this.#seen.set(expression, named);
    return named;
  }

  #compute(expression: Exclude<ExpressionPlan, LiteralPlan>, args: readonly Named[]): Named {
    switch (expression.node) {
      case "column":
      case "stored":
        return this.#leaf(`${expression.node}:${expression.name}`, parseTypeName(expression.type).kind);
      case "now":
        return this.#leaf("now", "timestamp");
      case "call":
        return this.#call(expression, args);
      case "fitted":
        return this.#apply(expression, args[0]?.text ?? "NaN");
    }
  }

  #leaf(name: string, kind: ValueKind): Named {
    const index = this.#leafIndex.get(name) ?? this.leaves.push({ name, kind }) - 1;
    this.#leafIndex.set(name, index);
    return { text: `c${String(index)}[i]`, maybe: true };
  }

  #call(call: CallPlan, args: readonly Named[]): Named {
    const [entry, overload] = overloadOf(call);
    const constants = call.options ?? {};
    const texts = args.map(({ text }) => text);
    const none = missingText(parseTypeName(call.type).kind);
    const given = args.map(({ maybe }) => maybe);
    if (entry.missing === "handles") {
      const text = overload.inline?.([...texts, none], constants) ?? this.#function(overload, constants, texts);
      return { text, maybe: overload.partial === true || (entry.optional?.(given) ?? true) };
    }
    const tests = call.args.flatMap((arg, i) => {
      const name = texts[i] ?? "";
      if (given[i] !== true) return [];
      return [isNumeric(parseTypeName(arg.type).kind) ? `${name} !== ${name}` : `${name} === null`];
    });
    const inline = overload.inline?.(texts, constants);
    const text = inline ?? this.#function(overload, constants, texts);
    const maybe = overload.partial === true || tests.length > 0;
    const bare = tests.length === 0 || (inline !== undefined && overload.inlinePropagates === true);
    return { text: bare ? text : `${tests.join(" || ")} ? ${none} : ${text}`, maybe };
  }

  #apply(plan: FittedPlan, argument: string): Named {
    const entry = fittedFunctions.get(plan.function);
    const parameters = Object.hasOwn(this.#fitted, plan.fit) ? this.#fitted[plan.fit] : undefined;
    if (entry === undefined) throw new TondoError("INTERNAL", `no fitted function ${plan.function}`);
    if (parameters === undefined) {
      throw new TondoError("VECTOR_UNFITTED", `"${plan.function}" has not been fitted`, {
        hint: "Make a training set with this vector first: it fits on the training rows and keeps what it found.",
      });
    }
    const index = this.functions.push(entry.apply(parameters)) - 1;
    return { text: `f${String(index)}(${argument})`, maybe: true };
  }

  #function(overload: Overload, constants: Constants, args: readonly string[]): string {
    const index = this.functions.push(overload.compute(constants)) - 1;
    return `f${String(index)}(${args.join(", ")})`;
  }
}

/** What decides an expression's value, given the names of its parts. Leaves of one name are of one kind. */
function keyOf(expression: Exclude<ExpressionPlan, LiteralPlan>, args: readonly Named[]): string {
  const names = args.map(({ text }) => text).join();
  switch (expression.node) {
    case "column":
    case "stored":
      return `${expression.node}:${expression.name}`;
    case "now":
      return "now";
    case "fitted":
      return `fitted ${expression.fit}(${names})`;
    case "call": {
      const { function: name, version, options } = expression;
      const { kind } = parseTypeName(expression.type);
      const kinds = expression.args.map((arg) => parseTypeName(arg.type).kind).join();
      const constants = options === undefined ? "" : canonicalJson(options);
      return `${name} ${String(version)} ${kind} ${kinds} ${constants}(${names})`;
    }
  }
}

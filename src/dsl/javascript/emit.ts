import { isNumeric } from "../../core/index.ts";
import { constantText, finite, maxInt, whole } from "../functions/index.ts";
import { exactNumbers, isExact } from "./exact-numbers.ts";
import type { CallStep, Operand, Steps } from "./steps.ts";

/** The text of what has to be done for one row, and what it refers to. */
export interface Emitted {
  readonly statements: readonly string[];
  /** The steps whose functions are called, by the numbers of the steps: that of the fourth step is `f3`. */
  readonly called: readonly number[];
  /** The names that hold the results, or the constants that are. */
  readonly results: readonly string[];
  /** For each result whether it is a number, never a bigint. */
  readonly exact: readonly boolean[];
}

/** Where leaves are read from. */
export interface LeafText {
  /** The text that reads a leaf. */
  readonly text: (leaf: number) => string;
  /** Whether ints that it reads are never bigints. */
  readonly exact: boolean;
}

/** What inline texts may call. */
export const runtime: Readonly<Record<"finite" | "whole", (x: number) => number>> = {
  finite: (x) => finite(x),
  whole: (x) => whole(x),
};

/**
 * JavaScript for the steps of one row. The text is made of this module's own words, of the library's inline texts, of
 * indices and of literals printed by `JSON.stringify`: nothing a user wrote stands in it otherwise.
 */
export function emit({ steps, results }: Steps, leaves: LeafText): Emitted {
  const numbers = exactNumbers(steps, leaves.exact);
  const called: number[] = [];
  const statements = steps.map((step, i) => {
    const name = String(i);
    if (step.does === "read") return `const v${name} = ${leaves.text(step.leaf)};`;
    const inline = inlineOf(step, numbers);
    if (inline === undefined) called.push(i);
    const text = tested(step, inline ?? `f${name}(${step.args.map(textOf).join(", ")})`, inline !== undefined);
    return settled(name, text, inline === undefined ? undefined : step.overload.settles);
  });
  return {
    statements,
    called,
    results: results.map(textOf),
    exact: results.map((result) => isExact(result, numbers)),
  };
}

function textOf({ step, constant = null }: Operand): string {
  return step === undefined ? constantText(constant) : `v${String(step)}`;
}

function inlineOf(
  { overload, options, args, handles, none }: CallStep,
  numbers: readonly boolean[],
): string | undefined {
  const texts = args.map(textOf);
  if (handles) texts.push(constantText(none));
  return overload.inline?.(
    texts,
    options,
    args.map((arg) => isExact(arg, numbers)),
  );
}

/** Missing where an argument is. */
function tested({ overload, args, tested: places, none }: CallStep, text: string, inline: boolean): string {
  if (places.length === 0 || (inline && overload.inlinePropagates === true)) return text;
  const tests = args.flatMap((arg, i) => {
    const name = textOf(arg);
    return places.includes(i) ? [isNumeric(arg.kind) ? `${name} !== ${name}` : `${name} === null`] : [];
  });
  return `${tests.join(" || ")} ? ${constantText(none)} : ${text}`;
}

/** Written out: V8 stops inlining calls in large functions. `t + (t - t)` is `finite(t)`, without a branch. */
function settled(name: string, text: string, how: "finite" | "whole" | undefined): string {
  if (how === undefined) return `const v${name} = ${text};`;
  const settle =
    how === "finite"
      ? `t${name} + (t${name} - t${name})`
      : `t${name} >= -${String(maxInt)} && t${name} <= ${String(maxInt)} ? t${name} + 0 : NaN`;
  return `const t${name} = ${text}, v${name} = ${settle};`;
}

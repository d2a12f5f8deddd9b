import { typeName } from "../../core/index.ts";
import { fittedFunctions, scalarFunctions } from "../functions/index.ts";
import type { CallPlan, ExpressionPlan } from "../plan/index.ts";
import { typeOf } from "./resolve-call.ts";

/** A function that gives several slots. */
export interface Expansion {
  /** As it was called. */
  readonly name: string;
  readonly results: readonly { readonly suffix: string; readonly value: CallPlan }[];
}

/** What an expression gives several slots by; `undefined` where it is one value. */
export function expansionOf(plan: ExpressionPlan): Expansion | undefined {
  if (plan.node === "call") {
    const results = scalarFunctions.get(plan.function)?.expands?.(plan.options ?? {});
    const type = typeName({ kind: "float", optional: typeOf(plan).optional });
    return (
      results && {
        name: plan.function,
        results: results.map(({ suffix, function: part, constants }) => ({
          suffix,
          value: { ...plan, type, function: part, options: constants },
        })),
      }
    );
  }
  if (plan.node !== "fitted") return undefined;
  const entry = fittedFunctions.get(plan.function);
  const results = entry?.expands?.(plan.options ?? {});
  // All pick from one number, which is fitted and computed once.
  return (
    results && {
      name: entry?.name ?? plan.function,
      results: results.map(({ suffix, part }) => ({
        suffix,
        value: { node: "call", type: "float", function: "onehot_at", version: 1, args: [plan], options: { part } },
      })),
    }
  );
}

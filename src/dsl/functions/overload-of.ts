import { parseTypeName, TondoError } from "../../core/index.ts";
import type { CallPlan } from "../plan/index.ts";
import { scalarFunctions } from "./scalar/index.ts";
import type { Overload, ScalarFunction } from "./scalar-function.ts";

/** The entry and the overload of a call: the one whose parameters are of the arguments' kinds. */
export function overloadOf(call: CallPlan): readonly [ScalarFunction, Overload] {
  const entry = scalarFunctions.get(call.function);
  if (entry?.version !== call.version) {
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

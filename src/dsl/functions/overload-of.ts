import { parseTypeName, TondoError } from "../../core/index.ts";
import type { CallPlan, ExpressionPlan } from "../plan/index.ts";
import { type FunctionLibrary, noFunctions, userEntry } from "./function-library.ts";
import { scalarFunctions } from "./scalar/index.ts";
import { type Overload, type ScalarFunction, takesKind } from "./scalar-function.ts";

/**
 * The release of the tables that a call reads, for its plan: `undefined` where it needs none, as the hour of UTC does. It
 * is in the fingerprint, so that other tables change no model silently.
 */
export function tablesOf({ tables }: ScalarFunction, args: readonly ExpressionPlan[]): string | undefined {
  return tables?.unused?.(args) === true ? undefined : tables?.name;
}

/**
 * The entry and the overload of a call: the one whose parameters are of the arguments' kinds.
 *
 * @param functions those of the project's own
 * @throws TondoError `DEFINITIONS_INVALID` where the plan was made by another version of the function or for other tables,
 * `FUNCTION_UNKNOWN` and `FUNCTION_CHANGED` where a function of the project's own is not the one registered
 */
export function overloadOf(
  call: CallPlan,
  functions: FunctionLibrary = noFunctions,
): readonly [ScalarFunction, Overload] {
  const entry = call.user === undefined ? scalarFunctions.get(call.function) : userEntry(call, functions);
  if (entry?.version !== call.version) {
    throw new TondoError(
      "DEFINITIONS_INVALID",
      `this program has no function "${call.function}" of version ${String(call.version)}`,
      {
        hint: "The plan was made by another version of Tondo: use that one, or apply the definitions anew and train again.",
      },
    );
  }
  const needed = tablesOf(entry, call.args);
  if (needed === undefined ? call.tables !== undefined && call.tables !== entry.tables?.name : call.tables !== needed) {
    throw new TondoError(
      "DEFINITIONS_INVALID",
      `"${call.function}" was made for the tables "${call.tables ?? "none"}", and this program has "${entry.tables?.name ?? "none"}"`,
      {
        hint: "Other tables may give other results: use the version of Tondo that made the plan, or apply the definitions anew and train again.",
      },
    );
  }
  const kinds = call.args.map((arg) => parseTypeName(arg.type).kind);
  const overload = entry.overloads.find(({ takes }) => {
    const values = takes.filter((parameter) => parameter.constant !== true);
    if (kinds.length !== values.length && values.at(-1)?.rest !== true) return false;
    return kinds.every((kind, i) => {
      const parameter = values[i] ?? values.at(-1);
      return parameter !== undefined && takesKind(parameter.kind, kind);
    });
  });
  if (overload === undefined)
    throw new TondoError("INTERNAL", `no overload of ${call.function} for (${kinds.join(", ")})`);
  return [entry, overload];
}

import { admit, isEmbedding, isList, parseTypeName, TondoError, type TypeName, type Value } from "../../core/index.ts";
import type { UserFunction } from "./user-function.ts";
import { valueText } from "./value-text.ts";

/** How much of an argument an error shows. */
const shownLength = 80;

/**
 * Calls a user function with values of the API, in the order of its parameters. Missing where an argument is whose parameter does not
 * take that.
 *
 * @throws TondoError `USER_FUNCTION_FAILED` where it throws, or answers with something else than it promised
 */
export function callUser(entry: UserFunction, args: readonly Value[]): Value {
  const given: Record<string, unknown> = {};
  let i = 0;
  for (const parameter of Object.keys(entry.takes)) {
    const type = entry.takes[parameter] as TypeName;
    const value = args[i++] ?? null;
    if (value === null && !type.endsWith("?")) return null;
    given[parameter] = ownCopy(value, type);
  }
  const { kind, optional } = parseTypeName(entry.returns);
  let answer: unknown;
  try {
    answer = entry.compute(given as never);
  } catch (error) {
    const [said = ""] = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split("\n");
    throw failed(entry, args, `threw ${said.slice(0, 200)}`, error);
  }
  // A promise is refused here and now. Were it rejected later and nobody listened, that would end the process. Other thenables are left
  // alone: many do their work only when they are asked for it.
  if (answer instanceof Promise) answer.catch(() => undefined);
  const value = admit(answer, kind);
  if (value === undefined) throw failed(entry, args, `answered with ${shown(answer)}, which is no ${entry.returns}`);
  if (value === null && !optional) {
    throw failed(entry, args, `answered with ${shown(answer)}, and its type ${entry.returns} is never missing`);
  }
  return value;
}

/** Parts are handed out as copies: what is read by others too must not change. */
function ownCopy(value: Value, type: TypeName): unknown {
  if (value === null || typeof value !== "object") return value;
  const { kind } = parseTypeName(type);
  return isEmbedding(kind) ? Float64Array.from(value, Number) : isList(kind) ? [...value] : value;
}

function failed(entry: UserFunction, args: readonly Value[], what: string, cause?: unknown): TondoError {
  const given = Object.keys(entry.takes).map((name, i) => `${name}: ${shown(args[i] ?? null)}`);
  return new TondoError("USER_FUNCTION_FAILED", `the function "${entry.name}" ${what}, given ${given.join(", ")}`, {
    hint: `Mend "${entry.name}": it must answer for all values of its types, with null where it has no answer (its result then ends in "?").`,
    details: { function: entry.name, version: entry.version, arguments: given },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A value in a message, not too long. */
function shown(value: unknown): string {
  const text = valueText(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}...` : text;
}

import { admit, parseTypeName, TondoError, type ValueKind } from "../../core/index.ts";
import { fromRaw, isMissingRaw, missingRaw, toRaw } from "./raw-value.ts";
import type { Raw, RawCall } from "./scalar-function.ts";
import type { UserFunction } from "./user-function.ts";
import { valueText } from "./value-text.ts";

/** How much of an argument an error shows. */
const shownLength = 80;

/**
 * A user function as it is called: with raw values in the order of its parameters, giving one. Missing where an argument is whose
 * parameter does not take that. What its signature says is read here, once, since rows are many.
 *
 * @throws TondoError `USER_FUNCTION_FAILED`, when called, where the function throws, or answers with something else than it promised
 */
export function callerOf(entry: UserFunction): RawCall {
  const parameters = Object.entries(entry.takes).map(([name, type]) => ({ name, ...parseTypeName(type) }));
  const { kind, optional } = parseTypeName(entry.returns);
  const none = missingRaw(kind);
  const shownArgs = (args: readonly Raw[]): readonly string[] =>
    parameters.map((parameter, i) => `${parameter.name}: ${shown(fromRaw(args[i] ?? null, parameter.kind))}`);
  return (...args) => {
    const given: Record<string, unknown> = {};
    for (let i = 0; i < parameters.length; i++) {
      const parameter = parameters[i] as (typeof parameters)[number];
      const raw = args[i] ?? null;
      if (!parameter.optional && isMissingRaw(raw)) return none;
      given[parameter.name] = handedOut(raw, parameter.kind);
    }
    let answer: unknown;
    try {
      answer = entry.compute(given as never);
    } catch (error) {
      const [said = ""] = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split("\n");
      throw failed(entry, shownArgs(args), `threw ${said.slice(0, 200)}`, error);
    }
    // A promise is refused here and now. Were it rejected later and nobody listened, that would end the process. Other thenables are
    // left alone: many do their work only when they are asked for it.
    if (answer instanceof Promise) answer.catch(() => undefined);
    const value = admit(answer, kind);
    if (value === undefined)
      throw failed(entry, shownArgs(args), `answered with ${shown(answer)}, which is no ${entry.returns}`);
    if (value === null && !optional) {
      const said = `answered with ${shown(answer)}, and its type ${entry.returns} is never missing`;
      throw failed(entry, shownArgs(args), said);
    }
    return toRaw(value, kind);
  };
}

/** A raw value as a user function sees it. Parts are handed out as copies: what is read by others too must not change. */
function handedOut(raw: Raw, kind: ValueKind): unknown {
  if (raw instanceof Float64Array) return raw.slice();
  const value = fromRaw(raw, kind);
  return value === raw && typeof value === "object" && value !== null ? [...value] : value;
}

function failed(entry: UserFunction, given: readonly string[], what: string, cause?: unknown): TondoError {
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

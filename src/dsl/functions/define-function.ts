import {
  admit,
  canonicalJson,
  parseTypeName,
  sha256,
  TondoError,
  type TypeName,
  type Value,
} from "../../core/index.ts";
import { callerOf } from "./call-user.ts";
import { checkDefinition } from "./check-definition.ts";
import { fromRaw, toRaw } from "./raw-value.ts";
import type { UserExample, UserFunction, UserFunctionDefinition, UserParameters } from "./user-function.ts";
import { valueText } from "./value-text.ts";

/**
 * Defines a function that expressions may call like one of the library. It is registered where a project is opened or
 * compiled, `open({ functions: [loyalty] })`, or exported from `tondo.functions.ts` for the command. Plans name it by name, version
 * and hash of its text, never by its code: who computes with a plan must have registered the same function.
 *
 * @example
 * ```ts
 * export const loyalty = defineFunction({
 *   name: "loyalty",
 *   version: 1,
 *   takes: { visits: "int", since: "duration?" },
 *   returns: "float?",
 *   compute: ({ visits, since }) => (since === null ? null : Number(visits) / (since / 86_400e6)),
 *   doc: "Visits a day since the first one.",
 *   examples: [{ given: { visits: 4, since: 172_800_000_000 }, result: 2 }],
 * });
 * // loyal = loyalty(visits_30d, now - @customer:profile:joined[customer])
 * ```
 * @throws TondoError `INVALID_ARGUMENT` where the definition is wrong or an example gives something else,
 * `USER_FUNCTION_FAILED` where an example's call fails
 */
export function defineFunction<const T extends UserParameters, const R extends TypeName>(
  definition: UserFunctionDefinition<T, R>,
): UserFunction {
  return userFunctionOf(definition);
}

/** What a definition says, whatever its types: also that of a function which is defined already. */
type UntypedDefinition = Omit<UserFunction, "doc" | "examples" | "source"> &
  Partial<Pick<UserFunction, "doc" | "examples">>;

function userFunctionOf(definition: UntypedDefinition): UserFunction {
  const entry = withoutRunning(definition);
  for (const [i, example] of entry.examples.entries()) checkExample(entry, example, i + 1);
  return entry;
}

/** {@link defineFunction} of what may come without types; its examples are not run. */
export function withoutRunning(definition: UntypedDefinition): UserFunction {
  const text = checkDefinition(definition);
  const { name, version, takes, returns, compute, doc = "", examples = [] } = definition;
  const parameters = Object.freeze({ ...takes });
  const signature = { takes: Object.entries<TypeName>(parameters), returns };
  return Object.freeze({
    name,
    version,
    takes: parameters,
    returns,
    doc,
    examples: Object.freeze([...examples]),
    source: sha256(canonicalJson({ ...signature, compute: text })),
    compute,
  });
}

/**
 * What an example of a function, the first being 1, hands to each parameter.
 *
 * @throws TondoError `INVALID_ARGUMENT` where that is of another type
 */
export function exampleArguments(entry: UserFunction, example: UserExample, count: number): readonly Value[] {
  // Callers without types can hand in anything.
  const given = (example as Partial<UserExample> | null | undefined)?.given as UserExample["given"] | null | undefined;
  if (typeof given !== "object" || given === null) throw wrongExample(entry, count, "gives no arguments");
  return Object.entries(entry.takes).map(([parameter, type]): Value => {
    const value = admit(given[parameter], parseTypeName(type).kind);
    if (value === undefined)
      throw wrongExample(entry, count, `gives "${parameter}" another value than of type ${type}`);
    return value;
  });
}

function wrongExample(entry: UserFunction, count: number, what: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", `example ${String(count)} of the function "${entry.name}" ${what}`, {
    hint: "Mend the example, or the function.",
    details: { function: entry.name, example: count },
  });
}

function checkExample(entry: UserFunction, example: UserExample, count: number): void {
  const args = exampleArguments(entry, example, count);
  const { kind } = parseTypeName(entry.returns);
  const expected = admit(example.result, kind);
  const raw = Object.values(entry.takes).map((type, i) => toRaw(args[i] ?? null, parseTypeName(type).kind));
  const actual = fromRaw(callerOf(entry)(...raw), kind);
  if (expected === undefined || valueText(expected) !== valueText(actual)) {
    throw wrongExample(
      entry,
      count,
      `says ${expected === undefined ? `something that is no ${entry.returns}` : valueText(expected)}, and it gives ${valueText(actual)}`,
    );
  }
}

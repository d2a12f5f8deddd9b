import { admit, parseTypeName, TondoError } from "../../core/index.ts";
import type { CallPlan } from "../plan/index.ts";
import { callerOf } from "./call-user.ts";
import type { ScalarFunction } from "./scalar-function.ts";
import { exampleArguments, withoutRunning } from "./define-function.ts";
import type { UserFunction } from "./user-function.ts";
import { valueText } from "./value-text.ts";

/** The functions of a project's own by name, as entries like those of the library. The library's own are not in it. */
export type FunctionLibrary = ReadonlyMap<string, ScalarFunction>;

/** No function of a project's own. */
export const noFunctions: FunctionLibrary = new Map();

/**
 * The library that some functions make, to be handed to `compile`, `compileRows` and `indexProject`.
 *
 * @throws TondoError `INVALID_ARGUMENT` where one is no function of `defineFunction`, or two have one name
 */
export function functionLibrary(functions: readonly UserFunction[] = []): FunctionLibrary {
  const library = new Map<string, ScalarFunction>();
  for (const one of functions) {
    const entry = entryOf(one);
    if (library.has(entry.name)) {
      throw new TondoError("INVALID_ARGUMENT", `two functions are named "${entry.name}"`, {
        hint: "Give one of them another name.",
      });
    }
    library.set(entry.name, entry);
  }
  return library;
}

function entryOf(given: UserFunction): ScalarFunction {
  // Defined anew: what was handed in may be no result of `defineFunction`, and its hash anything.
  const own = withoutRunning(given);
  const { name, version, doc, source, returns } = own;
  const parameters = Object.entries(own.takes).map(([parameter, type]) => ({
    name: parameter,
    ...parseTypeName(type),
  }));
  const { kind, optional } = parseTypeName(returns);
  return {
    name,
    version,
    missing: "handles",
    optional: (args) => optional || parameters.some((parameter, i) => !parameter.optional && args[i] !== false),
    doc,
    examples: own.examples.map((example, i) => ({
      text: `${name}(${exampleArguments(own, example, i + 1)
        .map((value, place) => `${parameters[place]?.name ?? ""}: ${valueText(value)}`)
        .join(", ")})`,
      result: admit(example.result, kind) ?? null,
    })),
    overloads: [
      {
        takes: parameters.map(({ name: parameter, kind: taken, optional: hands }) => ({
          name: parameter,
          kind: taken,
          ...(hands ? { optional: true as const } : {}),
        })),
        returns: kind,
        ...(optional ? { partial: true as const } : {}),
        compute: () => callerOf(own),
      },
    ],
    user: { source },
  };
}

/**
 * The entry that a call of a user function is of.
 *
 * @throws TondoError `FUNCTION_UNKNOWN` where none of that name is registered, `FUNCTION_CHANGED` where another one is
 */
export function userEntry(call: CallPlan, functions: FunctionLibrary): ScalarFunction {
  const entry = functions.get(call.function);
  const details = { function: call.function, version: call.version, source: call.user?.source };
  if (entry === undefined) {
    throw new TondoError(
      "FUNCTION_UNKNOWN",
      `the plan calls the function "${call.function}", which is not registered`,
      {
        hint: "Register it: open({ functions: [...] }) in a program, an export of tondo.functions.ts for the command.",
        details,
      },
    );
  }
  if (entry.version === call.version && entry.user?.source === call.user?.source) return entry;
  const versions =
    entry.version === call.version
      ? "its signature or text is another one"
      : `version ${String(entry.version)} is, and the plan has ${String(call.version)}`;
  throw new TondoError(
    "FUNCTION_CHANGED",
    `the plan calls the function "${call.function}" as it was defined then, and now another one is registered: ${versions}`,
    {
      hint: "Register the function that the plan was made with, to the letter (compiling or bundling it otherwise changes its text), or apply the definitions anew and train again.",
      details: { ...details, registered: { version: entry.version, source: entry.user?.source } },
    },
  );
}

/**
 * Refuses a plan that calls functions which are not registered, or other ones: before long work, and where a plan is read from a file.
 *
 * @throws TondoError `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`
 */
export function requireFunctions(plan: unknown, functions: FunctionLibrary): void {
  const left: unknown[] = [plan];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== "object" || part === null) continue;
    if (isUserCall(part)) userEntry(part, functions);
    for (const own of Object.values(part)) if (typeof own === "object") left.push(own);
  }
}

function isUserCall(part: object): part is CallPlan {
  const { node, user } = part as { readonly node?: unknown; readonly user?: unknown };
  return node === "call" && typeof user === "object";
}

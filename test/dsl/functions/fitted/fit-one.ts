import type { ValueKind } from "../../../../src/core/index.ts";
import {
  type Constants,
  type FittedFunction,
  fittedFunctions,
  type Parameters,
  type RawScalar,
} from "../../../../src/dsl/index.ts";

/** The entry of that key: `fill(mean)`, `zscore`. */
export function entryOf(key: string): FittedFunction {
  const entry = fittedFunctions.get(key);
  if (entry === undefined) throw new Error(`there is no ${key}`);
  return entry;
}

/** What fitting an entry on some raw values gives. */
export function fit(
  entry: FittedFunction,
  values: readonly RawScalar[],
  options: Constants = {},
  kind: ValueKind = "float",
  maxDistinct = 1000,
  fits = 1,
): Parameters | undefined {
  const made = entry.fit({ kind, options, maxDistinct, fits });
  for (let pass = 0; pass < made.passes; pass++) {
    for (const value of values) made.add(value, pass);
    made.endPass(pass);
  }
  return made.parameters();
}

/** The fitted function, as generated code calls it. */
export function applied(
  entry: FittedFunction,
  parameters: Parameters | undefined,
  kind: ValueKind = "float",
): (x: RawScalar) => RawScalar {
  if (parameters === undefined) throw new Error("nothing to fit on");
  return entry.apply(parameters, kind) as (x: RawScalar) => RawScalar;
}

/** Some constants that an entry takes. */
export function someOptions({ options = [] }: FittedFunction): Constants {
  return Object.fromEntries(options.map((option, i) => [option.name, option.kind === "count" ? 5 : i === 0 ? 10 : 90]));
}

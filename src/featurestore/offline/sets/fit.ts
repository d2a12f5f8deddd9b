import { parseTypeName, TondoError } from "../../../core/index.ts";
import {
  compileRows,
  type Fit,
  fitsOf,
  type Fitted,
  fittedOf,
  type FittedPlan,
  type Parameters,
  type RawColumn,
  type RawScalar,
  type VectorPlan,
  walk,
} from "../../../dsl/index.ts";
import { carrierOf, type Engine, toCarrier } from "../../duckdb/index.ts";
import { leafPlan } from "../expressions-sql.ts";
import type { JoinedTable } from "../joins/vector-table.ts";

/** What fitting needs: the joined rows, of which only those of `from` are looked at. */
export interface FitOptions {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  readonly table: JoinedTable;
  /** A relation with the table's columns and only the training rows. */
  readonly from: string;
  /** How many different texts or numbers one function may count; default {@link defaultMaxDistinct}. */
  readonly maxDistinct?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** See {@link FitOptions.maxDistinct}. */
export const defaultMaxDistinct = 1_000_000;

/**
 * Fits what a vector needs on its training rows: inner functions first, all that can be fitted together in one pass over the
 * rows. The order of the rows does not matter.
 *
 * @throws TondoError `TRAINING_SET_EMPTY` where a function had no value to be fitted on, `LIMIT_EXCEEDED`
 */
export async function fitVector(options: FitOptions): Promise<Fitted> {
  const { engine, vector, table, from, maxDistinct = defaultMaxDistinct, signal } = options;
  const fitted: Record<string, Parameters> = {};
  let open = fitsOf(vector.slots.map(({ value }) => value));
  while (open.length > 0) {
    const ready = open.filter((plan) => innerFits(plan).every((fit) => fit in fitted));
    const fits = ready.map((plan) => begin(plan, maxDistinct, ready.length));
    const program = compileRows(
      ready.map((plan) => ({ name: plan.fit, value: plan.arg })),
      fitted,
      { functions: engine.functions },
    );
    const columns = program.leaves.map(({ name, kind }) => toCarrier(table.leaf(leafPlan(name, kind)), kind));
    const sql = `select ${columns.length === 0 ? "1::double" : columns.join(", ")} from (${from})`;
    for (let pass = 0; pass < Math.max(...fits.map(({ passes }) => passes)); pass++) {
      const taking = fits.map((fit) => pass < fit.passes);
      for await (const chunk of engine.chunks(sql, "fitting", signal)) {
        const values = program.leaves.map(({ kind }, i) => chunk.column(i, carrierOf(kind)));
        const results = program.outputs.map(({ kind }): RawColumn =>
          carrierOf(kind) === "number" ? new Float64Array(chunk.rows) : [],
        );
        program.run(chunk.rows, values, results);
        for (const [i, plan] of ready.entries()) {
          const fit = fits[i];
          if (taking[i] === true && fit !== undefined)
            told(vector, plan, () => {
              addAll(fit, results[i] ?? [], chunk.rows, pass);
            });
        }
      }
      for (const [i, fit] of fits.entries()) if (taking[i] === true) fit.endPass(pass);
    }
    for (const [i, plan] of ready.entries()) fitted[plan.fit] = found(options, plan, fits[i]);
    open = open.filter((plan) => !(plan.fit in fitted));
  }
  return fitted;
}

function addAll(fit: Fit, values: RawColumn, n: number, pass: number): void {
  // No fitted function takes lists or embeddings.
  const scalars = values as ArrayLike<RawScalar>;
  for (let row = 0; row < n; row++) fit.add(scalars[row] ?? null, pass);
}

function innerFits(plan: FittedPlan): readonly string[] {
  return [...walk(plan.arg)].flatMap((node) => (node.node === "fitted" ? [node.fit] : []));
}

function begin(plan: FittedPlan, maxDistinct: number, fits: number): Fit {
  const { kind } = parseTypeName(plan.arg.type);
  return fittedOf(plan).fit({ kind, options: plan.options ?? {}, maxDistinct, fits });
}

function found({ vector, table }: FitOptions, plan: FittedPlan, fit: Fit | undefined): Parameters {
  const parameters = fit?.parameters();
  if (parameters !== undefined) return parameters;
  const warnings = table.reports.flatMap(({ warnings: own = [] }) => own.map(({ message }) => ` Also: ${message}.`));
  throw new TondoError("TRAINING_SET_EMPTY", `${placeOf(vector, plan)} has no value to be fitted on`, {
    hint: `No training row has a value there, or a sum met one beyond ±2^62: check the feature's data, its keys and the split.${warnings.join("")}`,
  });
}

/** Runs a step of a fit; what it throws says which function of which slot it was. */
function told(vector: VectorPlan, plan: FittedPlan, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof TondoError) || error.code !== "LIMIT_EXCEEDED") throw error;
    throw new TondoError(error.code, `${placeOf(vector, plan)}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

function placeOf(vector: VectorPlan, plan: FittedPlan): string {
  const slot = vector.slots.find(({ value }) =>
    [...walk(value)].some((node) => node.node === "fitted" && node.fit === plan.fit),
  );
  return `"${plan.function}" in the slot "${slot?.name ?? ""}" of ${vector.name}`;
}

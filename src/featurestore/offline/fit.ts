import { TondoError } from "../../core/index.ts";
import {
  compileRows,
  type Fit,
  type Fitted,
  type FittedPlan,
  fittedFunctions,
  type RawColumn,
  type VectorPlan,
  walk,
} from "../../dsl/index.ts";
import { carrierOf, type Engine, toCarrier } from "../duckdb/index.ts";
import { leafPlan } from "./expressions-sql.ts";
import type { JoinedTable } from "./vector-table.ts";

/** What fitting needs: the joined rows, of which only those of `from` are looked at. */
export interface FitOptions {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  readonly table: JoinedTable;
  /** A relation with the table's columns and only the training rows. */
  readonly from: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fits what a vector needs on its training rows: inner functions first, all that can be fitted together in one pass over the
 * rows.
 *
 * @throws TondoError `TRAINING_SET_EMPTY` where a function had no value to be fitted on
 */
export async function fitVector({ engine, vector, table, from, signal }: FitOptions): Promise<Fitted> {
  const fitted: Record<string, Readonly<Record<string, number>>> = {};
  let open = fitsOf(vector);
  while (open.length > 0) {
    const ready = open.filter((plan) => innerFits(plan).every((fit) => fit in fitted));
    const fits = ready.map((plan) => begin(plan));
    const program = compileRows(
      ready.map((plan) => ({ name: plan.fit, value: plan.arg })),
      fitted,
    );
    const columns = program.leaves.map(({ name, kind }) => toCarrier(table.leaf(leafPlan(name, kind)), kind));
    const sql = `select ${columns.length === 0 ? "1::double" : columns.join(", ")} from (${from})`;
    for (let pass = 0; pass < Math.max(...fits.map(({ passes }) => passes)); pass++) {
      const taking = fits.map((fit) => pass < fit.passes);
      for await (const chunk of engine.chunks(sql, "fitting", signal)) {
        const values = program.leaves.map(({ kind }, i) => chunk.column(i, carrierOf(kind)));
        const results: RawColumn[] = ready.map(() => new Float64Array(chunk.rows));
        program.run(chunk.rows, values, results);
        for (const [i, fit] of fits.entries()) if (taking[i] === true) addAll(fit, results[i] ?? [], chunk.rows, pass);
      }
      for (const [i, fit] of fits.entries()) if (taking[i] === true) fit.endPass(pass);
    }
    for (const [i, plan] of ready.entries()) fitted[plan.fit] = found(vector, plan, fits[i]);
    open = open.filter((plan) => !(plan.fit in fitted));
  }
  return fitted;
}

function addAll(fit: Fit, values: RawColumn, n: number, pass: number): void {
  for (let row = 0; row < n; row++) fit.add(Number(values[row]), pass);
}

function fitsOf(vector: VectorPlan): readonly FittedPlan[] {
  const plans = new Map<string, FittedPlan>();
  for (const { value } of vector.slots)
    for (const node of walk(value)) if (node.node === "fitted") plans.set(node.fit, node);
  return [...plans.values()];
}

function innerFits(plan: FittedPlan): readonly string[] {
  return [...walk(plan.arg)].flatMap((node) => (node.node === "fitted" ? [node.fit] : []));
}

function begin(plan: FittedPlan): Fit {
  const entry = fittedFunctions.get(plan.function);
  if (entry === undefined) throw new TondoError("INTERNAL", `no fitted function ${plan.function}`);
  return entry.fit();
}

function found(vector: VectorPlan, plan: FittedPlan, fit: Fit | undefined): Readonly<Record<string, number>> {
  const parameters = fit?.parameters();
  if (parameters !== undefined) return parameters;
  const slot = vector.slots.find(({ value }) =>
    [...walk(value)].some((node) => node.node === "fitted" && node.fit === plan.fit),
  );
  throw new TondoError(
    "TRAINING_SET_EMPTY",
    `"${plan.function}" in the slot "${slot?.name ?? ""}" of ${vector.name} has no value to be fitted on`,
    {
      hint: "No training row has a value there: check the feature's data, its keys and the split.",
    },
  );
}

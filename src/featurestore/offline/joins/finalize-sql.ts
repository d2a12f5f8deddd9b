import { parseTypeName, TondoError, type ValueKind } from "../../../core/index.ts";
import {
  type AggregateSql,
  aggregates,
  type RawColumn,
  type StateArrays,
  type StoredWindowPlan,
} from "../../../dsl/index.ts";
import { fromCarrier, type Program, type ProgramHost } from "../../duckdb/index.ts";
import { kindOfInput } from "../sources/source-relation.ts";

/** SQL of a window's result: a call of the aggregate's JavaScript over the encoded state, the same as online. */
export function finalizeCall(
  engine: ProgramHost,
  plan: StoredWindowPlan,
  encoded: ReturnType<AggregateSql["encode"]>,
): string {
  const program = finalizer(plan);
  const name = engine.register(program);
  const result = `struct_extract(${name}(${[...encoded.numbers, ...encoded.values].join(", ")}), 'o0')`;
  return fromCarrier(result, parseTypeName(plan.type).kind);
}

/** Reads a state from columns of its numbers and values, decodes and finalizes it, row by row. */
function finalizer(plan: StoredWindowPlan): Program {
  const input = kindOfInput(plan);
  const code = aggregates.get(plan.aggregate)?.code(input, plan.options ?? {});
  if (code === undefined) throw new TondoError("INTERNAL", `no aggregate "${plan.aggregate}"`);
  const { numbers, values } = code.shape;
  const valueKind: ValueKind = code.stored !== undefined || input === "string" ? "string" : "int";
  const state: StateArrays = { numbers: new Float64Array(numbers), values: new Array<unknown>(values).fill(null) };
  const run = (n: number, columns: readonly RawColumn[], results: readonly RawColumn[]): void => {
    const [out] = results;
    if (out === undefined) return;
    for (let row = 0; row < n; row++) {
      for (let i = 0; i < numbers; i++) state.numbers[i] = Number(columns[i]?.[row]);
      for (let i = 0; i < values; i++) {
        const value = columns[numbers + i]?.[row] ?? null;
        state.values[i] = code.stored === undefined ? value : code.stored.decode(String(value));
      }
      out[row] = code.finalize(state, 0, 0);
    }
  };
  return {
    leaves: [
      ...Array.from({ length: numbers }, () => ({ kind: "float" as const })),
      ...Array.from({ length: values }, () => ({ kind: valueKind })),
    ],
    outputs: [{ kind: parseTypeName(plan.type).kind }],
    run,
  };
}

import { TondoError, typeName, type ValueKind } from "../../core/index.ts";
import { compileRows, type ExpressionPlan, expressionSql, type Fitted, type RowProgram } from "../../dsl/index.ts";
import { fromCarrier, type ProgramHost, toCarrier } from "../duckdb/index.ts";

/** An expression and the name its column shall have; the name is safe in SQL as it stands. */
export interface NamedExpression {
  readonly name: string;
  readonly value: ExpressionPlan;
}

/**
 * SQL that computes expressions over the rows of a relation, beside all its columns: the exact subset as SQL, all else by the
 * generated JavaScript, in one call a row.
 *
 * `leaf` gives the SQL of a leaf over `relation`, as a value of the language.
 */
export function selectExpressions(
  engine: ProgramHost,
  relation: string,
  expressions: readonly NamedExpression[],
  leaf: (plan: ExpressionPlan) => string,
): { readonly sql: string; readonly inJavaScript: readonly string[] } {
  const direct: string[] = [];
  const computed: NamedExpression[] = [];
  for (const expression of expressions) {
    const sql = expressionSql(expression.value, leaf);
    if (sql === undefined) computed.push(expression);
    else direct.push(`${sql} as ${expression.name}`);
  }
  if (computed.length === 0) {
    return { sql: `select *${direct.map((column) => `, ${column}`).join("")} from (${relation})`, inJavaScript: [] };
  }
  const { call, result } = programCall(engine, compileRows(computed, {}, { functions: engine.functions }), leaf);
  const results = computed.map(({ name: column }, i) => `${result(i)} as ${column}`);
  return {
    sql: `select * exclude (js), ${results.join(", ")} from (select *${direct.map((column) => `, ${column}`).join("")}, ${call} as js from (${relation}))`,
    inJavaScript: computed.map(({ name: column }) => column),
  };
}

/** SQL that calls generated JavaScript once a row, and SQL of its results where that call is selected as `js`. */
export function programCall(
  engine: ProgramHost,
  program: RowProgram,
  leaf: (plan: ExpressionPlan) => string,
): { readonly call: string; readonly result: (output: number) => string } {
  const args = program.leaves.map((one) => toCarrier(leaf(leafPlan(one.name, one.kind)), one.kind));
  return {
    call: `${engine.register(program)}(${args.length === 0 ? "1" : args.join(", ")})`,
    result: (output) => fromCarrier(`js.o${String(output)}`, program.outputs[output]?.kind ?? "float"),
  };
}

/** SQL of a call that computes slots, to be selected as `js`, and of each slot where it is. */
export interface SlotsSql {
  readonly call: string;
  readonly slot: (index: number) => string;
}

/**
 * SQL of slots. A value that is read and not computed stands as it was joined; all others are computed by one program, so that a part
 * they share is computed once: in a training set by the JavaScript that serves, even where SQL would give the same.
 */
export function slotsSql(
  engine: ProgramHost,
  slots: readonly { readonly value: ExpressionPlan }[],
  fitted: Fitted,
  leaf: (plan: ExpressionPlan) => string,
): SlotsSql {
  const isRead = ({ value }: { readonly value: ExpressionPlan }): boolean =>
    value.node === "stored" || value.node === "column" || value.node === "now";
  const computed = slots.filter((slot) => !isRead(slot));
  const outputs = computed.map(({ value }, i) => ({ name: `slot${String(i)}`, value }));
  const { call, result } =
    outputs.length === 0
      ? { call: "null", result: () => "null" }
      : programCall(engine, compileRows(outputs, fitted, { functions: engine.functions }), leaf);
  const indexes = new Map(computed.map((slot, i) => [slot, i]));
  return {
    call,
    slot: (index) => {
      const slot = slots[index];
      if (slot === undefined) throw new TondoError("INTERNAL", `there is no slot ${String(index)}`);
      const output = indexes.get(slot);
      return output === undefined ? leaf(slot.value) : result(output);
    },
  };
}

/** The plan node that a leaf of a program stands for. */
export function leafPlan(name: string, kind: ValueKind): ExpressionPlan {
  if (name === "now") return { node: "now", type: "timestamp" };
  const own = name.slice(name.indexOf(":") + 1);
  const type = typeName({ kind, optional: true });
  return name.startsWith("stored:") ? { node: "stored", name: own, type } : { node: "column", name: own, type };
}

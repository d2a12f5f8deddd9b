import { parseTypeName, type ValueKind } from "../../core/index.ts";
import { compileRows, type ExpressionPlan, expressionSql } from "../../dsl/index.ts";
import { type Engine, fromCarrier, toCarrier } from "../duckdb/index.ts";

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
  engine: Engine,
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
  const program = compileRows(computed);
  const name = engine.register(program);
  const args = program.leaves.map((one) => toCarrier(leaf(leafPlan(one.name, one.kind)), one.kind));
  const call = `${name}(${args.length === 0 ? "1" : args.join(", ")}) as js`;
  const results = computed.map(
    ({ name: column, value }, i) => `${fromCarrier(`js.o${String(i)}`, parseTypeName(value.type).kind)} as ${column}`,
  );
  return {
    sql: `select * exclude (js), ${results.join(", ")} from (select *${direct.map((column) => `, ${column}`).join("")}, ${call} from (${relation}))`,
    inJavaScript: computed.map(({ name: column }) => column),
  };
}

/** The plan node that a leaf of a program stands for. */
export function leafPlan(name: string, kind: ValueKind): ExpressionPlan {
  if (name === "now") return { node: "now", type: "timestamp" };
  const node = name.startsWith("stored:") ? "stored" : "column";
  return { node, name: name.slice(name.indexOf(":") + 1), type: `${kind}?` };
}

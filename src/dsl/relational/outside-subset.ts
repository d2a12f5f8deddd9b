import { parseTypeName } from "../../core/index.ts";
import { type Dialect, type DialectName, dialects, overloadOf } from "../functions/index.ts";
import { type CallPlan, type ExpressionPlan, parts } from "../plan/index.ts";
import { expressionSql } from "./expression-sql.ts";

/** What keeps an expression from running as SQL, and the part that does. */
export interface OutsideSubset {
  readonly reason: string;
  readonly part: ExpressionPlan;
}

/**
 * Why an expression is computed by the generated JavaScript and not by the engine; `undefined` where `expressionSql` gives it SQL.
 *
 * @example `lower(city) == "rome"` is outside by `"lower" has no SQL that is equal to it bit by bit`.
 */
export function outsideSubset(expression: ExpressionPlan, dialect: DialectName = "duckdb"): OutsideSubset | undefined {
  if (expressionSql(expression, () => "x", dialect) !== undefined) return undefined;
  const left = [expression];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const reason = reasonOf(part, dialects[dialect]);
    if (reason !== undefined) return { reason, part };
    left.push(...[...parts(part)].reverse());
  }
  return { reason: "its SQL would be too long", part: expression };
}

function reasonOf(part: ExpressionPlan, dialect: Dialect): string | undefined {
  switch (part.node) {
    case "literal": {
      const sql = dialect.literal(parseTypeName(part.type).kind, part.value);
      return sql === undefined ? `a constant of type ${part.type} has no SQL` : undefined;
    }
    case "fitted":
      return `"${part.function}" is fitted`;
    case "call":
      return reasonOfCall(part, dialect);
    default:
      return undefined;
  }
}

function reasonOfCall(call: CallPlan, dialect: Dialect): string | undefined {
  if (call.user !== undefined) return `"${call.function}" is a function of the project's own, in TypeScript`;
  const [{ name }, { sql }] = overloadOf(call);
  if (sql === undefined) return `"${name}" has no SQL that is equal to it bit by bit`;
  const form = sql(
    call.args.map(() => "x"),
    call.options ?? {},
    dialect,
  );
  return form === undefined ? `"${name}" has no SQL with these constants` : undefined;
}

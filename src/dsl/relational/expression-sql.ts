import { parseTypeName } from "../../core/index.ts";
import { overloadOf } from "../javascript/emit.ts";
import type { ExpressionPlan, LiteralPlan } from "../plan/index.ts";
import { quoteText } from "./sql-text.ts";

/** The longest SQL text of one expression; what would be longer runs as JavaScript. */
const maxLength = 20_000;

/**
 * An expression of the exact subset as SQL (DuckDB), or `undefined` where it lies outside: then the generated
 * JavaScript computes it in a pass over the rows. `leaf` gives the SQL of columns, already in the language's domain.
 */
export function expressionSql(expression: ExpressionPlan, leaf: (plan: ExpressionPlan) => string): string | undefined {
  switch (expression.node) {
    case "literal":
      return literalSql(expression);
    case "column":
    case "stored":
    case "now":
      return leaf(expression);
    case "fitted":
      return undefined;
    case "call": {
      const [, { sql }] = overloadOf(expression);
      if (sql === undefined) return undefined;
      const args: string[] = [];
      for (const arg of expression.args) {
        const text = expressionSql(arg, leaf);
        if (text === undefined) return undefined;
        args.push(text);
      }
      const text = sql(args);
      return text.length > maxLength ? undefined : text;
    }
  }
}

function literalSql({ type, value }: LiteralPlan): string | undefined {
  const { kind } = parseTypeName(type);
  if (value === null)
    return `null::${kind === "string" ? "varchar" : kind === "float" ? "double" : kind === "bool" ? "boolean" : "bigint"}`;
  switch (kind) {
    case "bool":
      return value === true ? "true" : "false";
    case "string":
      return quoteText(String(value));
    case "float": {
      const text = String(Number(value));
      return text.includes("e") ? `(${text}::double)` : `(${text}e0)`;
    }
    default:
      return `(${BigInt(String(value)).toString()}::bigint)`;
  }
}

import { parseTypeName } from "../../core/index.ts";
import { type Dialect, type DialectName, dialects, overloadOf } from "../functions/index.ts";
import type { ExpressionPlan } from "../plan/index.ts";

/** The longest SQL text of one expression; what would be longer runs as JavaScript. */
const maxLength = 20_000;

/**
 * The most parts of one expression once DuckDB has put its macros in place: those of results name their argument up to
 * three times, so that nested arithmetic grows by powers of three.
 */
const maxParts = 2_000;
const perMacro = 3;

interface Sql {
  readonly text: string;
  readonly parts: number;
}

/**
 * An expression of the exact subset as SQL, or `undefined` where it lies outside: then the generated
 * JavaScript computes it in a pass over the rows. `leaf` gives the SQL of columns, already in the language's domain.
 */
export function expressionSql(
  expression: ExpressionPlan,
  leaf: (plan: ExpressionPlan) => string,
  dialect: DialectName = "duckdb",
): string | undefined {
  return sqlOf(expression, leaf, dialects[dialect])?.text;
}

function sqlOf(expression: ExpressionPlan, leaf: (plan: ExpressionPlan) => string, dialect: Dialect): Sql | undefined {
  switch (expression.node) {
    case "literal": {
      const text = dialect.literal(parseTypeName(expression.type).kind, expression.value);
      return text === undefined ? undefined : { text, parts: 1 };
    }
    case "column":
    case "stored":
    case "now":
      return { text: leaf(expression), parts: 1 };
    case "fitted":
      return undefined;
    case "call": {
      if (expression.user !== undefined) return undefined;
      const [, { sql }] = overloadOf(expression);
      if (sql === undefined) return undefined;
      const args: Sql[] = [];
      for (const arg of expression.args) {
        const own = sqlOf(arg, leaf, dialect);
        if (own === undefined) return undefined;
        args.push(own);
      }
      const text = sql(
        args.map((arg) => arg.text),
        expression.options ?? {},
        dialect,
      );
      if (text === undefined || text.length > maxLength) return undefined;
      const form = sql(
        args.map((_, i) => `\u0001${String(i)}\u0001`),
        expression.options ?? {},
        dialect,
      );
      const parts = partsOf(form ?? "", args);
      return parts > maxParts ? undefined : { text, parts };
    }
  }
}

/** Counts what a function's form comes to: each argument as often as the macros around it repeat it. */
function partsOf(form: string, args: readonly Sql[]): number {
  let parts = 1;
  let factor = 1;
  const opened: number[] = [];
  for (const [token, argument] of form.matchAll(/\w*\(|\)|\u0001(\d+)\u0001/g)) {
    if (argument !== undefined) parts += factor * (args[Number(argument)]?.parts ?? 1);
    else if (token === ")") factor /= opened.pop() ?? 1;
    else {
      opened.push(token.startsWith("tondo_") ? perMacro : 1);
      factor *= opened.at(-1) ?? 1;
    }
  }
  return parts;
}

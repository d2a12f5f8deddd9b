import { type ScalarKind, durationUnits } from "../../core/index.ts";
import { type ExpressionPlan, type TableTransportPlan, tableParts } from "../plan/index.ts";
import type { Identifier, SourceDeclaration, TableClause } from "../syntax/index.ts";
import type { Report } from "./report.ts";
import { typeOf } from "./resolve-call.ts";

/** How far behind its last value a cursor is read again where nothing is said: ten minutes, or so many numbers. */
const defaultLookback = { duration: 10 * durationUnits.m, number: 10_000 } as const;

const cursorKinds: readonly string[] = ["int", "timestamp", "date"] satisfies readonly ScalarKind[];

/** A table that a source's rows stand in; `column` finds one of the source's and reports where there is none. */
export function checkTable(
  clause: TableClause,
  { source, transports }: SourceDeclaration,
  column: (name: Identifier) => ExpressionPlan | undefined,
  report: Report,
): TableTransportPlan | undefined {
  const { table, cursor, lookback, span } = clause;
  if (tableParts(table) === undefined) {
    return report.error(
      "bad-table",
      "this is no name of a table",
      span,
      table.includes("://")
        ? "definitions hold no addresses: write the table's name, and give the address to `tondo extract --source-database`"
        : 'write "orders", "public.orders" or "shop.public.orders": of a database, a schema and a table',
    );
  }
  if (transports.some((other) => other !== clause && other.format === "postgres" && other.table === table)) {
    return report.error("duplicate", `the table "${table}" stands twice`, span);
  }
  if (cursor === undefined) {
    if (lookback === undefined) return { format: "postgres", table };
    return report.error(
      "cursor-here",
      "without a cursor the table is read whole each time: nothing is looked back to",
      lookback.span,
      "add `cursor column`, or leave out `lookback`",
    );
  }
  if (source === "table") {
    return report.error(
      "cursor-here",
      "a table has no time: it is read whole each time, and replaced",
      cursor.span,
      "leave out `cursor`, or call it snapshot or events",
    );
  }
  const plan = column(cursor);
  if (plan?.node !== "column") return undefined;
  const { kind } = typeOf(plan);
  if (!cursorKinds.includes(kind)) {
    return report.error(
      "wrong-type",
      `a cursor is an int, a timestamp or a date, and this is of type ${kind}`,
      cursor.span,
      "take a column whose values grow: of when rows were written, or a number that counts them",
    );
  }
  const unit = kind === "int" ? "number" : "duration";
  if (lookback === undefined) return { format: "postgres", table, cursor: plan, lookback: defaultLookback[unit] };
  if (lookback.unit !== unit) {
    return report.error(
      "wrong-type",
      `the cursor ${cursor.text} is of type ${kind}, and this is a ${lookback.unit}`,
      lookback.span,
      unit === "number" ? "say how many numbers back: lookback 1000" : "say how long back: lookback 10m",
    );
  }
  if (!Number.isSafeInteger(lookback.amount)) {
    return report.error("bad-number", "a lookback is a whole number", lookback.span, "lookback 1000");
  }
  return { format: "postgres", table, cursor: plan, lookback: lookback.amount };
}

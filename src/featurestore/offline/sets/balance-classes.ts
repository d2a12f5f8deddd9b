import { TondoError } from "../../../core/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import { lotColumn } from "../rows/make-left-table.ts";

/** How many values a label may have to be balanced by. */
export const maxClasses = 1000;

/**
 * Marks training rows of the table `classified` as `surplus` until no class has more than `ratio` times the rows of the rarest one: those with
 * the greatest lots, whatever the order of the rows. Rows without the label are of no class and stay.
 *
 * @throws TondoError `LIMIT_EXCEEDED` where there are more than {@link maxClasses} classes
 */
export async function balanceClasses(options: {
  readonly engine: Engine;
  /** SQL of the label. */
  readonly label: string;
  readonly ratio: number;
  /** SQL of the rows' own columns: they break ties between rows that share keys and moment. */
  readonly columns: readonly string[];
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  const { engine, label, ratio, columns, signal } = options;
  const doing = "balancing classes";
  const training = `from classified where part = 'train' and ${label} is not null`;
  const [found] = await engine.rows(
    `select count(*)::double as classes, min(n)::double as least from (select count(*) as n ${training} group by ${label})`,
    doing,
    signal,
  );
  const classes = Number(found?.["classes"] ?? 0);
  if (classes > maxClasses) {
    throw new TondoError(
      "LIMIT_EXCEEDED",
      `the label to balance by has ${String(classes)} different values, and at most ${String(maxClasses)} classes are balanced`,
      { hint: "Balance by a label of few values: a truth value, or one that is rounded.", details: { classes } },
    );
  }
  const most = Math.floor(Number(found?.["least"] ?? 0) * ratio);
  const order = [lotColumn, "q", ...columns, "row"].join(", ");
  await engine.run(
    `update classified set part = 'surplus' where row in (
       select row ${training} qualify row_number() over (partition by ${label} order by ${order}) > ${String(most)})`,
    doing,
    signal,
  );
}

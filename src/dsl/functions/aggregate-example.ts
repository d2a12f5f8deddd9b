import type { TypeName, Value } from "../../core/index.ts";

/** An example of an aggregate from the manual, held by the tests against every path. */
export interface AggregateExample {
  /** As it is written before `over`. */
  readonly text: string;
  /** The values of the columns that it names, in the rows of the window, the oldest first. */
  readonly rows: Readonly<Record<string, readonly Value[]>>;
  /** Of all those columns; default float. */
  readonly type?: TypeName;
  readonly result: Value;
}

/** An example as the reference and the editor show it: `mean(x)` is `3`, where `x` is 1, missing, 5. */
export function aggregateExampleText({ text, rows, result }: AggregateExample): string {
  const shown = (value: Value): string => (value === null ? "missing" : JSON.stringify(value));
  const where = Object.entries(rows).map(([name, values]) => `\`${name}\` is ${values.map(shown).join(", ")}`);
  return `\`${text}\` is ${result === null ? "missing" : `\`${shown(result)}\``}, where ${where.join(" and ")}`;
}

import { Engine, sqlText } from "../../src/featurestore/duckdb/index.ts";
import type { Micros } from "../../src/index.ts";
import type { Prepared } from "./prepare.ts";

/** A flight of the last day as its event. */
export interface Landing {
  readonly landedAt: Micros;
  /** An object of JSON with the columns of the source. */
  readonly event: string;
}

/** The flights of the last day, in the order in which they land. */
export async function landingsOf({ lastDay }: Pick<Prepared, "lastDay">): Promise<readonly Landing[]> {
  const moment = (column: string): string => `strftime(${column}, '%Y-%m-%dT%H:%M:%SZ') as ${column}`;
  const engine = await Engine.open({ threads: 1 });
  try {
    const rows = await engine.rows(
      `select epoch_us(landed_at)::double as landed, flight::int as flight, origin, destination, ${moment("departed_at")}, ${moment("landed_at")},
         delay, distance::double as distance
       from read_parquet(${sqlText(lastDay)}) order by landed, flight`,
      "reading the last day",
    );
    return rows.map(({ landed, ...columns }) => ({ landedAt: Number(landed), event: JSON.stringify(columns) }));
  } finally {
    engine.close();
  }
}

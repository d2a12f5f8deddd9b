import { Engine } from "../../src/featurestore/index.ts";
import { sqlText } from "../../src/featurestore/duckdb/index.ts";
import type { Prepared } from "./prepare.ts";

/** A departure that a service might ask about. */
export interface Departure {
  readonly origin: string;
  readonly destination: string;
  readonly distance: number;
  readonly partition: readonly string[];
}

/** The busiest routes of the month, one request each: as many as asked for, most distinct by their nature. */
export async function busiestRoutes({ departures }: Prepared, n: number): Promise<readonly Departure[]> {
  return ask(
    `select origin, destination, any_value(distance)::double as distance, any_value(origin_country) as country,
       any_value(origin_state) as state, any_value(origin_city) as city
     from read_parquet(${sqlText(departures)}) group by origin, destination
     order by count(*) desc, origin, destination limit ${String(n)}`,
  );
}

/** As many requests as asked for: where there are fewer routes some are asked about again, as a service would be. */
export function requestsOf(routes: readonly Departure[], n: number): readonly Departure[] {
  return Array.from({ length: n }, (_, i) => routes[i % routes.length]).filter(
    (route): route is Departure => route !== undefined,
  );
}

/** A flown route of some origin city's, busiest first; the first for which `chosen` says yes. */
export async function firstRoute(
  prepared: Prepared,
  chosen: (route: Departure) => Promise<boolean>,
): Promise<Departure | undefined> {
  for (const route of await busiestRoutes(prepared, 5000)) if (await chosen(route)) return route;
  return undefined;
}

/** An airport abroad, from which nobody in the data flies. */
export async function abroad({ airports, flights }: Prepared): Promise<Departure | undefined> {
  const [first] = await ask(
    `select airport as origin, 'SFO' as destination, 5000e0 as distance, country, state, city from read_csv(${sqlText(airports)}, header = true)
     where country <> 'USA' and airport not in (select distinct origin from read_parquet(${sqlText(flights)})) order by airport = 'ROR' desc, airport limit 1`,
  );
  return first;
}

async function ask(sql: string): Promise<readonly Departure[]> {
  const engine = await Engine.open({ memory: "1GB" });
  try {
    const rows = await engine.rows(sql, "choosing requests");
    return rows.map((row) => ({
      origin: String(row["origin"]),
      destination: String(row["destination"]),
      distance: Number(row["distance"]),
      partition: [row["country"], row["state"], row["city"]].flatMap((part) =>
        typeof part === "string" && part !== "" ? [part] : [],
      ),
    }));
  } finally {
    engine.close();
  }
}

import { sqlText } from "../../src/featurestore/duckdb/index.ts";

/** Below this many minutes early a row is an error of the data: no flight lands an hour before its time. */
export const earliestDelay = -60;

/** The left rows: departures from the first moment on and before the second, UTC. */
export const departuresFrom = "2001-06-01 00:00:00";
/** See {@link departuresFrom}. */
export const departuresBefore = "2001-07-01 00:00:00";

/**
 * Flights that land behind this moment come as events, one by one, and all before lie in the file. It is the last day of the data: the last of them lands 22 hours and a half later.
 */
export const lastDayFrom = "2001-06-30T18:00:00Z";

/** The flights' file as `raw_flights`, a view, and the airports' as `raw_airports`. */
export function readInputs(flights: string, airports: string): readonly string[] {
  return [
    `create view raw_flights as select date, delay, distance, origin, destination from read_parquet(${sqlText(flights)})`,
    // Airports abroad have the text NA for the city and state they do not have.
    `create table raw_airports as
      select iata as airport, nullif(city, 'NA') as city, nullif(state, 'NA') as state, country, latitude, longitude
      from read_csv(${sqlText(airports)}, header = true, auto_detect = false, columns = {
        'iata': 'VARCHAR', 'name': 'VARCHAR', 'city': 'VARCHAR', 'state': 'VARCHAR', 'country': 'VARCHAR',
        'latitude': 'DOUBLE', 'longitude': 'DOUBLE'})`,
  ];
}

/** All airports with their IANA zones. */
export function addZones(zones: ReadonlyMap<string, string>): readonly string[] {
  const rows = [...zones].map(([airport, tz]) => `(${sqlText(airport)}, ${sqlText(tz)})`);
  return [
    "create table zones (airport varchar, tz varchar)",
    `insert into zones values ${rows.join(", ")}`,
    "create table airports as select * from raw_airports join zones using (airport)",
  ];
}

/**
 * How far each zone's clocks are from UTC in each hour in which a flight left. Zones change their clocks on the hour, and
 * asking for some 30,000 hours is 20 times as fast as for three million flights.
 */
export const makeOffsets = `create table offsets as
  select tz, hour, hour - timezone('UTC', timezone(tz, hour)) as ahead
  from (select distinct o.tz, date_trunc('hour', f.date) as hour from raw_flights f join airports o on o.airport = f.origin)`;

const departedAt = "f.date - h.ahead";

/**
 * The flights that happened as `flights`, a table: in UTC, and numbered in a total order.
 *
 * `date` is the local clock time at which the plane left the gate, and `delay` how late it arrived. When it landed is
 * not in the file: here, half an hour on the ground, 450 miles an hour in the air, and all of the delay, in whole
 * minutes rounded up. Part of the delay lies before the departure already, so this is rather too late than too early,
 * and what is known too late makes no model cheat.
 */
export const makeFlights: string = `create table flights as select row_number() over () as flight, * from (
    select f.origin, f.destination, ${departedAt} as departed_at,
      ${departedAt} + to_minutes(30 + (f.distance * 2 + 14) // 15 + greatest(f.delay, 0)) as landed_at,
      f.delay::double as delay, f.distance
    from raw_flights f join airports o on o.airport = f.origin
      join offsets h on h.tz = o.tz and h.hour = date_trunc('hour', f.date)
    where f.delay >= ${String(earliestDelay)}
    order by departed_at, f.origin, f.destination, f.distance, f.delay)`;

/** The flights of the file, in the order of their numbers: a table is read as it was filled. */
export const selectFlights: string = `select * from flights where landed_at <= timestamp '${lastDayFrom}'`;

/** The flights of the last day, as they land. */
export const selectLastDay: string = `select * from flights where landed_at > timestamp '${lastDayFrom}' order by landed_at, flight`;

/** Every airport, those without flights too. */
export const selectAirports =
  "select airport, city, state, country, latitude, longitude, tz from airports order by airport";

/** The left rows: one a departure, with the place for its partition's path. */
export const selectDepartures: string = `select f.departed_at as "at", f.origin, f.destination, f.distance, f.delay, f.landed_at,
      o.country as origin_country, o.state as origin_state, o.city as origin_city
    from flights f join airports o on o.airport = f.origin
    where f.departed_at >= timestamp '${departuresFrom}' and f.departed_at < timestamp '${departuresBefore}'
    order by f.flight`;

/** Writes what a query gives into a file. */
export function writeOutput(query: string, path: string, format: "parquet" | "csv"): string {
  const options = format === "csv" ? "format csv, header" : "format parquet, compression zstd";
  return `copy (${query}) to ${sqlText(path)} (${options})`;
}

/** How many rows went where, from what was written. */
export function countRows({ flights, lastDay, departures }: Readonly<Record<string, string>>): string {
  const rows = (path = ""): string => `(select count(*) from read_parquet(${sqlText(path)}))::int`;
  return `select
    (select count(*) from raw_flights)::int as read,
    (select count(*) from raw_flights where delay < ${String(earliestDelay)})::int as dropped,
    ${rows(flights)} + ${rows(lastDay)} as flights,
    ${rows(lastDay)} as "lastDay",
    (select count(*) from airports)::int as airports,
    ${rows(departures)} as departures`;
}

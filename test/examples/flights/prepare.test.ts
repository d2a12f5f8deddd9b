import { appendFile, copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Prepared, prepareFlights } from "../../../examples/flights/prepare.ts";
import { sha256 } from "../../../src/core/index.ts";
import { checkProject, renderDiagnostics } from "../../../src/featurestore/catalog/index.ts";
import { type Cell, Engine, sqlText } from "../../../src/featurestore/duckdb/index.ts";

let home: string;
let made: Prepared;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "tondo-flights-"));
  made = await prepareFlights({ folder: join(home, "data") });
}, 120_000);

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

async function query(sql: string): Promise<readonly Record<string, Cell>[]> {
  const engine = await Engine.open({ threads: 2 });
  try {
    return await engine.rows(sql, "looking at the flights");
  } finally {
    engine.close();
  }
}

describe("prepareFlights", () => {
  it("drops the data errors and nothing else", () => {
    expect(made.reused).toBe(false);
    expect(made.counts).toEqual({
      read: 3_000_000,
      dropped: 142,
      flights: 2_999_858,
      lastDay: 10_999,
      airports: 3376,
      departures: 502_519,
    });
  });

  it("turns local clock times into UTC, day by day the same as zone by zone", async () => {
    const raw = new URL("../data/flights-3m.parquet", import.meta.resolve("vega-datasets")).pathname;
    // The night in which clocks went forward, except where they do not.
    const direct = `select f.origin, timezone('UTC', timezone(a.tz, f.date)) as departed_at, f.delay
      from read_parquet(${sqlText(raw)}) f join read_csv(${sqlText(made.airports)}) a on a.airport = f.origin
      where f.delay >= -60 and f.date between timestamp '2001-03-31' and timestamp '2001-04-03'`;
    const digest = `count(*)::int as n, sum(hash(origin, departed_at, delay::double))::varchar as digest`;
    const day = "departed_at >= timestamp '2001-04-01 00:00' and departed_at < timestamp '2001-04-02 00:00'";
    const [expected] = await query(`select ${digest} from (${direct}) where ${day}`);
    const [actual] = await query(`select ${digest} from read_parquet(${sqlText(made.flights)}) where ${day}`);
    expect(Number(actual?.["n"])).toBeGreaterThan(10_000);
    expect(actual).toEqual(expected);
  });

  it("numbers the flights as they left, and keeps those of the last day apart, as they land", async () => {
    const [all] =
      await query(`select count(distinct flight)::int as n, min(flight)::int as first, max(flight)::int as last
      from read_parquet([${sqlText(made.flights)}, ${sqlText(made.lastDay)}])`);
    expect(all).toEqual({ n: made.counts.flights, first: 1, last: made.counts.flights });
    const [file] = await query(`select max(landed_at)::varchar as landed,
        count(*) filter (departed_at < before or flight <= number)::int as astray
      from (select *, lag(departed_at) over (order by file_row_number) as before, lag(flight) over (order by file_row_number) as number
        from read_parquet(${sqlText(made.flights)}, file_row_number = true))`);
    expect(file).toEqual({ landed: "2001-06-30 18:00:00", astray: 0 });
    const [day] =
      await query(`select min(landed_at)::varchar as first, max(landed_at)::varchar as last, count(*) filter (landed_at < before)::int as astray
      from (select *, lag(landed_at) over (order by file_row_number) as before from read_parquet(${sqlText(made.lastDay)}, file_row_number = true))`);
    expect(day).toEqual({ first: "2001-06-30 18:01:00", last: "2001-07-01 16:34:00", astray: 0 });
  });

  it("lets no delay be known before the flight can have landed", async () => {
    const [row] = await query(
      `select min(date_diff('minute', departed_at, landed_at) - distance * 60 / 450.0 - greatest(delay, 0)) as least,
        count(*) filter (landed_at <= departed_at)::int as early from read_parquet([${sqlText(made.flights)}, ${sqlText(made.lastDay)}])`,
    );
    expect(row?.["early"]).toBe(0);
    expect(Number(row?.["least"])).toBeGreaterThanOrEqual(30);
  });

  it("keeps what is there, and makes it anew, byte for byte, where a file was changed", async () => {
    const again = await prepareFlights({ folder: made.folder });
    expect(again).toEqual({ ...made, reused: true });
    const before = sha256(await readFile(made.departures));
    await appendFile(made.departures, "x");
    const mended = await prepareFlights({ folder: made.folder });
    expect(mended.reused).toBe(false);
    expect(sha256(await readFile(made.departures))).toBe(before);
  }, 120_000);

  it("fits the definitions, which compile without a remark", async () => {
    const definitions = new URL("../../../examples/flights/features.tondo", import.meta.url).pathname;
    await copyFile(definitions, join(dirname(made.folder), "features.tondo"));
    const checked = await checkProject(home);
    expect(renderDiagnostics(checked)).toBe("");
    expect(checked.plan?.vectors[0]?.slots).toHaveLength(22);
  });
});

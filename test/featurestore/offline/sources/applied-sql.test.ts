import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AppliedLoad, AppliedLog } from "../../../../src/featurestore/applied/index.ts";
import { Engine } from "../../../../src/featurestore/duckdb/index.ts";
import { appliedSql, mayWait, sinceSql, waitsSql } from "../../../../src/featurestore/offline/sources/applied-sql.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 52301);
const runs = Number(process.env["TONDO_RUNS"] ?? 60);
let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => {
  engine.close();
});

/** A row: when it says that it was known, when it happened, and which load first read its file. */
interface AppliedRow {
  readonly k: number;
  readonly t: number;
  readonly first: number | undefined;
}

/** When a row was applied, as plainly as it can be said. */
function naive(loads: readonly AppliedLoad[], { k, t, first }: AppliedRow): number | null {
  for (const [i, { asOf, appliedAt, since }] of loads.entries()) {
    if (first === undefined || i < first || k > asOf || (since !== undefined && t < since)) continue;
    return i === 0 ? k : appliedAt;
  }
  return null;
}

function logOf(loads: readonly Omit<AppliedLoad, "files">[]): AppliedLog {
  return { version: 1, source: "s", loads: loads.map((load) => ({ ...load, files: [] })) };
}

/** Moments are few, so that there are ties of all kinds. */
const logs: fc.Arbitrary<AppliedLog> = fc
  .array(
    fc.record({
      after: fc.constantFrom(0, 1, 2, 5),
      switched: fc.constantFrom(0, 0, 1, 3),
      since: fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.integer({ min: -3, max: 30 })),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((all) => {
    const loads: Omit<AppliedLoad, "files">[] = [];
    let at = 0;
    for (const [i, { after, switched, since }] of all.entries()) {
      const asOf = at + after;
      at = asOf + switched;
      loads.push({ asOf, appliedAt: at, ...(since === undefined || i === 0 ? {} : { since }) });
    }
    return logOf(loads);
  });

async function applied(log: AppliedLog, rows: readonly AppliedRow[]): Promise<readonly unknown[]> {
  const parts = rows.map(
    ({ k, t, first }, i) =>
      `select ${String(i)} as i, ${String(k)}::bigint as k, ${String(t)}::bigint as t, ${sinceSql(log, first)} as since`,
  );
  const found = await engine.rows(
    `select (${appliedSql(log, "k", "t", "since")})::double as moment, (${waitsSql(log, "k", "t", "since")}) as waits from (${parts.join(" union all ")}) order by i`,
    "applying",
  );
  return found.map(({ moment, waits }) => [moment, waits]);
}

describe("SQL of when a row was applied", () => {
  it(
    `is what a walk over all loads finds (${String(runs)} logs, seed ${String(seed)})`,
    { timeout: 300_000 },
    async () => {
      let [partial, waiting] = [0, 0];
      for (const [n, log] of fc.sample(logs, { seed, numRuns: runs }).entries()) {
        const { loads } = log;
        const last = loads.at(-1)?.asOf ?? 0;
        const moments = [-1, ...new Set(loads.flatMap(({ asOf }) => [asOf, asOf + 1]))];
        const times = [
          -5,
          ...new Set(loads.flatMap(({ since }) => (since === undefined ? [] : [since - 1, since]))),
          40,
        ];
        const firsts = [undefined, ...loads.keys()];
        const rows = moments
          .flatMap((k) => times.flatMap((t) => firsts.map((first): AppliedRow => ({ k, t, first }))))
          .filter((_, i) => i % 7 === n % 7);
        const expected = rows.map((row) => {
          const moment = naive(loads, row);
          const waits = moment === null && row.first !== undefined && row.k <= last;
          if (waits) waiting++;
          return [moment, waits];
        });
        if (!mayWait(log)) expect(expected.some(([, waits]) => waits === true)).toBe(false);
        expect(await applied(log, rows), `log ${String(n)} of seed ${String(seed)}: ${JSON.stringify(loads)}`).toEqual(
          expected,
        );
        if (loads.some(({ since }) => since !== undefined)) partial++;
      }
      expect(partial).toBeGreaterThan(runs / 3);
      expect(waiting).toBeGreaterThan(runs);
    },
  );

  it("is the same text as ever where every load took in all", () => {
    const log = logOf([
      { asOf: 10, appliedAt: 10 },
      { asOf: 20, appliedAt: 21 },
      { asOf: 30, appliedAt: 31 },
    ]);
    expect([undefined, 0, 1, 2].map((first) => sinceSql(log, first))).toEqual([
      "null::bigint",
      "-4611686018427387904::bigint",
      "21::bigint",
      "31::bigint",
    ]);
    expect(appliedSql(log, "k", "t", "since")).toBe(
      "case when since is not null and k <= 30 then greatest(since, case when k <= 20 then case when k <= 10 then k else 21::bigint end else 31::bigint end) end",
    );
    expect(appliedSql(logOf([]), "k", "t", "since")).toBe("null::bigint");
  });

  it("asks the loads of every day, each since the day before, in one search", () => {
    const days = Array.from({ length: 300 }, (_, i) => ({
      asOf: i,
      appliedAt: i,
      ...(i === 0 ? {} : { since: i - 1 }),
    }));
    expect(appliedSql(logOf(days), "k", "t", "since").match(/since\.at\d+/g)).toEqual(["since.at0", "since.at0"]);
  });
});

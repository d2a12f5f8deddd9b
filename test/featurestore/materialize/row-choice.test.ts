import path from "node:path";
import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import { compile, parseProject, type ProjectPlan } from "../../../src/dsl/index.ts";
import type { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { encodeKey } from "../../../src/featurestore/online/codec/index.ts";
import type { LoadCounts } from "../../../src/featurestore/online/index.ts";
import type { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { eachInSampleHome } from "../online/sample-home.ts";
import { noon } from "../online/sample-project.ts";

let folder: string;
let engine: Engine;
let store: LmdbStore;
eachInSampleHome(
  (home) => {
    ({ folder, engine, store } = home);
  },
  () => store,
);

/** The same rows in two files: those of a CSV are not looked at before they are read, and are always compared. */
const text = `entity shop (town: string, number: int)
snapshot columnar { parquet "states.parquet" known known_at at since deleted gone
  columns (town: string, number: int, since: timestamp, known_at: timestamp, state: string, stock: int, price: float, gone: bool) }
snapshot lines { csv "states.csv" known known_at at since deleted gone
  columns (town: string, number: int, since: timestamp, known_at: timestamp, state: string, stock: int, price: float, gone: bool) }
table places { parquet "places.parquet" columns (town: string, number: int, state: string) }
table listed { csv "places.csv" columns (town: string, number: int, state: string) }
group shop:columnar from columnar by town, number { state stock price }
group shop:lines from lines by town, number { state stock price }
group shop:places from places by town, number { state }
group shop:listed from listed by town, number { state }`;

function planOf(): ProjectPlan {
  const { plan, diagnostics } = compile(parseProject([{ path: "p.tondo", text }]), new Map());
  if (plan === undefined) throw new Error(JSON.stringify(diagnostics));
  return plan;
}

interface Row {
  readonly town: string;
  readonly number: number;
  readonly hours: number;
  readonly known: number;
  readonly state: string | null;
  readonly stock: number | null;
  readonly price: number | null;
  readonly gone: boolean;
}

const row: fc.Arbitrary<Row> = fc.record({
  town: fc.constantFrom("Oslo", "\u00c5lesund", "a town of a long name", "a town of a longer name"),
  number: fc.integer({ min: -1, max: 2 }),
  hours: fc.integer({ min: -3, max: 3 }),
  // Some are not known yet.
  known: fc.constantFrom(-1, -1, -1, 1),
  state: fc.option(fc.constantFrom("open", "closed for a long time")),
  stock: fc.option(fc.integer()),
  price: fc.option(fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 8)),
  gone: fc.boolean(),
});
const keyOf = ({ town, number }: Row): Uint8Array => encodeKey(["string", "int"], [town, number]);
const byKey = (a: Row, b: Row): number => Buffer.compare(keyOf(a), keyOf(b));
const isSeen = ({ known }: Row): boolean => known < 0;
const form = fc.constantFrom("any", "once", "sorted");
const rows = fc.tuple(form, fc.array(row, { minLength: 1, maxLength: 12 })).map(([how, all]) => {
  if (how === "any") return all;
  const seen = new Map(all.filter(isSeen).map((one) => [Buffer.from(keyOf(one)).toString("latin1"), one]));
  // What is not seen yet stands in nobody's way.
  const once = [...seen.values(), ...all.filter((one) => !isSeen(one))];
  return how === "once" ? once : once.toSorted((a, b) => Number(isSeen(b)) - Number(isSeen(a)) || byKey(a, b));
});

async function write(all: readonly Row[]): Promise<void> {
  const literal = (value: string | number | boolean | null): string =>
    typeof value === "string" ? `'${value}'` : String(value);
  const at = (hours: number): string => `make_timestamp(${String(noon)} + ${String(hours)} * 3600000000)`;
  const values = all.map(
    (one) =>
      `(${[one.town, one.number].map(literal).join(", ")}::bigint, ${at(one.hours)}, ${at(one.known)}, ` +
      `${literal(one.state)}::varchar, ${literal(one.stock)}::bigint, ${literal(one.price)}::double, ${literal(one.gone)}::boolean)`,
  );
  const select = `select * from (values ${values.join(", ")}) t(town, number, since, known_at, state, stock, price, gone)`;
  for (const [name, what] of [
    ["states", select],
    ["places", `select town, number, state from (${select}) where known_at < make_timestamp(${String(noon)})`],
  ] as const)
    for (const format of ["parquet", "csv"])
      await engine.run(`copy (${what}) to '${path.join(folder, `${name}.${format}`)}' (format ${format})`, "writing");
}

/** What the store holds of the keys in a group, and what its load counted. */
function loaded(group: string, all: readonly Row[]): { records: (string | undefined)[]; counts: LoadCounts } {
  const view = store.view([group]);
  try {
    const pointer = view.pointer(group);
    if (pointer === undefined) throw new Error("not loaded");
    const records: (string | undefined)[] = [];
    void view.read(group, pointer.generation, all.map(keyOf), (i, record) => {
      records[i] = record === undefined ? undefined : Buffer.from(record).toString("hex");
    });
    return { records, counts: pointer.counts };
  } finally {
    view.close();
  }
}

/** How the rows of a load are to be read. */
function expectedOf(all: readonly Row[]): "compared" | "sorted" | "as they come" {
  const order = all.slice(1).map((one, i) => byKey(all[i] ?? one, one));
  if (order.every((sign) => sign < 0)) return "as they come";
  return new Set(all.map((one) => Buffer.from(keyOf(one)).toString("latin1"))).size === all.length
    ? "sorted"
    : "compared";
}

it("rows that are only read, those that are sorted and those that are compared make the same records", async () => {
  const project = planOf();
  const chunks = vi.spyOn(engine, "chunks");
  const chosen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(rows, async (all) => {
      await write(all);
      chunks.mockClear();
      const { groups } = await materialize({ project, folder, home: folder, store, engine, asOf: BigInt(noon) });
      expect(loaded("shop:columnar", all)).toEqual(loaded("shop:lines", all));
      const seen = all.filter(isSeen);
      expect(loaded("shop:columnar", all).counts.rows).toBe(seen.length);
      if (seen.length > 0) {
        const places = loaded("shop:places", all);
        expect(places).toEqual(loaded("shop:listed", all));
        // A row of a table is of no time, nor ever becomes known.
        const found = places.records.flatMap((record) => (record === undefined ? [] : Buffer.from(record, "hex")));
        const times = found.map((record) => [record.readDoubleLE(24), record.readDoubleLE(32)]);
        expect(times.flat().every((moment) => moment === -Infinity)).toBe(true);
        expect(times.length).toBeGreaterThan(0);
      }
      const found = chunks.mock.calls.map(([sql]) =>
        sql.includes("max(struct_pack") ? "compared" : sql.includes("order by key0") ? "sorted" : "as they come",
      );
      const anew = groups.filter(({ status }) => status === "loaded").map(({ group }) => group);
      const isLookedAt = (group: string): boolean => group === "shop:columnar" || group === "shop:places";
      expect(found).toEqual(anew.map((group) => (isLookedAt(group) ? expectedOf(seen) : "compared")));
      chosen.set(expectedOf(seen), (chosen.get(expectedOf(seen)) ?? 0) + 1);
    }),
    { seed: 44, numRuns: 40 },
  );
  expect([...chosen.values()].every((count) => count >= 5)).toBe(true);
  expect(chosen.size).toBe(3);
});

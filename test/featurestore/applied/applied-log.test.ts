import { describe, expect, it } from "vitest";
import type { SourcePlan } from "../../../src/dsl/index.ts";
import {
  type AppliedFile,
  type AppliedLog,
  appliedRows,
  decodeLog,
  encodeLog,
  goesOn,
  isLogOf,
  logUntil,
  withLoad,
  withoutClock,
  withWritten,
} from "../../../src/featurestore/applied/index.ts";

const source: SourcePlan = {
  name: "orders",
  kind: "events",
  transports: [{ format: "parquet", path: "orders/*.parquet" }],
  at: { node: "column", type: "timestamp", name: "at" },
  columns: { at: "timestamp", n: "int" },
};

const file = (path: string, sha256 = path): AppliedFile => ({ path, bytes: 1, sha256 });

function logOf(...loads: readonly (readonly [number, readonly AppliedFile[]])[]): AppliedLog {
  let log: AppliedLog | undefined;
  for (const [asOf, files] of loads) log = withLoad(log, { source, asOf, appliedAt: asOf, files });
  if (log === undefined) throw new Error("no load");
  return log;
}

const asRead = (...files: readonly AppliedFile[]): Parameters<typeof appliedRows>[1] =>
  files.map((digest) => ({ path: `/data/${digest.path}`, digest }));

describe("the log of what was applied", () => {
  it("holds of each load the files that none before it had", () => {
    const log = logOf([10, [file("a")]], [20, [file("a"), file("b")]], [20, [file("a"), file("b"), file("c")]]);
    expect(log.loads).toEqual([
      { asOf: 10, appliedAt: 10, files: [file("a")] },
      { asOf: 20, appliedAt: 20, files: [file("b")] },
      { asOf: 20, appliedAt: 20, files: [file("c")] },
    ]);
    expect(decodeLog(encodeLog(log))).toEqual(log);
  });

  it("keeps by the clock when its last load was written, which no join looks at", () => {
    const log = logOf([10, [file("a")]], [20, [file("b")]]);
    const written = withWritten(log, { writtenAt: 25, appliedAt: 26 });
    expect(written.loads.map(({ writtenAt }) => writtenAt)).toEqual([undefined, 25]);
    expect(written.loads.map(({ appliedAt }) => appliedAt)).toEqual([10, 26]);
    expect(decodeLog(encodeLog(written))).toEqual(written);
    const next = withLoad(written, { source, asOf: 30, appliedAt: 30, files: [] });
    expect(next.loads.map(({ writtenAt }) => writtenAt)).toEqual([undefined, 25, undefined]);
    expect(withoutClock(withWritten(log, { writtenAt: 25, appliedAt: 20 }))).toEqual(log);
  });

  it("begins anew where a load goes back, and where the source is read otherwise", () => {
    const log = logOf([10, [file("a")]], [20, [file("b")]]);
    expect(withLoad(log, { source, asOf: 19, appliedAt: 19, files: [file("b")] }).loads).toHaveLength(1);
    const other: SourcePlan = { ...source, transports: [{ format: "parquet", path: "orders/*.parquet", lag: 1 }] };
    expect(isLogOf(log, source)).toBe(true);
    expect(isLogOf(log, other)).toBe(false);
    expect(withLoad(log, { source: other, asOf: 30, appliedAt: 30, files: [file("a")] }).loads).toEqual([
      { asOf: 30, appliedAt: 30, files: [file("a")] },
    ]);
    const wider: SourcePlan = { ...source, columns: { ...source.columns, city: "string?" } };
    expect(isLogOf(log, wider)).toBe(true);
  });

  it("knows files by their path, moved ones by their bytes, and says which were rewritten or never read", () => {
    const log = logOf([10, [file("a"), file("b")]], [20, [file("a"), file("b", "b2"), file("c")]]);
    const rows = appliedRows(log, asRead(file("a"), file("b", "b2"), file("moved", "c"), file("new"), file("a2", "a")));
    expect([...rows.firstLoads]).toEqual([
      ["/data/a", 0],
      ["/data/b", 0],
      ["/data/moved", 1],
    ]);
    expect(rows.rewritten).toEqual(["b"]);
    expect(rows.gone).toEqual([]);
    expect(appliedRows(log, asRead(file("a"), file("moved", "c"))).gone).toEqual(["b"]);
    // A copy of a file beside it holds rows of its own.
    expect(rows.notApplied).toEqual(["new", "a2"]);
  });

  it("is of as much as can matter to rows that ask until then", () => {
    const log = logOf([10, [file("a")]], [20, [file("a"), file("b")]]);
    expect(logUntil(log, [file("a")], 10)).toBeUndefined();
    // Rows that become known after the load are seen no more from then on, and a file of a later load never.
    expect(logUntil(log, [file("a")], 11)?.loads).toEqual(log.loads.slice(0, 1));
    expect(logUntil(log, [file("a"), file("b")], 10)?.loads).toEqual(log.loads.slice(0, 1));
    // Those of the first load are known when they say, before it too.
    expect(logUntil(log, [file("a"), file("b")], 9)?.loads).toEqual(log.loads.slice(0, 1));
    expect(logUntil(log, [file("a"), file("b")], 20)).toEqual(log);
  });

  it("says since when a load took rows in where that was not all", () => {
    const first = logOf([10, [file("a")]]);
    const log = withLoad(first, { source, asOf: 20, appliedAt: 20, files: [file("a"), file("b")], since: 15 });
    expect(log.loads).toEqual([
      { asOf: 10, appliedAt: 10, files: [file("a")] },
      { asOf: 20, appliedAt: 20, files: [file("b")], since: 15 },
    ]);
    expect(decodeLog(encodeLog(log))).toEqual(log);
    expect(withoutClock(withWritten(log, { writtenAt: 25, appliedAt: 20 }))).toEqual(log);
    expect(logUntil(log, [file("a"), file("b")], 20)).toEqual(log);
    // Where it was read says nothing of whether its rows were taken in.
    expect(appliedRows(log, asRead(file("b"))).notApplied).toEqual([]);
    const next = withLoad(log, { source, asOf: 30, appliedAt: 30, files: [file("b")] });
    expect(next.loads.map(({ since }) => since)).toEqual([undefined, 15, undefined]);
    expect(goesOn(log, { source, asOf: 20, appliedAt: 20 })).toBe(true);
    expect(goesOn(log, { source, asOf: 19, appliedAt: 19 })).toBe(false);
    expect(goesOn(log, { source: { ...source, name: "others" }, asOf: 30, appliedAt: 30 })).toBe(false);
    expect(goesOn({ ...log, loads: [] }, { source, asOf: 30, appliedAt: 30 })).toBe(false);
  });

  it("is refused where it is damaged", () => {
    const load = '{"appliedAt":1,"asOf":1,"files":[]';
    const damaged = [`${load},"since":0}`, `${load}},${load},"since":"0"}`, `${load}},${load},"since":null}`];
    expect(
      decodeLog(new TextEncoder().encode(`{"version":1,"source":"s","loads":[${load}},${load},"since":0}]}`)).loads,
    ).toHaveLength(2);
    for (const text of [
      ...["", "{", "null", '{"version":2}', '{"version":1,"source":"s","loads":[{}]}'],
      ...damaged.map((loads) => `{"version":1,"source":"s","loads":[${loads}]}`),
    ])
      expect(() => decodeLog(new TextEncoder().encode(text)), text).toThrow(
        expect.objectContaining({ code: "STORE_CORRUPT" }),
      );
  });
});

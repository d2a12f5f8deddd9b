import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vectorFingerprint, type VectorPlan } from "../../../src/dsl/index.ts";
import {
  type ConsistencyReport,
  consistencyText,
  type OutputConsistency,
  servedVectorFolder,
  type VectorConsistencyOptions,
} from "../../../src/featurestore/index.ts";
import { hiddenOutputs } from "../../../src/featurestore/consistency/hidden-outputs.ts";
import { expectConsistent, open } from "../../../src/index.ts";
import { fitOfVersion } from "../../../src/serving/index.ts";
import { loadedAt, type ServedProject, servedProject } from "../../serving/served-project.ts";
import { day, hour, type Row, start, writeRows } from "../offline/small-project.ts";
import {
  alterLog,
  type AskedRequest,
  logPredictions,
  logReads,
  type LoggedRow,
  writeServedLog,
} from "./write-served-log.ts";

let served: ServedProject;
let eta: VectorPlan;
let folder: string;
let rows: readonly LoggedRow[];
const again = loadedAt + BigInt(2 * day);

const requests = (from: bigint, n: number): readonly AskedRequest[] =>
  Array.from({ length: n }, (_, i) => ({
    keys: {
      store: ["r1", "r2", "r3", "r4", "r5", "new", null][i % 7] ?? null,
      other: ["r1", "r2", "r3"][i % 3] ?? null,
      town: ["bonn", "köln", "ulm", "Bonn"][i % 4] ?? null,
    },
    inputs: { km: i / 8, q: i % 5 === 0 ? null : i },
    at: from + BigInt(i * hour),
  }));

async function replayed(options: VectorConsistencyOptions = {}): Promise<ConsistencyReport> {
  return served.tondo.consistency("eta", { log: "log.parquet", ...options });
}

beforeAll(async () => {
  served = await servedProject({ engine: { threads: 1 }, served: { rate: 1 } });
  folder = served.small.folder;
  const { tondo } = served;
  const found = (await tondo.project()).vectors.find(({ name }) => name === "eta");
  if (found === undefined) throw new Error("no vector");
  eta = found;
  const before = await logPredictions(tondo, eta, "eta@champion", requests(loadedAt, 30), "a");
  // Orders that come late: they say that they were known, and no request saw them before the second load.
  const late = Array.from({ length: 40 }, (_, i): Row => ({
    ...{ ordered_at: start + 24 * day + i * hour, loaded_at: start + 24 * day + i * hour },
    ...{ store: `r${String(1 + (i % 5))}`, city: "Bonn", status: "done", minutes: i / 3, k: i % 9 },
  }));
  await writeRows(join(folder, "data/orders/c.parquet"), late);
  const between = await logPredictions(tondo, eta, "eta@champion", requests(loadedAt + BigInt(day), 10), "b");
  await tondo.materialize({ asOf: again });
  const after = await logPredictions(tondo, eta, "eta@champion", requests(again, 30), "c");
  const reads = await logReads(tondo, eta, requests(again + BigInt(hour), 10), "d");
  rows = [...before, ...between, ...after, ...reads];
  await writeServedLog(join(folder, "log.parquet"), eta, rows);
}, 120_000);
afterAll(() => served.close());

describe("consistency", { timeout: 120_000 }, () => {
  it("finds what was served and what is trained on the same, feature by feature and slot by slot", async () => {
    const steps: string[] = [];
    const progress = {
      start: (step: string, total?: number) => void steps.push(`${step} ${String(total)}`),
      update: () => undefined,
      finish: () => undefined,
    };
    const report = await replayed({ progress });
    expect(steps).toEqual([
      "reading the log of requests undefined",
      "joining features 6",
      `comparing ${String(eta.reads.length + eta.slots.length)}`,
    ]);
    expect(report.warnings).toEqual([]);
    expect([...report.features, ...report.slots].filter(({ compared, equal }) => compared !== equal)).toEqual([]);
    expect(report).toMatchObject({ vector: "eta", consistent: true, rows: 80, knowledge: "applied", tolerance: 0 });
    expect(report.features.map(({ name }) => name)).toEqual(eta.reads.map(({ id }) => id));
    expect(report.slots.map(({ name }) => name)).toEqual(eta.slots.map(({ name }) => name));
    for (const { compared, statusesDisagree } of report.features) expect([compared, statusesDisagree]).toEqual([80, 0]);
    for (const { compared, statusesDisagree } of report.slots) expect([compared, statusesDisagree]).toEqual([70, null]);
    expect(report.notCompared).toEqual([]);
  });

  it("finds one value changed by one ulp, where it is, and how far off", async () => {
    const id = "store__store__kitchen__mean_7d";
    const at = rows.findIndex((row) => typeof row[id] === "number" && row[id] !== 0);
    const value = Number(rows[at]?.[id]);
    const next = value + value * Number.EPSILON;
    expect(next).not.toBe(value);
    const altered = rows.map((row, i) => (i === at ? { ...row, [id]: next } : row));
    await writeServedLog(join(folder, "ulp.parquet"), eta, altered);
    const report = await replayed({ log: "ulp.parquet" });
    expect(report.consistent).toBe(false);
    const wrong = [...report.features, ...report.slots].filter(({ equal, compared }) => equal < compared);
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatchObject({
      ...{ name: id, feature: "store:kitchen:mean_7d", compared: 80, equal: 79, differing: 1, beyond: 1, uncovered: 0 },
      ...{ missingInLog: 0, missingInTraining: 0, statusesDisagree: 0, largestDifference: next - value },
      examples: [
        {
          ...{ kind: "differing", requestId: rows[at]?.["request_id"], at: rows[at]?.["requested_at"], covered: true },
          keys: { store: rows[at]?.["key__store"], other: rows[at]?.["key__other"], town: rows[at]?.["key__town"] },
          values: { logged: next, replayed: value },
        },
      ],
    });
    expect(wrong[0]?.largestRelative).toBe((next - value) / next);
    expect(consistencyText(report)).toContain(`served ${String(next)}, training gives ${String(value)}`);
    // As much is let pass as was asked for.
    expect(await replayed({ log: "ulp.parquet", tolerance: 1e-12 })).toMatchObject({ consistent: true });
    // A status alone is enough.
    await alterLog(join(folder, "log.parquet"), join(folder, "status.parquet"), {
      [`status__${id}`]: `case when request_id = 'a0' then 'expired' else status__${id} end`,
    });
    const status = await replayed({ log: "status.parquet" });
    expect(status.features.filter(({ equal, compared }) => equal < compared)).toEqual([]);
    expect(status.consistent).toBe(false);
    expect(consistencyText(status)).toContain(`${id}: 0 of 80 rows differ, 1 status disagrees`);
  });

  it("tells values that are missing on one side, -0 from 0, and statuses that say otherwise", async () => {
    const [n, mean, cuisine] = ["n_1d", "mean_7d"].map((name) => `store__store__kitchen__${name}`);
    const rating = "store__store__profile__rating";
    const path = join(folder, "log.parquet");
    const own = (id: string, sql: string, other: string): string =>
      `case when request_id in ('a1', 'a2') then ${sql} else ${other || `"${id}"`} end`;
    const quoted = (id = ""): string => `"${id}"`;
    await alterLog(path, join(folder, "other.parquet"), {
      [n ?? ""]: own(n ?? "", "null", ""),
      [`status__${n ?? ""}`]: own(`status__${n ?? ""}`, "'missing'", ""),
      // A new store has no mean: one that the log has is missing in training.
      [mean ?? ""]: `case when request_id = 'a5' then 7.5 else ${quoted(mean)} end`,
      [`status__${mean ?? ""}`]: `case when request_id = 'a3' then 'not_found' else ${quoted(`status__${mean ?? ""}`)} end`,
      slot__km: `case when slot__km = 0 then -0.0::double else slot__km end`,
      [`status__${rating}`]: `case when request_id = 'c4' then 'present' else ${quoted(`status__${rating}`)} end`,
      slot__busy: "not slot__busy",
    });
    expect(cuisine).toBeUndefined();
    const report = await replayed({ log: "other.parquet" });
    const { features, slots } = report;
    const of = (name = ""): OutputConsistency | undefined => [...features, ...slots].find((one) => one.name === name);
    expect(of(n)).toMatchObject({
      equal: 78,
      missingInLog: 2,
      missingInTraining: 0,
      differing: 0,
      statusesDisagree: 2,
    });
    expect(of(n)?.examples.map(({ requestId, kind }) => [requestId, kind])).toEqual([
      ["a1", "missing_in_log"],
      ["a2", "missing_in_log"],
    ]);
    expect(of(mean)).toMatchObject({ equal: 79, missingInLog: 0, missingInTraining: 1, statusesDisagree: 1 });
    expect(of(mean)?.examples[0]?.values).toEqual({ logged: 7.5, replayed: null });
    const zeros = rows.filter((row) => row["slot__km"] === 0).length;
    expect(zeros).toBe(3);
    expect(of("km")).toMatchObject({ differing: zeros, beyond: zeros, largestDifference: 0, largestRelative: 0 });
    expect(consistencyText(report)).toContain("served -0, training gives 0");
    const busy = rows.filter((row) => typeof row["slot__busy"] === "boolean").length;
    expect(of("busy")).toMatchObject({ differing: busy, largestDifference: null, beyond: busy });
    const present = rows.find((row) => row["request_id"] === "c4")?.[`status__${rating}`];
    expect(of(rating)?.statusesDisagree).toBe(present === "present" ? 0 : 1);
  });

  it("is not deceived by a row that the log lacks or has twice", async () => {
    const path = join(folder, "log.parquet");
    await writeServedLog(join(folder, "twice.parquet"), eta, [...rows.slice(1), ...rows.slice(1)]);
    expect(await replayed({ log: "twice.parquet" })).toMatchObject({ consistent: true, rows: 158 });
    // One that stands under another request's keys is another answer.
    await alterLog(path, join(folder, "moved.parquet"), {
      key__store: "case when request_id = 'a0' then 'r2' else key__store end",
    });
    const moved = await replayed({ log: "moved.parquet" });
    expect(moved.consistent).toBe(false);
    expect(moved.features.flatMap(({ examples }) => examples.map(({ requestId }) => requestId))).toContain("a0");
    expect(new Set(moved.features.flatMap(({ examples }) => examples.map(({ requestId }) => requestId)))).toEqual(
      new Set(["a0"]),
    );
  });

  it("takes a period, and so many requests by a hash: the same ones each time", async () => {
    const since = loadedAt + BigInt(5 * hour);
    const until = loadedAt + BigInt(9 * hour);
    const some = await replayed({ since, until });
    expect(some).toMatchObject({
      rows: 4,
      since: Number(since),
      until: Number(until),
      first: Number(since),
      consistent: true,
    });
    const sample = await replayed({ rows: 12 });
    expect(sample).toMatchObject({ rows: 12, consistent: true, leftOut: { unsampled: 68 } });
    // Of all times, and not the first of the log.
    expect(Number(sample.last) - Number(sample.first)).toBeGreaterThan(day);
    await writeServedLog(join(folder, "reversed/b.parquet"), eta, rows.slice(0, 40).toReversed());
    await writeServedLog(join(folder, "reversed/a.parquet"), eta, rows.slice(40).toReversed());
    const reversed = await replayed({ rows: 12, log: "reversed/*.parquet" });
    expect([reversed.first, reversed.last]).toEqual([sample.first, sample.last]);
    expect(reversed.slots.map(({ compared }) => compared)).toEqual(sample.slots.map(({ compared }) => compared));
  });

  it("says that nothing was compared, and does not take that for agreement", async () => {
    const none = await replayed({ since: "2100-01-01T00:00:00Z" });
    expect(none).toMatchObject({ consistent: false, rows: 0, features: [], warnings: [{ code: "nothing-logged" }] });
    await alterLog(join(folder, "log.parquet"), join(folder, "away.parquet"), {
      ...Object.fromEntries(eta.reads.map(({ id }) => [`status__${id}`, "'unavailable'"])),
      ...Object.fromEntries(eta.reads.map(({ id }) => [id, "null"])),
    });
    const away = await replayed({ log: "away.parquet", rows: 5 });
    expect(away.features.every(({ compared, unavailable }) => compared === 0 && unavailable === 5)).toBe(true);
    // What is made of the request alone can still be compared.
    expect(away.slots.filter(({ compared }) => compared > 0).map(({ name }) => name)).toEqual(["km", "q", "h"]);
    expect(away.warnings.map(({ code }) => code)).toEqual(["unavailable"]);
    await expect(replayed({ log: "nothing/*.parquet" })).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    // The home keeps no log.
    expect(await served.tondo.consistency("eta")).toMatchObject({ consistent: false, rows: 0 });
  });

  it("leaves out what other definitions and vectors served, and says how much", async () => {
    const path = join(folder, "log.parquet");
    await alterLog(path, join(folder, "mixed/a.parquet"), {});
    await alterLog(
      path,
      join(folder, "mixed/b.parquet"),
      { fingerprint: "'0123456789abcdef'" },
      "request_id like 'a%'",
    );
    await alterLog(path, join(folder, "mixed/c.parquet"), { vector: "'plain'" }, "request_id like 'b%'");
    await alterLog(path, join(folder, "mixed/d.parquet"), { requested_at: "null::timestamp" }, "request_id like 'c1%'");
    const report = await replayed({ log: "mixed/*.parquet" });
    expect(report).toMatchObject({ consistent: true, rows: 80 });
    expect(report.leftOut).toEqual({
      definitions: [{ fingerprint: "0123456789abcdef", rows: 30 }],
      otherVectors: 10,
      untimed: 11,
      unsampled: 0,
    });
    expect(report.warnings.map(({ code, rows: n }) => [code, n])).toEqual([
      ["other-definitions", 30],
      ["other-vectors", 10],
      ["untimed", 11],
    ]);
    await expect(replayed({ fingerprint: "0123456789" })).rejects.toMatchObject({ code: "UNKNOWN_VECTOR" });
    await expect(replayed({ fingerprint: "eta" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    // A log that cannot be read is not taken for none.
    const unreadable = join(served.tondo.home, "served");
    await writeFile(unreadable, "");
    await expect(replayed({ fingerprint: "0123456789" })).rejects.toMatchObject({ code: "IO_FAILED" });
    await expect(served.tondo.consistency("eta")).rejects.toMatchObject({ code: "IO_FAILED" });
    await rm(unreadable);
  });

  it("replays what something else wrote, as far as it goes, and says what it lacks", async () => {
    const path = join(folder, "foreign.parquet");
    const lacking = ["fingerprint", "vector", "request_id", "model_version", "logged_at", "input__q", "slot__both"];
    const predicted = rows.filter((row) => row["model_version"] !== undefined);
    await writeServedLog(path, eta, predicted, (columns) =>
      columns.filter(({ name, role }) => !lacking.includes(name) && role !== "status"),
    );
    const report = await replayed({ log: path });
    expect(report).toMatchObject({ consistent: true, rows: 70, warnings: [{ code: "no-fingerprint", rows: 70 }] });
    expect(report.features.every(({ statusesDisagree }) => statusesDisagree === null)).toBe(true);
    const reasons = Object.fromEntries(report.notCompared.map(({ name, reason }) => [name, reason]));
    expect(Object.keys(reasons)).toEqual(["both", "q", "n", "m", "load", "rating"]);
    expect(reasons["q"]).toMatch(/does not hold "q"/);
    // A file that has all of it beside it changes nothing for its own rows.
    await writeServedLog(join(folder, "two/b.parquet"), eta, rows);
    await writeServedLog(join(folder, "two/a.parquet"), eta, rows, (columns) =>
      columns.filter(({ name }) => name !== "input__q" && name !== "slot__q"),
    );
    expect(await replayed({ log: "two/*.parquet" })).toMatchObject({ rows: 160 });
    const without = async (name: string): Promise<unknown> => {
      await writeServedLog(path, eta, rows, (columns) => columns.filter((one) => one.name !== name));
      return replayed({ log: path }).catch((error: unknown) => error);
    };
    expect(await without("key__town")).toMatchObject({ code: "ROWS_INVALID", message: /key__town/ });
    expect(await without("requested_at")).toMatchObject({ code: "ROWS_INVALID", message: /requested_at/ });
    await writeServedLog(path, eta, [], (columns) =>
      columns.map((one) => (one.name === "key__store" ? { ...one, kind: "float" } : one)),
    );
    expect(await replayed({ log: path })).toMatchObject({ rows: 0 });
    await alterLog(join(folder, "log.parquet"), path, { key__store: "1.5::double" });
    await expect(replayed({ log: path })).rejects.toMatchObject({ code: "ROWS_INVALID", message: /key__store/ });
  });

  it("shows no value of what is named as pii, nor of what is made from it", async () => {
    await alterLog(join(folder, "log.parquet"), join(folder, "pii.parquet"), {
      store__store__kitchen__mean_7d: "store__store__kitchen__mean_7d + 1",
      store__store__profile__rating: "store__store__profile__rating + 1",
      slot__m: "slot__m + 1",
      slot__km: "slot__km + 1",
    });
    const report = await replayed({ log: "pii.parquet", pii: ["store", "minutes", "km"] });
    const of = (name: string): OutputConsistency | undefined =>
      [...report.features, ...report.slots].find((one) => one.name === name);
    for (const name of ["store__store__kitchen__mean_7d", "m", "km"]) {
      expect(of(name)?.differing).toBeGreaterThan(10);
      expect(of(name)).toMatchObject({ largestDifference: null, largestRelative: null });
      for (const example of of(name)?.examples ?? []) expect(Object.keys(example)).not.toContain("values");
    }
    const [example] = of("store__store__profile__rating")?.examples ?? [];
    expect(example?.values).toBeDefined();
    expect(Object.keys(example?.keys ?? {})).toEqual(["other", "town"]);
    const own = hiddenOutputs(eta, ["store:profile:rating", "town__town__place__lat", "lastk"]);
    expect([...own]).toEqual(["store__store__profile__rating", "town__town__place__lat", "lastk", "rating", "lat"]);
  });

  it("compares nothing that is made from what the log withholds", async () => {
    const lat = "town__town__place__lat";
    const report = await replayed({ withheld: ["key__store", lat, "input__q"] });
    expect(report).toMatchObject({ consistent: true, rows: 80 });
    expect(report.features.map(({ name }) => name)).toEqual([
      "other__store__kitchen__mean_7d",
      "town__town__load__sum_2d",
    ]);
    expect(report.slots.map(({ name }) => name)).toEqual(["m2", "load", "lat", "km", "h"]);
    const reasons = Object.fromEntries(report.notCompared.map(({ name, reason }) => [name, reason]));
    expect(reasons["store__store__kitchen__n_1d"]).toBe('the log does not hold "store", which its key is made of');
    expect(reasons[lat]).toBe(`the log does not hold its column "${lat}"`);
    expect(reasons["q"]).toBe('the log does not hold "q", which it is computed from');
  });

  it("is expected of predictions by a project's own tests", async () => {
    const asked = requests(again, 8).map(({ keys, inputs = {} }) => ({ keys, inputs }));
    const options = { model: "eta@champion", at: again + BigInt(hour) };
    const report = await expectConsistent(served.tondo, "eta", asked, options);
    expect(report).toMatchObject({ consistent: true, rows: 8, notCompared: [] });
    expect(report.slots.map(({ compared }) => compared)).toEqual(eta.slots.map(() => 8));
    // A fit is of one definition: by another one's slots are not computed.
    const { registry } = served.tondo;
    const version = String(rows[0]?.["model_version"]);
    expect(await fitOfVersion(registry, version, vectorFingerprint(eta))).toEqual(served.manifest.fitted);
    expect(await fitOfVersion(registry, version, "0".repeat(64))).toBeUndefined();
    expect(await fitOfVersion(registry, "no version", vectorFingerprint(eta))).toBeUndefined();
  });

  it("ends when it is told to, and takes no numbers that are none", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(replayed({ signal })).rejects.toMatchObject({ code: "ABORTED" });
    for (const wrong of [
      { rows: 0 },
      { rows: 1.5 },
      { tolerance: -1 },
      { tolerance: NaN },
      { tolerance: 1 },
      { examples: -1 },
    ])
      await expect(replayed(wrong), JSON.stringify(wrong)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(served.tondo.consistency("etta", {})).rejects.toMatchObject({ code: "UNKNOWN_VECTOR" });
  });
});

describe("what agreement was never promised for", { timeout: 120_000 }, () => {
  const codes = ({ warnings }: ConsistencyReport): readonly string[] => warnings.map(({ code }) => code);

  it("is by declared knowledge what was applied later than it says", async () => {
    const report = await replayed({ knowledge: "declared" });
    expect(report.consistent).toBe(false);
    expect(codes(report)).toEqual(expect.arrayContaining(["declared-knowledge"]));
    const wrong = report.features.filter(({ equal, compared }) => equal < compared);
    expect(wrong.map(({ name }) => name)).toContain("store__store__kitchen__n_1d");
    // Each difference is one that was to be expected, and is told as such.
    for (const { compared, equal, uncovered } of wrong) expect(uncovered).toBe(compared - equal);
  });

  it("is what was asked before the first load, or answered while one was made", async () => {
    const path = join(folder, "early.parquet");
    const isEarly = "request_id in ('a0', 'a1')";
    await alterLog(join(folder, "log.parquet"), path, {
      requested_at: `case when ${isEarly} then requested_at - interval 40 day else requested_at end`,
      // Both loads came later by the machine's clock than these answers.
      logged_at: "logged_at - interval 1 day",
    });
    const early = await replayed({ log: path });
    expect(early.warnings.find(({ code }) => code === "before-first-load")?.rows).toBe(2);
    expect(early.warnings.find(({ code }) => code === "during-load")?.rows).toBe(78);
    expect(early.warnings.find(({ code }) => code === "table-reloaded")?.rows).toBe(80);
    expect(early.features.every(({ compared, equal, uncovered }) => uncovered === compared - equal)).toBe(true);
    expect(early.features.some(({ uncovered }) => uncovered === 2)).toBe(true);
  });

  it("is what was served from another store", async () => {
    await using other = await open({ folder, home: "other-home" });
    await other.apply();
    const report = await other.consistency("eta", { log: "log.parquet" });
    expect(new Set(codes(report))).toEqual(new Set(["model-gone", "no-load"]));
    // All files are joined by what they say, and so with the orders that came late.
    expect(report.consistent).toBe(false);
    expect(report.slots).toEqual([]);
    expect(report.features.every(({ compared, equal, uncovered }) => uncovered === compared - equal)).toBe(true);
  });

  it("is found where a file was altered after the load, a table too, and told from the rest", async () => {
    const orders = join(folder, "data/orders/a.parquet");
    const towns = join(folder, "data/towns.csv");
    const [before, table] = [await readFile(orders), await readFile(towns, "utf8")];
    await alterLog(orders, join(folder, "altered.parquet"), { minutes: "minutes + 1" });
    await copyFile(join(folder, "altered.parquet"), orders);
    await writeFile(towns, table.replace("50.7", "50.8"));
    const report = await replayed();
    expect(report.consistent).toBe(false);
    expect(codes(report)).toEqual(expect.arrayContaining(["files-rewritten", "table-reloaded"]));
    expect(consistencyText(report)).toContain(`the file "data/orders/a.parquet" was rewritten`);
    const of = (name: string): OutputConsistency | undefined => report.features.find((one) => one.name === name);
    const mean = of("store__store__kitchen__mean_7d");
    expect(mean?.differing).toBeGreaterThan(5);
    expect(mean?.uncovered).toBe(mean?.differing);
    expect(mean?.examples).toHaveLength(3);
    expect(of("town__town__place__lat")).toMatchObject({ largestDifference: 50.8 - 50.7 });
    expect(of("store__store__profile__rating")).toMatchObject({ uncovered: 0, differing: 0 });
    const covered = await replayed({ coveredOnly: true });
    expect(covered.consistent).toBe(true);
    expect(covered.features.find(({ name }) => name === mean?.name)).toMatchObject({ compared: 0, leftOut: 80 });
    await writeFile(orders, before);
    await writeFile(towns, table);
  });
});

describe("the log that the home keeps", { timeout: 120_000 }, () => {
  it("is replayed by the definition in force, or by that which it was served by", async () => {
    const { tondo } = served;
    // All of it has been logged as it was served, but for what tests ask.
    expect(await tondo.served.compact()).toMatchObject({ rows: 80 });
    await writeFile(join(servedVectorFolder(tondo.home, "eta", vectorFingerprint(eta)), "other.parquet"), "no parquet");
    const kept = await tondo.consistency("eta");
    expect(kept).toMatchObject({ consistent: true, rows: 80, warnings: [], notCompared: [] });
    expect(kept.slots.map(({ compared }) => compared)).toEqual(eta.slots.map(() => 70));
    // What was pushed belongs to what that definition was served, too.
    const order = { ordered_at: new Date(), store: "r1", city: "BONN", status: "DONE", minutes: 9, k: 7 };
    const { appliedAt } = await (await tondo.features()).push("orders", [order]);
    const [pushed] = await logPredictions(tondo, eta, "eta@champion", requests(BigInt(appliedAt), 1), "p");
    expect(pushed?.["store__store__kitchen__mean_7d"]).toBe(9);
    expect(await tondo.served.compact()).toMatchObject({ rows: 1 });
    const file = join(folder, "eta.tondo");
    await writeFile(file, (await readFile(file, "utf8")).replace("km     = km | log1p", "km     = km"));
    await tondo.apply({ replace: true });
    expect(await tondo.consistency("eta")).toMatchObject({
      ...{ consistent: false, rows: 0 },
      leftOut: { definitions: [{ fingerprint: vectorFingerprint(eta), rows: 81 }] },
    });
    const before = await tondo.consistency("eta", { fingerprint: vectorFingerprint(eta).slice(0, 8) });
    expect(before).toMatchObject({ consistent: true, rows: 81, fingerprint: vectorFingerprint(eta) });
    expect(before.slots.map(({ compared }) => compared)).toEqual(eta.slots.map(() => 71));
  });
});

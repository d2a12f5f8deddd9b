import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exampleHops, exampleNumbers, filledTiles, recordBytes, tileBytes } from "../../benchmarks/scaling/model.ts";
import { Agenda } from "../../benchmarks/scaling/simulation/agenda.ts";
import { Delays } from "../../benchmarks/scaling/simulation/delays.ts";
import { runHotKey } from "../../benchmarks/scaling/simulation/hot-key.ts";
import { ringLoad } from "../../benchmarks/scaling/simulation/ring.ts";
import { unreadShare, unreadShareInTheLongRun } from "../../benchmarks/scaling/simulation/storm.ts";
import { runStream, type StreamOutcome, type StreamRun } from "../../benchmarks/scaling/simulation/stream-run.ts";
import { harmonic, partShares } from "../../benchmarks/scaling/simulation/zipf.ts";
import { definitions } from "../../benchmarks/stream/events.ts";
import { encodeWindows, RecordBuffer } from "../../src/featurestore/online/codec/index.ts";
import { planLayout, tileShape, type WindowLayout } from "../../src/featurestore/online/group-layout.ts";
import { open } from "../../src/index.ts";
import { randomNumbers } from "../dsl/random-numbers.ts";

/** The layout of the example group. */
async function exampleLayout(): Promise<WindowLayout> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-scaling-"));
  try {
    await writeFile(join(folder, "shop.tondo"), definitions);
    await using tondo = await open({ folder });
    await tondo.apply();
    const { groups, sources } = await tondo.project();
    const [group, source] = [groups[0], sources[0]];
    if (group === undefined || source === undefined) throw new Error("no group");
    const { layout } = planLayout(group, source);
    if (layout.kind !== "windows") throw new Error("no windows");
    return layout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("the arithmetic", () => {
  it("has the tiles that the codec has, and their bytes", async () => {
    const { hops } = await exampleLayout();
    const shapes = hops.map(tileShape);
    expect(hops.map(({ hop, reach }) => ({ hopSeconds: hop / 1e6, tiles: reach / hop + 1 }))).toEqual(exampleHops);
    for (const { numbers, values } of shapes) expect([numbers, values]).toEqual([exampleNumbers, []]);
    const buffer = new RecordBuffer();
    const tiles = exampleHops.map(({ tiles: count }) => ({
      ...{ count, starts: new Float64Array(count), numbers: new Float64Array(count * exampleNumbers), values: [] },
    }));
    encodeWindows(buffer, tiles, shapes);
    // So many events that no tile is without.
    expect(recordBytes(1e6)).toBeCloseTo(buffer.end, 6);
    expect(tileBytes(exampleNumbers)).toBe(80);
  });

  it("has as many tiles with events as chance leaves", () => {
    const chance = randomNumbers(3);
    const [tiles, events, turns] = [169, 100, 400];
    let filled = 0;
    for (let turn = 0; turn < turns; turn++)
      filled += new Set(Array.from({ length: events }, () => Math.floor(chance() * tiles))).size;
    expect(filledTiles(tiles, events / tiles) / (filled / turns)).toBeCloseTo(1, 2);
  });
});

describe("the simulation", () => {
  const flush = { fixedMs: 10, msPerEvent: 0, deviation: 0, decisionMs: 0, leadMs: 0 };
  const run = (more: Partial<StreamRun>): StreamOutcome =>
    runStream({
      ...{ workers: 1, rates: [50], flush, maxDelayMs: 0, flushEvents: 1, together: 1 },
      ...{ seconds: 4000, warmUpSeconds: 100, seed: 5, ...more },
    });

  it("has one event at a time wait as the queue M/D/1 does", () => {
    for (const busy of [0.3, 0.5, 0.8]) {
      const waits = (busy * 10) / (2 * (1 - busy));
      const { delays, busiest } = run({ rates: [busy * 100] });
      expect((delays.mean - 10) / waits).toBeCloseTo(1, 1);
      expect(busiest).toBeCloseTo(busy, 1);
    }
  });

  it("has workers wait for each other in the order of a store as in that queue", () => {
    const order = { ...flush, fixedMs: 0, decisionMs: 1 };
    const busy = 0.6;
    const { delays } = run({ workers: 200, rates: new Array<number>(200).fill(3), flush: order, seconds: 500 });
    expect((delays.mean - 1) / (busy / (2 * (1 - busy)))).toBeCloseTo(1, 1);
  });

  it("has events wait for others for `maxDelayMs` at the most, and half of that on the average", () => {
    const { delays } = run({ rates: [2000], maxDelayMs: 500, flushEvents: 10_000, seconds: 500 });
    expect(delays.most).toBeLessThanOrEqual(511);
    expect(delays.mean).toBeGreaterThan(255);
    expect(delays.mean).toBeLessThan(265);
  });

  it("loses no event of a worker that dies, and has others go on", () => {
    const dies = { atSeconds: 200.003, alive: [1, 2], noticedSeconds: 30, pauseSeconds: 5 };
    const { delays, behindAtEnd } = run({ workers: 3, rates: [50, 20, 20], seconds: 600, changes: [dies] });
    expect(delays.most / 1000).toBeGreaterThan(34);
    expect(delays.most / 1000).toBeLessThan(36);
    expect(behindAtEnd).toBeLessThan(10);
  });

  it("keeps up with workers that come and go while it reads for as long as it is busy, and no longer", () => {
    const storm = (everySeconds: number): StreamOutcome =>
      run({
        ...{ rates: [50], seconds: 2000 },
        changes: Array.from({ length: 2000 / everySeconds }, (_, i) => ({
          ...{ atSeconds: i * everySeconds, alive: [0], noticedSeconds: 0, pauseSeconds: 5 },
        })),
      });
    expect(storm(20).behindAtEnd).toBeLessThan(500);
    expect(storm(8).behindAtEnd).toBeGreaterThan(10_000);
  });

  it("has nobody read for as long as the closed form says", () => {
    for (const everySeconds of [60, 10, 5]) {
      const storm = { everySeconds, pauseSeconds: 5 };
      const share = unreadShare({ ...storm, seconds: 1e6, seed: 2 });
      expect(share / unreadShareInTheLongRun(storm)).toBeCloseTo(1, 1);
    }
  });

  it("is the same for a seed, and another for others", () => {
    const mean = (seed: number): number => run({ seed, seconds: 300 }).delays.mean;
    expect(mean(1)).toBe(mean(1));
    expect(mean(1)).not.toBe(mean(2));
  });

  it("does what is put down for a time in the order of time", () => {
    const agenda = new Agenda();
    const done: number[] = [];
    const chance = randomNumbers(9);
    for (let i = 0; i < 500; i++) {
      const at = Math.floor(chance() * 100);
      agenda.at(at, () => done.push(at));
    }
    agenda.runUntil(50);
    expect(done).toEqual(done.toSorted((one, other) => one - other));
    expect(Math.max(...done)).toBeLessThan(50);
  });

  it("tells percentiles to a hundredth", () => {
    const delays = new Delays();
    for (let ms = 1; ms <= 1000; ms++) delays.add(ms, 2);
    expect(delays.at(0.5) / 500).toBeCloseTo(1, 1);
    expect(delays.at(0.99) / 990).toBeCloseTo(1, 1);
    expect([delays.mean, delays.most]).toEqual([500.5, 1000]);
  });
});

describe("keys of which some have most events", () => {
  it("have the sum of their shares by itself and by its integral", () => {
    expect(harmonic(1e9, 1)).toBeCloseTo(Math.log(1e9) + 0.577_215_665 + 0.5e-9, 6);
    expect(harmonic(4e6, 0)).toBeCloseTo(4e6, 3);
    let sum = 0;
    for (let i = 1; i <= 3e6; i++) sum += i ** -1.2;
    expect(harmonic(3e6, 1.2)).toBeCloseTo(sum, 6);
  });

  it("fall on all partitions, each with a share", () => {
    const shares = partShares(1e9, 1, 64, randomNumbers(1));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(Math.max(...shares)).toBeGreaterThan(1 / harmonic(1e9, 1));
  });

  it("keep a key's rows below the limit where they are folded, up to a rate", () => {
    const hot = { flushSeconds: 0.5, foldRows: 64, foldAfterSeconds: 60, maxRowsPerKey: 10_000, seconds: 3600 };
    // Those of a minute, and so many that they are folded.
    expect(runHotKey({ ...hot, rate: 50, folds: true })).toEqual({ mostRows: 3075, waitsAfterSeconds: undefined });
    expect(runHotKey({ ...hot, rate: 5000, folds: true }).waitsAfterSeconds).toBeUndefined();
    expect(runHotKey({ ...hot, rate: 9000, folds: true }).waitsAfterSeconds).toBe(1.5);
    expect(runHotKey({ ...hot, rate: 50, folds: false }).waitsAfterSeconds).toBe(200.5);
  });
});

it("a node that is gone leaves its reads to the others", () => {
  const ring = { tokens: 16, replicas: 3, keys: 1e9, s: 0, asked: 2, seed: 4 };
  for (const nodes of [6, 12]) {
    const { hottest, hottestAfter, meanAfter } = ringLoad({ ...ring, nodes });
    // The one that is gone was the hottest.
    expect(meanAfter).toBeCloseTo(nodes / (nodes - 1), 6);
    expect(hottest).toBeGreaterThan(1);
    expect(hottestAfter).toBeGreaterThan(meanAfter);
  }
});

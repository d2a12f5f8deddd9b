import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TypeName, Value } from "../../../src/core/index.ts";
import type { ProjectPlan } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { asKind, type ErasedKey, erasedKey } from "../../../src/featurestore/erase/erased-key.ts";
import type { EntityKeys } from "../../../src/featurestore/online/entity-keys.ts";
import {
  type Served,
  servedColumns,
  servedErasure,
  ServedLog,
  servedOf,
  type ServedPii,
} from "../../../src/featurestore/served/index.ts";
import { recoverJournals } from "../../../src/featurestore/served/recover.ts";
import { lasting, readServed } from "./read-served.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { wideAnswer, wideVector } from "./wide-vector.ts";

const start = Date.UTC(2026, 10, 22) * 1000;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => {
  engine.close();
});

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tondo-key-"));
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

const openEngine = (): Promise<Engine> => Promise.resolve(lasting(engine));
const served = (): Served => servedOf({ home, clock: () => start, openEngine, log: undefined });

/** Logs an answer for each of some keys of a vector of the kinds that its keys had: `shop` an int, `spot` a text and a date. */
async function leave(keys: readonly Readonly<Record<string, Value>>[], pii?: ServedPii): Promise<void> {
  const log = await ServedLog.open(home, { rate: 1, ...(pii === undefined ? {} : { pii }) }, () => start);
  const { served: answer } = wideAnswer(randomNumbers(1), start);
  const none = { shop: null, spot_place: null, spot_day: null };
  for (const own of keys)
    await log.vector(wideVector).add({ ...answer, columns: { ...answer.columns, ...none, ...own } });
  await log.close();
}

/** A key of an entity as it is defined now. */
function keyNow(entity: string, parts: readonly (readonly [string, TypeName])[], key: EntityKeys[string]): ErasedKey {
  const plan = { name: entity, key: parts.map(([name, type]) => ({ name, type })) };
  return erasedKey({ version: 1, entities: [plan] } as unknown as ProjectPlan, entity, key);
}

/** How many rows of a key are found before, are removed, and are found behind that; journals, sealed and public ones. */
async function erased(key: ErasedKey, pii?: ServedPii): Promise<readonly number[]> {
  const log = servedErasure({ home, openEngine, log: undefined, pii });
  const found = await log.scan(key);
  const removed = await log.erase(key);
  expect(await log.scan(key)).toBe(0);
  expect(await log.erase(key)).toBe(0);
  return [found, removed];
}

async function keysLeft(): Promise<readonly (readonly Value[])[]> {
  const { days } = await served().list();
  const rows = await readServed(
    engine,
    days.flatMap(({ files }) => files),
    servedColumns(wideVector),
  );
  return [...rows.values()]
    .map((row) => ["key__shop", "key__spot__place", "key__spot__day"].map((name) => row[name] ?? null))
    .sort((a, b) => Number(a[0]) - Number(b[0]));
}

describe("the rows of a key whose type has changed since they were logged", () => {
  it.each<[string, boolean]>([
    ["in a journal", false],
    ["in public files", true],
  ])("are those of the same digits, %s, and no key is SQL", async (_, isPublic) => {
    await leave([{ shop: 7 }, { shop: 1 }, { shop: 1029 }, { shop: 9223372036854775807n }]);
    if (isPublic) await served().compact();
    const now = (key: string): ErasedKey => keyNow("shop", [["shop", "string"]], key);
    for (const other of ["c-1029", "1 or true or 1", "0 or 1=1", "007", "7.0", "9223372036854775808", "", "'"])
      expect([other, await erased(now(other))]).toEqual([other, [0, 0]]);
    expect(await erased(now("7"))).toEqual([1, 1]);
    expect(await erased(now("9223372036854775807"))).toEqual([1, 1]);
    expect(await keysLeft()).toEqual([
      [1, null, null],
      [1029, null, null],
    ]);
  });

  it("are found by their places where its parts have other names, hold what they can, and are none where it has other parts", async () => {
    const spots = ["5", "x"].map((place) => ({ spot_place: place, spot_day: 3 }));
    await leave([...spots, { shop: 5 }]);
    await served().compact();
    const now = (place: TypeName, day: TypeName, key: EntityKeys[string]): Promise<readonly number[]> =>
      erased(
        keyNow(
          "spot",
          [
            ["site", place],
            ["on", day],
          ],
          key,
        ),
      );
    expect(await now("int", "bool", { site: 5, on: true })).toEqual([0, 0]);
    expect(await now("int", "int", { site: 5, on: 5_000_000_000 })).toEqual([0, 0]);
    expect(await now("int", "int", { site: 5, on: 2n ** 62n })).toEqual([0, 0]);
    expect(await erased(keyNow("spot", [["place", "string"]], "x"))).toEqual([0, 0]);
    const three = { place: "x", day: 3, hour: 1 };
    const parts = [
      ["place", "string"],
      ["day", "date"],
      ["hour", "int"],
    ] as const;
    expect(await erased(keyNow("spot", parts, three))).toEqual([0, 0]);
    expect(await now("int", "int", { site: 5, on: 3 })).toEqual([1, 1]);
    expect(await keysLeft()).toEqual([
      [null, "x", 3],
      [5, null, null],
    ]);
  });

  it("are known by the hash of the text that they were", async () => {
    const pii = { columns: new Set(["key__spot__place"]), hashKey: "a secret" };
    await leave(
      ["5", "6"].map((place) => ({ spot_place: place, spot_day: 3 })),
      pii,
    );
    const key = keyNow(
      "spot",
      [
        ["place", "int"],
        ["day", "date"],
      ],
      { place: 5, day: 3 },
    );
    expect(await erased(key, pii)).toEqual([1, 1]);
    expect(await keysLeft()).toHaveLength(1);
    expect(await readdir(join(home, "served-journal"))).toEqual([]);
  });
});

describe("the rows of a key that go on their way while they are counted", () => {
  /** An engine before whose first query of rows something happens. */
  const before = (happens: () => Promise<unknown>): (() => Promise<Engine>) => {
    let isOver = false;
    return () =>
      Promise.resolve(
        new Proxy(lasting(engine), {
          get: (target, member): unknown => {
            const value: unknown = Reflect.get(target, member, target);
            if (member !== "rows") return value;
            return async (...query: Parameters<Engine["rows"]>) => {
              if (!isOver) {
                isOver = true;
                await happens();
              }
              return engine.rows(...query);
            };
          },
        }),
      );
  };
  const seven = keyNow("shop", [["shop", "int"]], 7);
  const scan = (open: () => Promise<Engine>): Promise<number> =>
    servedErasure({ home, openEngine: open, log: undefined, pii: undefined }).scan(seven);

  it("are never overlooked: from journals to sealed parts to public files", async () => {
    // So that there are public files and sealed parts to look into before and behind what moves.
    await leave([{ shop: 1 }]);
    await served().compact();
    await leave([{ shop: 7 }]);
    expect(await scan(before(() => served().compact()))).toBeGreaterThan(0);
    expect(await scan(openEngine)).toBe(1);
    await leave([{ shop: 7 }]);
    const folder = join(home, "served-journal");
    await recoverJournals(folder);
    expect((await readdir(folder)).map((name) => name.slice(-7))).toEqual([".sealed"]);
    expect(await scan(before(() => served().compact()))).toBe(2);
    // Sealed parts that are compacted, and public files that grow too old, between being listed and being read.
    await leave([{ shop: 7 }]);
    await recoverJournals(folder);
    expect(await scan(before(() => served().compact({ keepDays: 1 })))).toBe(3);
    const tomorrow = servedOf({ home, clock: () => start + 2 * 86_400_000_000, openEngine, log: undefined });
    expect(await scan(before(() => tomorrow.compact({ keepDays: 1 })))).toBe(0);
  });

  it("are not taken for none where they cannot be read", async () => {
    await leave([{ shop: 7 }]);
    const folder = join(home, "served-journal");
    await recoverJournals(folder);
    const [sealed = ""] = await readdir(folder);
    await writeFile(join(folder, sealed, "0.part"), "damaged");
    await expect(scan(openEngine)).rejects.toThrow();
    await writeFile(join(folder, sealed, "parts.json"), "damaged");
    await expect(scan(openEngine)).rejects.toThrow();
    await rm(join(folder, sealed), { recursive: true });
    await leave([{ shop: 7 }]);
    const [file] = (await served().compact()).files;
    await writeFile(file?.path ?? "", "damaged");
    await expect(scan(openEngine)).rejects.toThrow();
  });
});

describe("a part of a key as another kind", () => {
  it("is the same digits, within the bounds of the kind, or nothing", () => {
    expect(["7", "-7", "0", "9223372036854775807", "-9223372036854775808"].map((text) => asKind(text, "int"))).toEqual([
      7,
      -7,
      0,
      9223372036854775807n,
      -9223372036854775808n,
    ]);
    for (const text of ["", "-0", "07", "+7", "7 ", "7.0", "1e3", "0x7", "٧", "9223372036854775808", "1 or true"])
      expect([text, asKind(text, "int")]).toEqual([text, undefined]);
    expect([asKind(7, "string"), asKind(2n ** 60n, "string"), asKind(true, "string")]).toEqual([
      "7",
      "1152921504606846976",
      undefined,
    ]);
    expect([asKind("true", "bool"), asKind(1, "bool"), asKind(true, "int"), asKind(true, "bool")]).toEqual([
      undefined,
      undefined,
      undefined,
      true,
    ]);
    expect([asKind("7", "timestamp"), asKind(7, "timestamp"), asKind(2n ** 62n, "timestamp")]).toEqual([
      undefined,
      7,
      undefined,
    ]);
  });
});

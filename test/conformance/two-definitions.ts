import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TondoError } from "../../src/core/index.ts";
import { compile, parseProject, type ProjectPlan } from "../../src/dsl/index.ts";
import { Engine } from "../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type FeatureReader, type OnlineStore } from "../../src/featurestore/online/index.ts";

/** A change of a group's definition, and what each side is refused of what was loaded by the other; all else is answered. */
export interface DefinitionChange {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** Features that the old program is refused behind a load by the new one. */
  readonly refusedBefore?: readonly string[];
  /** Features that the new program is refused behind a load by the old one. */
  readonly refusedAfter?: readonly string[];
}

const noon = Date.UTC(2024, 1, 29, 12) * 1000;
const states = (n = "int"): string => `snapshot states { csv "states.csv" at at
  columns (key: string, at: timestamp, a: int, b: int, c: int, n: ${n}, word: string) }`;
const facts = `table facts { csv "states.csv" columns (key: string, a: int, b: int, c: int) }`;
const events = (id = ""): string => `events orders { csv "orders.csv" at at ${id}
  columns (key: string, at: timestamp, id: string, v: int, w: int, x: int) }`;
const group = (source: string, from: string, features: string): string =>
  `entity thing (key: string)\n${source}\ngroup thing:own from ${from} by key {\n${features}\n}\n`;
const snapshot = (features: string, n?: string): string => group(states(n), "states", features);
const table = (features: string): string => group(facts, "facts", features);
const windows = (features: string, id?: string): string => group(events(id), "orders", features);

/** What may become of a group while two programs run. Rows compete in all of the sources: which one wins depends on the columns that are read. */
export const definitionChanges: readonly DefinitionChange[] = [
  { what: "gains a column behind", before: snapshot("a, b"), after: snapshot("a, b, c"), refusedAfter: ["c"] },
  {
    what: "gains a column before, which breaks ties otherwise",
    ...{ before: snapshot("b, c"), after: snapshot("a, b, c") },
    ...{ refusedBefore: ["b", "c"], refusedAfter: ["a", "b", "c"] },
  },
  { what: "loses its last column", before: table("a, b, c"), after: table("a, b"), refusedBefore: ["c"] },
  {
    what: "loses its first column, which broke ties",
    ...{ before: table("a, b"), after: table("b") },
    ...{ refusedBefore: ["a", "b"], refusedAfter: ["b"] },
  },
  {
    what: "widens a column, and what is made of it",
    ...{ before: snapshot("b, n\n more = n + 1"), after: snapshot("b, n\n more = n + 1", "float") },
    refusedBefore: ["n", "more"],
  },
  {
    what: "widens a column that breaks ties of one behind",
    ...{ before: snapshot("n, word"), after: snapshot("n, word", "float") },
    ...{ refusedBefore: ["n", "word"], refusedAfter: ["word"] },
  },
  {
    what: "narrows a column, and gains one",
    ...{ before: snapshot("b, n", "float"), after: snapshot("b, n, word") },
    refusedAfter: ["n", "word"],
  },
  {
    what: "makes something of another kind under the same name",
    before: windows("n_1h = count() over 1h\n last_6h = last(v) over 6h"),
    after: windows("n_1h = count() over 1h\n last_6h = last(id) over 6h"),
    refusedBefore: ["last_6h"],
    refusedAfter: ["last_6h"],
  },
  {
    what: "gains a window of the same tiles and one of others",
    before: windows("n_1h = count() over 1h\n last_6h = last(v) over 6h"),
    after: windows(
      "n_1h = count() over 1h\n last_6h = last(v) over 6h\n s_1h = sum(w) over 1h\n n_5d = count() over 5d\n last_w = last(w) over 6h",
    ),
    refusedAfter: ["s_1h", "n_5d", "last_w"],
  },
  {
    what: "loses a window, and has another meaning of one",
    before: windows("n_1h = count() over 1h\n s_2h = sum(v) over 2h\n big = count() over 2h where v > 1"),
    after: windows("n_1h = count() over 1h\n big = count() over 2h where v > 2"),
    refusedBefore: ["s_2h", "big"],
    refusedAfter: ["big"],
  },
  {
    what: "gains a column of versions, which are others then",
    before: windows("n_1h = count() over 1h where v > 0", "id id"),
    after: windows("n_1h = count() over 1h where v > 0\n w_1h = sum(w) over 1h", "id id"),
    refusedBefore: ["n_1h"],
    refusedAfter: ["n_1h", "w_1h"],
  },
];

const statesCsv = `key,at,a,b,c,n,word
one,2024-02-29T11:00:00Z,1,5,1,2,x
one,2024-02-29T11:00:00Z,2,1,9,3,y
one,2024-02-29T11:00:00Z,2,1,8,4,
two,2024-02-29T11:00:00Z,1,2,3,9007199254740993,z
three,2024-02-29T11:00:00Z,,,,,
`;
const ordersCsv = `key,at,id,v,w,x
one,2024-02-29T11:30:00Z,i,1,9,1
one,2024-02-29T11:30:00Z,j,3,1,1
one,2024-02-29T11:30:00Z,k,3,7,2
one,2024-02-29T10:30:00Z,l,2,2,2
two,2024-02-27T10:30:00Z,m,5,5,5
two,2024-02-29T11:59:59Z,m,-1,5,5
`;
const keys = ["one", "two", "three", "nobody"].map((thing) => ({ thing }));

interface Program {
  readonly project: ProjectPlan;
  readonly names: readonly string[];
  /** What each feature is for each key, in a store that only this program loads. */
  readonly expected: ReadonlyMap<string, unknown>;
}

/** What a feature is for each key, or that it is refused: any other error is thrown. */
async function answer(reader: FeatureReader, name: string): Promise<unknown> {
  try {
    const rows = await reader.get([name], keys, { at: BigInt(noon) });
    return rows.map(({ values }) => [values[name]?.status, values[name]?.value]);
  } catch (error) {
    if (error instanceof TondoError && error.code === "GROUP_NOT_MATERIALIZED") return "refused";
    throw error;
  }
}

/**
 * Two programs, whose definitions of a group differ, read and load one store by turns: each is answered as if it were alone, or refused, and of what is the same in both
 * never refused.
 *
 * @param open opens a store that nothing was loaded into
 */
export function twoDefinitions(
  name: string,
  changes: readonly DefinitionChange[],
  loads: number,
  open: (folder: string) => Promise<OnlineStore>,
): void {
  describe(`${name} under two definitions of a group at once`, () => {
    let engine: Engine;
    let home: string;
    const stores: OnlineStore[] = [];
    beforeAll(async () => {
      engine = await Engine.open({ threads: 1 });
    });
    afterAll(() => {
      engine.close();
    });
    beforeEach(async () => {
      home = await mkdtemp(path.join(tmpdir(), "tondo-two-definitions-"));
      await writeFile(path.join(home, "states.csv"), statesCsv);
      await writeFile(path.join(home, "orders.csv"), ordersCsv);
    });
    afterEach(async () => {
      await Promise.all(stores.splice(0).map(async (store) => store.close()));
      await rm(home, { recursive: true });
    });

    const opened = async (folder: string): Promise<OnlineStore> => {
      await mkdir(path.join(home, folder));
      const store = await open(path.join(home, folder));
      stores.push(store);
      return store;
    };
    const load = async (store: OnlineStore, { project }: Pick<Program, "project">): Promise<void> => {
      await materialize({ project, folder: home, home, store, engine, asOf: BigInt(noon) });
    };
    const program = async (text: string, alone: string): Promise<Program> => {
      const { plan: project, diagnostics } = compile(parseProject([{ path: "p.tondo", text }]), new Map());
      if (project === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
      const store = await opened(alone);
      await load(store, { project });
      const reader = createFeatureReader({ project, store });
      const names = project.groups.flatMap(({ features }) => features.map((one) => `thing:own:${one.name}`));
      const expected = new Map<string, unknown>();
      for (const one of names) expected.set(one, await answer(reader, one));
      expect([...expected.values()]).not.toContain("refused");
      return { project, names, expected };
    };

    it.each(changes.map((change) => [change.what, change] as const))("where it %s", async (_what, change) => {
      const programs = [await program(change.before, "old"), await program(change.after, "new")] as const;
      const refused = [change.refusedBefore ?? [], change.refusedAfter ?? []].map((list) =>
        list.map((one) => `thing:own:${one}`),
      );
      const store = await opened("both");
      await load(store, programs[0]);
      const readers = programs.map(({ project }) => createFeatureReader({ project, store }));
      const read = async (side: 0 | 1): Promise<ReadonlyMap<string, unknown>> => {
        const found = new Map<string, unknown>();
        const reader = readers[side];
        for (const one of programs[side].names) if (reader !== undefined) found.set(one, await answer(reader, one));
        return found;
      };
      const of = (side: 0 | 1, answered: (one: string) => boolean): ReadonlyMap<string, unknown> =>
        new Map(programs[side].names.map((one) => [one, answered(one) ? programs[side].expected.get(one) : "refused"]));
      const over = new AbortController();
      const beside = async (side: 0 | 1): Promise<number> => {
        let reads = 0;
        for (; !over.signal.aborted; reads++) {
          for (const [one, found] of await read(side)) {
            if (found === "refused") expect(refused[side]).toContain(one);
            else expect([one, found]).toEqual([one, programs[side].expected.get(one)]);
          }
          await sleep(10);
        }
        return reads;
      };
      const besides = [beside(0), beside(1)];
      for (let i = 0; i < loads; i++) {
        const [own, other] = i % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
        if (i > 0) await load(store, programs[own]);
        // To others a store may show a switch a little later.
        if (store.kind !== "lmdb") await sleep(store.staleness / 1000);
        expect(await read(own)).toEqual(of(own, () => true));
        expect(await read(other)).toEqual(of(other, (one) => refused[other]?.includes(one) === false));
      }
      over.abort();
      for (const reads of await Promise.all(besides)) expect(reads).toBeGreaterThan(0);
    });
  });
}

import { equal, ok } from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "cassandra-driver";
import { type Database, open as openLmdb, type RootDatabase } from "lmdb";
import { Engine } from "../../src/featurestore/index.ts";
import { open, toMicros, type Tondo } from "../../src/index.ts";
import { scaled } from "../harness/scale.ts";
import { monotonic, OwnTime } from "../harness/sample.ts";
import type { Case } from "../harness/suite.ts";
import { generationTableOf, openOver, prepared, rawClient, startServer } from "./cassandra-world.ts";
import { loading, makeLoads } from "./loads.ts";
import { loadedAt } from "./world.ts";

const keys = scaled(1_000_000, 5000);
const group = "user:state";
/** What a transaction holds, as in a load. */
const batchBytes = 4 << 20;
/** How many writes are under way, as in a load. */
const atOnce = 256;

interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

const binary = { encoding: "binary", keyEncoding: "binary" } as const;

function entriesOf(slot: Database<Buffer, Buffer>): Entry[] {
  return Array.from(slot.getRange(), ({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) }));
}

/** Entries outside of JavaScript's heap: a million that stand in it are marked again by each collection that our loads make. */
class PackedEntries {
  readonly #bytes: Buffer;
  /** Where each key and each value ends, in turn. */
  readonly #ends: Float64Array;

  constructor(entries: readonly Entry[]) {
    const pieces = entries.flatMap(({ key, value }) => [key, value]);
    this.#bytes = Buffer.concat(pieces);
    let end = 0;
    this.#ends = Float64Array.from(pieces, ({ length }) => (end += length));
  }

  unpacked(): readonly Entry[] {
    const piece = (i: number): Buffer => Buffer.from(this.#bytes.subarray(this.#ends[i - 1] ?? 0, this.#ends[i]));
    return Array.from({ length: this.#ends.length / 2 }, (_, i) => ({ key: piece(2 * i), value: piece(2 * i + 1) }));
  }
}

/** Puts in batches into three databases in turn, each of which is emptied first. */
function putting(root: RootDatabase<Buffer, Buffer>): (entries: readonly Entry[]) => Promise<Database<Buffer, Buffer>> {
  let call = 0;
  return async (entries) => {
    const slot = root.openDB<Buffer, Buffer>({ name: `raw ${String(call++ % 3)}`, ...binary });
    await slot.clearAsync();
    for (let from = 0; from < entries.length;) {
      let bytes = 0;
      let to = from;
      while (to < entries.length && bytes < batchBytes) bytes += entries[to++]?.value.length ?? 0;
      const batch = entries.slice(from, to);
      await slot.batch(() => {
        for (const { key, value } of batch) void slot.put(key, value);
      });
      from = to;
    }
    await root.flushed;
    return slot;
  };
}

function isSame(found: readonly Entry[], expected: readonly Entry[]): void {
  equal(found.length, expected.length);
  ok(found.every(({ key, value }, i) => expected[i]?.key.equals(key) === true && expected[i].value.equals(value)));
}

const intoLmdb: Case = {
  name: "materialize-lmdb",
  against: "batched puts of the same records",
  unit: "s",
  rounds: 5,
  warmUps: 1,
  async setup() {
    const folder = await makeLoads(keys);
    const tondo = await open({ folder, actor: "bench" });
    await tondo.apply();
    const load = loading(tondo, keys);
    await load();
    const store = openLmdb({
      path: join(tondo.home, "online"),
      ...binary,
      readOnly: true,
      noSubdir: false,
      maxDbs: 1000,
      maxReaders: 256,
    });
    const slot = store.openDB<Buffer, Buffer>({ name: `${group} 1`, ...binary });
    const records = new PackedEntries(entriesOf(slot));
    const root = openLmdb<Buffer, Buffer>({
      path: join(folder, "raw"),
      ...binary,
      noSubdir: false,
      separateFlushed: true,
      maxDbs: 4,
    });
    const put = putting(root);
    return {
      pieces: 1,
      ours: load,
      baseline: async () => {
        const entries = records.unpacked();
        const began = monotonic();
        await put(entries);
        return new OwnTime(Number(monotonic() - began));
      },
      verify: async () => {
        const loaded = records.unpacked();
        isSame(entriesOf(await put(loaded)), loaded);
        // What is beside the records says when they were loaded.
        ok(loaded.length > keys);
      },
      close: async () => {
        await Promise.all([store.close(), root.close()]);
        await tondo.close();
      },
    };
  },
};

/** Writes with so many under way, into a table of its own each time. */
function inserting(client: Client, entries: readonly Entry[]): () => Promise<string> {
  let call = 0;
  return async () => {
    const table = `tondo.raw_${String(++call)}`;
    await client.execute(`DROP TABLE IF EXISTS tondo.raw_${String(call - 1)}`);
    await client.execute(`CREATE TABLE ${table} (key blob, part blob, record blob, PRIMARY KEY (key, part))
      WITH compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}`);
    const query = `INSERT INTO ${table} (key, part, record) VALUES (?, 0x, ?)`;
    let next = 0;
    const writer = async (): Promise<void> => {
      for (let entry = entries[next++]; entry !== undefined; entry = entries[next++]) {
        await client.execute(query, [entry.key, entry.value], prepared);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, writer));
    return table;
  };
}

async function rowsOf(client: Client, table: string): Promise<Entry[]> {
  const rows: Entry[] = [];
  const found = await client.execute(`SELECT key, record FROM ${table}`, [], { ...prepared, fetchSize: 5000 });
  for await (const row of found) {
    rows.push({ key: Buffer.from(row["key"] as Buffer), value: Buffer.from(row["record"] as Buffer) });
  }
  return rows.sort((a, b) => a.key.compare(b.key));
}

const intoCassandra: Case = {
  name: "materialize-cassandra",
  against: `a writer with ${String(atOnce)} inserts of the same records under way`,
  unit: "s",
  rounds: 5,
  warmUps: 1,
  async setup() {
    const server = await startServer();
    try {
      const tondo = await openOver(await makeLoads(keys), server);
      await tondo.apply();
      const load = loading(tondo, keys);
      await load();
      const client = await rawClient(server);
      const loaded = await rowsOf(client, await generationTableOf(client, group, 1));
      const insert = inserting(client, loaded);
      return {
        pieces: 1,
        ours: load,
        baseline: insert,
        verify: async () => {
          isSame(await rowsOf(client, await insert()), loaded);
          ok(loaded.length > keys);
        },
        close: async () => {
          await client.shutdown();
          await tondo.close();
          await server.stop();
        },
      };
    } catch (error) {
      await server.stop();
      throw error;
    }
  },
};

/** A home that a file with a hundredth of the keys is brought to before each load. */
async function growing(): Promise<{ readonly tondo: Tondo; readonly load: (full: boolean) => Promise<void> }> {
  const folder = await makeLoads(keys);
  const definitions = join(folder, "definitions.tondo");
  await writeFile(definitions, (await readFile(definitions, "utf8")).replace("states.parquet", "states*.parquet"));
  const tondo = await open({ folder, actor: "bench" });
  await tondo.apply();
  let moment = toMicros(loadedAt);
  await tondo.materialize({ asOf: BigInt(moment) });
  return {
    tondo,
    load: async (full) => {
      const made = await Engine.open();
      try {
        await made.run(
          `copy (select * replace (make_timestamp(${String(++moment)}) as updated_at, f0 + 1 as f0)
            from '${join(folder, "states.parquet")}' where hash(user_id) % 100 = 0)
            to '${join(folder, `states-${String(moment)}.parquet`)}' (format parquet)`,
          "writing what is new",
        );
      } finally {
        made.close();
      }
      const [loaded] = (await tondo.materialize({ asOf: BigInt(moment), full })).groups;
      equal(loaded?.loaded?.how, full ? "full" : "incremental");
      equal(loaded.keys, keys);
    },
  };
}

function loadedOf({ home }: Tondo): Entry[] {
  const store = openLmdb({
    path: join(home, "online"),
    ...binary,
    readOnly: true,
    noSubdir: false,
    maxDbs: 1000,
    maxReaders: 256,
  });
  try {
    return entriesOf(store.openDB<Buffer, Buffer>({ name: `${group} 2`, ...binary }));
  } finally {
    void store.close();
  }
}

const incremental: Case = {
  name: "materialize-incremental",
  against: "a load of all keys, of the same files",
  unit: "s",
  rounds: 5,
  warmUps: 1,
  async setup() {
    const [some, all] = [await growing(), await growing()];
    return {
      pieces: 1,
      ours: () => some.load(false),
      baseline: () => all.load(true),
      verify: async () => {
        await some.load(false);
        await all.load(true);
        const isRecord = ({ key }: Entry): boolean => key.length > 1;
        isSame(loadedOf(some.tondo).filter(isRecord), loadedOf(all.tondo).filter(isRecord));
      },
      close: async () => {
        await some.tondo.close();
        await all.tondo.close();
      },
    };
  },
};

/** Loads of a million keys with ten features. */
export const materializeCases: readonly Case[] = [intoLmdb, incremental, intoCassandra];

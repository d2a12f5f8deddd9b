import { deepStrictEqual } from "node:assert/strict";
import type { Client } from "cassandra-driver";
import type { Case } from "../harness/suite.ts";
import { keyOf, profile, spend, views } from "./by-hand.ts";
import { type CassandraWorld, leaveCassandraWorld, prepared, useCassandraWorld } from "./cassandra-world.ts";
import { at, ids, users, vectorOf, viewers, walk } from "./world.ts";

/** Prepared statements of the driver as it stands, and the decoding that LMDB's cases have. */
class CassandraByHand {
  readonly #client: Client;
  readonly #queries: Readonly<Record<"profile" | "spend" | "views", string>>;

  private constructor(client: Client, queries: Readonly<Record<"profile" | "spend" | "views", string>>) {
    this.#client = client;
    this.#queries = queries;
  }

  static async over(world: CassandraWorld): Promise<CassandraByHand> {
    const query = async (group: string): Promise<string> =>
      `SELECT record FROM ${await world.table(`user:${group}`)} WHERE key = ?`;
    const [profiles, purchases, watched] = [await query("profile"), await query("spend"), await query("views")];
    return new CassandraByHand(world.client, { profile: profiles, spend: purchases, views: watched });
  }

  async twenty(id: string): Promise<(number | string | null)[]> {
    const key = keyOf(id);
    const [row, tiles] = await Promise.all([this.#read("profile", key), this.#read("spend", key)]);
    const values = profile(row);
    spend(tiles, values);
    return values;
  }

  async fifteen(id: string): Promise<number[]> {
    return views(await this.#read("views", keyOf(id)));
  }

  /** One row: a point read. */
  async ten(id: string): Promise<(number | string | null)[]> {
    return profile(await this.#read("profile", keyOf(id)));
  }

  async #read(group: "profile" | "spend" | "views", key: Buffer): Promise<Buffer | undefined> {
    const { rows } = await this.#client.execute(this.#queries[group], [key], prepared);
    return rows[0]?.["record"] as Buffer | undefined;
  }
}

/** So many callers at once, each of whom asks again when it was answered. */
async function ask(callers: number, each: number, one: () => unknown): Promise<void> {
  const caller = async (): Promise<void> => {
    for (let i = 0; i < each; i++) await one();
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

interface Asked {
  readonly name: string;
  readonly against: string;
  readonly vector: string;
  readonly list: readonly string[];
  readonly callers: number;
  /** How often each caller asks in one call of the case. */
  readonly each: number;
  /** What the vector's values are. */
  readonly values: (by: CassandraByHand, id: string) => Promise<unknown[]>;
  /** What takes the time to compare with. */
  readonly baseline: (by: CassandraByHand, id: string) => Promise<unknown>;
}

function asked({ name, against, vector, list, callers, each, values, baseline }: Asked): Case {
  return {
    name,
    against,
    unit: "us/key",
    // A server that has just started compiles what it does most, and compiles that again for some 100,000 requests.
    warmUps: 200,
    async setup() {
      const world = await useCassandraWorld();
      try {
        const by = await CassandraByHand.over(world);
        const reader = (await world.tondo.features()).prepare(await vectorOf(world.tondo, vector));
        const [next, nextHand] = [walk(list), walk(list)];
        return {
          pieces: callers * each,
          ours: () => ask(callers, each, () => reader.read({ columns: { user: next() } }, at)),
          baseline: () => ask(callers, each, () => baseline(by, nextHand())),
          verify: async () => {
            for (const id of [...list.slice(0, 300), "nobody"]) {
              deepStrictEqual((await reader.read({ columns: { user: id } }, at)).values, await values(by, id), id);
            }
          },
          close: leaveCassandraWorld,
        };
      } catch (error) {
        leaveCassandraWorld();
        throw error;
      }
    },
  };
}

const twenty = (by: CassandraByHand, id: string): Promise<unknown[]> => by.twenty(id);
const spending = { vector: "spend", list: ids(users), values: twenty, baseline: twenty } as const;
const against = "prepared statements of the driver, decoded by hand";

/** Reads from a Cassandra that each run starts. */
export const cassandraCases: readonly Case[] = [
  asked({ name: "cassandra-1", against, callers: 1, each: 200, ...spending }),
  asked({ name: "cassandra-32", against, callers: 32, each: 30, ...spending }),
  asked({ name: "cassandra-256", against, callers: 256, each: 8, ...spending }),
  asked({
    name: "cassandra-windows",
    against: "one prepared point read of the driver, decoded by hand",
    vector: "watched",
    list: ids(viewers),
    callers: 1,
    each: 200,
    values: (by, id) => by.fifteen(id),
    baseline: (by, id) => by.ten(id),
  }),
];

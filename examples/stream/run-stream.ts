import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { readColumns } from "../../src/featurestore/index.ts";
import { open, type Progress, type Tondo } from "../../src/index.ts";
import { type Answer, ask } from "./answers.ts";
import { type Agreement, compareAnswers } from "./compare-answers.ts";
import { deadLetters, type KeptLetter } from "./dead-letters.ts";
import { keyspace, removeKeyspace } from "./fresh-keyspace.ts";
import { freshTopics } from "./fresh-topics.ts";
import { couriers, type Order, pastOrders, restaurants } from "./orders.ts";
import { type ServedWaves, serveWaves } from "./serve-waves.ts";
import type { Servers } from "./servers.ts";
import { ordersTopic, wavesOf } from "./waves.ts";

/** What came of the example. */
export interface Summary {
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Orders in the file, which were loaded before the first event. */
  readonly past: number;
  readonly served: Omit<ServedWaves, "answers">;
  readonly letters: readonly KeptLetter[];
  /** Rows that were logged back, by source. */
  readonly loggedBack: Readonly<Record<string, number>>;
  readonly agreement: Agreement;
  /** The same, had each row been known when it says that it happened. */
  readonly declared: Agreement;
  /** What is served in the end of each restaurant, with a courier each, and so once a load has taken in all that was streamed. */
  readonly streamed: readonly Answer[];
  readonly loaded: readonly Answer[];
  readonly seconds: number;
}

/** What the example runs in and on. */
export interface RunOptions {
  /** The folder with the definitions. What an earlier run made there is removed: `data`, `training` and `.tondo`. */
  readonly folder: string;
  readonly servers: Servers;
  readonly progress: Progress;
}

/** Whom it is looked at behind each wave. */
export const watched: readonly [store: string, rider: string] = ["bento-bar", "bo"];

/**
 * Loads the past into Cassandra, streams events from Kafka while features are read, and holds what was served against a training set over what was logged back.
 *
 * @throws TondoError `EVENTS_UNAVAILABLE` and `STORE_UNAVAILABLE` where a server does not answer, and what Tondo throws
 */
export async function runStream({ folder, servers, progress }: RunOptions): Promise<Summary> {
  const began = performance.now();
  const start = Math.floor(Date.now() / 60_000) * 60_000;
  const { brokers, ...cassandra } = servers;
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 3 } });
  progress.start("making topics, a keyspace and a file anew");
  await freshTopics(kafka, brokers);
  await removeKeyspace(servers);
  for (const made of [".tondo", "data", "training"]) await rm(join(folder, made), { recursive: true, force: true });
  const past = pastOrders(start);
  await writePast(join(folder, "data"), past);
  progress.finish();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    await using tondo = await open({
      folder,
      cassandra: { ...cassandra, keyspace, createKeyspace: true },
      events: { kafka: { brokers, limits: { maxWaitMs: 20 } } },
      // All that is served of vectors is logged, for `tondo consistency`.
      served: { rate: 1 },
    });
    await tondo.apply();
    await tondo.materialize({ progress });
    const { answers, ...served } = await serveWaves({ tondo, producer, progress }, wavesOf(start), watched);
    const streamed = await askAll(tondo);
    progress.start("making training sets of what was asked");
    const [agreement, declared] = [await compare(tondo, answers, "applied"), await compare(tondo, answers, "declared")];
    progress.finish(`${String(agreement.agree)} of ${String(agreement.compared)} agree`);
    await tondo.materialize({ progress });
    const loaded = await askAll(tondo);
    await tondo.served.compact();
    return {
      ...{ start, past: past.length, served, agreement, declared, streamed, loaded },
      letters: await deadLetters(kafka, ordersTopic),
      loggedBack: { orders: await rowsOf(tondo, "orders"), kitchens: await rowsOf(tondo, "kitchens") },
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await producer.disconnect();
  }
}

/** The file of what was delivered before. */
async function writePast(folder: string, orders: readonly Order[]): Promise<void> {
  const columns = ["order_id", "restaurant", "courier", "delivered_at", "minutes", "price", "tip"] as const;
  const rows = orders.map((order) => columns.map((column) => order[column] ?? "").join(","));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "orders.csv"), `${[columns.join(","), ...rows].join("\n")}\n`);
}

async function askAll(tondo: Tondo): Promise<readonly Answer[]> {
  return Promise.all(restaurants.map((store, i) => ask(tondo, store, couriers[i] ?? "")));
}

/** Makes a training set of the requests that were answered, each at the moment of its answer, and holds the answers against it. */
async function compare(
  tondo: Tondo,
  answers: readonly Answer[],
  knowledge: "applied" | "declared",
): Promise<Agreement> {
  const set = await tondo.trainingSet({
    vector: "delivery",
    rows: answers.map(({ at, store, rider }) => ({ at, store, rider })),
    raw: true,
    knowledge,
    output: `training/${knowledge}`,
  });
  return compareAnswers(set, answers);
}

/** How many rows of a source were logged back. */
async function rowsOf(tondo: Tondo, source: string): Promise<number> {
  const folder = join(tondo.home, "pushed", source);
  let rows = 0;
  for (const file of await readdir(folder))
    rows += (await readColumns({ path: join(folder, file), numbers: ["tondo_offset"] })).rows;
  return rows;
}

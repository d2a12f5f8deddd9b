import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { open, type Tondo } from "../../src/index.ts";
import { randomNumbers } from "../../test/dsl/random-numbers.ts";
import type { RunningCassandra } from "../../test/servers/cassandra.ts";
import { freshFolder } from "../online/world.ts";
import { definitions, keys, topic } from "../stream/events.ts";

const chance = randomNumbers(7);

/** An event of one of the shops, of the last hour. */
export function order(shop: string = `s${String(Math.floor(chance() * keys))}`): string {
  const ordered = new Date(Date.now() - Math.floor(chance() * 3_600_000)).toISOString();
  return JSON.stringify({ shop, ordered, price: Math.round(chance() * 1e4) / 100 });
}

/** A project of the stream's definitions, whose topic is a folder; loaded, with nothing in it. */
export async function shopProject(server?: RunningCassandra): Promise<Tondo> {
  const folder = await freshFolder();
  await writeFile(join(folder, "shop.tondo"), definitions);
  await mkdir(join(folder, "events", topic), { recursive: true });
  const cassandra =
    server === undefined
      ? {}
      : {
          cassandra: {
            ...{ contactPoints: [server.contactPoint], localDataCenter: server.localDataCenter },
            ...{ createKeyspace: true, keyspace: `shop_${randomUUID().slice(0, 8)}` },
          },
        };
  const tondo = await open({ folder, events: { folder: join(folder, "events") }, ...cassandra });
  await tondo.apply();
  await tondo.materialize();
  return tondo;
}

/** Puts so many events into the topic, as one more file that is whole when it appears. */
export async function produce({ folder }: Tondo, events: number): Promise<void> {
  const text = Array.from({ length: events }, () => `${order()}\n`).join("");
  const path = join(folder, "events", topic, randomUUID());
  await writeFile(`${path}.tmp`, text);
  await rename(`${path}.tmp`, `${path}.ndjson`);
}

import { equal } from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Engine } from "../../src/featurestore/index.ts";
import { open, systemClock, type Tondo } from "../../src/index.ts";
import type { RunningCassandra } from "../../test/servers/cassandra.ts";
import type { Case } from "../harness/suite.ts";
import { startServer } from "../online/cassandra-world.ts";
import { freshFolder } from "../online/world.ts";
import { definitions, topic } from "../stream/events.ts";
import { ProcessorTime } from "./processor-time.ts";

/** How many keys there are, of which each has its tiles of seven days full. */
const keys = 500;
const [callers, each] = [64, 20];

/** The stream's group over a file, with a row every twenty minutes for each of the keys. */
async function loadedShops({ contactPoint, localDataCenter }: RunningCassandra): Promise<Tondo> {
  const folder = await freshFolder();
  await writeFile(join(folder, "shop.tondo"), definitions.replace(`kafka "${topic}"`, 'parquet "orders.parquet"'));
  const engine = await Engine.open();
  try {
    await engine.run(
      `copy (select format('s{}', i % ${String(keys)}) as shop,
        now()::timestamp - to_minutes(20 * (i // ${String(keys)})) as ordered, (i % 997) / 10.0::double as price
        from range(${String(keys * 7 * 72)}) t(i)) to '${join(folder, "orders.parquet")}' (format parquet)`,
      "writing orders",
    );
  } finally {
    engine.close();
  }
  const cassandra = { contactPoints: [contactPoint], localDataCenter, createKeyspace: true };
  const tondo = await open({ folder, cassandra });
  await tondo.apply();
  await tondo.materialize();
  return tondo;
}

/** Reads of a window group from a Cassandra of one node, of keys with so many rows beside the generation, against as long as one may take where a million are made in a second. */
export function overlayReads(rows: number): Case {
  return {
    name: `read-overlay-${String(rows)}`,
    against: "a microsecond a read: a million a second",
    unit: "us/key",
    warmUps: 100,
    async setup() {
      const server = await startServer();
      const tondo = await loadedShops(server);
      const features = await tondo.features();
      const ids = Array.from({ length: keys }, (_, i) => `s${String(i)}`);
      // A push of one key marks the group, so that each read looks beside its generation.
      const pushed = Array.from({ length: Math.max(rows, 1) }, () =>
        (rows === 0 ? ["nobody"] : ids).map((shop) => ({ shop, ordered: new Date(), price: 1.5 })),
      );
      for (const some of pushed) await features.push(topic, some);
      const names = ["1h", "1d", "7d"].flatMap((over) =>
        ["count", "sum", "mean", "min", "max"].map((one) => `shop:sales:${one}_${over}`),
      );
      const used = new ProcessorTime(server.pid);
      let i = 0;
      const caller = async (): Promise<void> => {
        for (let n = 0; n < each; n++) await features.get(names, { shop: ids[i++ % keys] ?? "" });
      };
      const work = async (): Promise<void> => {
        await Promise.all(Array.from({ length: callers }, caller));
      };
      return {
        pieces: callers * each,
        ours: () => used.during(callers * each, work),
        baseline: { nanoseconds: callers * each * 1000 },
        verify: async () => {
          const at = BigInt(systemClock());
          const { values } = await features.get(["shop:sales:count_1d"], { shop: "s1" }, { at });
          equal(Number(values["shop:sales:count_1d"].value) >= 72 + rows - 2, true);
        },
        also: () => used.used,
        close: async () => {
          await tondo.close();
          await server.stop();
        },
      };
    },
  };
}

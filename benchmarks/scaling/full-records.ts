import { equal } from "node:assert/strict";
import { statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Engine } from "../../src/featurestore/index.ts";
import { open, toMicros } from "../../src/index.ts";
import { scaled } from "../harness/scale.ts";
import type { Case } from "../harness/suite.ts";
import { freshFolder } from "../online/world.ts";
import { definitions, topic } from "../stream/events.ts";
import { recordBytes } from "./model.ts";

/** A store of so many keys, each of which had so many events in seven days. */
const loadedKeys = scaled(1_000_000, 20_000);
const eventsPerKey = 10;
const loadedAt = "2024-03-08T00:00:00Z";

/** A load of a million keys of the stream's group into LMDB, and the bytes that they take, against as long as one machine may take to load a billion in a day. */
export const fullRecords: Case = {
  name: "load-windows",
  against: "a day for a billion keys on one machine",
  unit: "us/key",
  rounds: 5,
  warmUps: 0,
  async setup() {
    const folder = await freshFolder();
    await writeFile(join(folder, "shop.tondo"), definitions.replace(`kafka "${topic}"`, 'parquet "orders.parquet"'));
    const engine = await Engine.open();
    try {
      await engine.run(
        `copy (select format('s{}', i % ${String(loadedKeys)}) as shop, (i % 997) / 10.0::double as price,
          timestamp '2024-03-08' - to_microseconds(1 + (hash(i) % (7 * 86400000000))::bigint) as ordered
          from range(${String(loadedKeys * eventsPerKey)}) t(i)) to '${join(folder, "orders.parquet")}' (format parquet)`,
        "writing orders",
      );
    } finally {
      engine.close();
    }
    const tondo = await open({ folder });
    await tondo.apply();
    let moment = BigInt(toMicros(loadedAt));
    let bytes = 0;
    const load = async (): Promise<void> => {
      const [loaded] = (await tondo.materialize({ asOf: moment++, full: true })).groups;
      equal(loaded?.keys, loadedKeys);
      bytes = loaded.bytes;
    };
    let file = 0;
    return {
      pieces: loadedKeys,
      ours: load,
      baseline: { nanoseconds: loadedKeys * 86_400 },
      verify: async () => {
        await load();
        file = statSync(join(tondo.home, "online", "data.mdb")).size;
      },
      also: () => ({
        record_bytes: bytes / loadedKeys,
        record_bytes_by_the_model: recordBytes(eventsPerKey / 7),
        file_bytes_per_key: file / loadedKeys,
      }),
      close: () => tondo.close(),
    };
  },
};

/** A second process: reads two keys again and again, prints what it saw when its input ends. */
import { argv, stdin, stdout } from "node:process";
import { LmdbStore } from "../../../../src/featurestore/online/lmdb/index.ts";

const store = LmdbStore.open({ folder: argv[2] ?? "", readOnly: true });
const keys = ["SFO", "LAX"].map((key) => new TextEncoder().encode(key));
const seen = new Set<string>();
let torn = 0;
const over = new AbortController();
stdin
  .on("end", () => {
    over.abort();
  })
  .resume();
stdout.write("reading\n");
while (!over.signal.aborted) {
  await look();
  await new Promise(setImmediate);
}
// Where this process had to wait for its turn the last load may not have been seen yet.
await new Promise((resolve) => setTimeout(resolve, 20));
await look();
stdout.write(`${JSON.stringify({ torn, seen: [...seen] })}\n`);
await store.close();

async function look(): Promise<void> {
  const view = store.view(["airport:departures"]);
  const values: string[] = [];
  const generation = view.pointer("airport:departures")?.generation ?? 0;
  await view.read("airport:departures", generation, keys, (i, record) => {
    values[i] = new TextDecoder().decode(record);
  });
  view.close();
  if (values[0] !== values[1] || values[0] === "") torn++;
  seen.add(values[0] ?? "");
}

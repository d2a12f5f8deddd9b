// Loads a group again and again while it is told to, in a process of its own: `node load-beside.ts FOLDER`; see `under-load.ts`.
import { createInterface } from "node:readline";
import { open, toMicros } from "../../src/index.ts";
import { loadedAt } from "./world.ts";

const tondo = await open({ folder: process.argv[2] ?? ".", actor: "loader" });
let isGoing = false;
let work = Promise.resolve();
let moment = BigInt(toMicros(loadedAt));

const say = (word: string): void => {
  process.stdout.write(`${word}\n`);
};

async function load(): Promise<void> {
  while (isGoing) {
    await tondo.materialize({ groups: ["user:profile"], asOf: ++moment });
    say("loaded");
  }
  say("resting");
}

say("ready");
for await (const command of createInterface({ input: process.stdin })) {
  const wasGoing = isGoing;
  isGoing = command === "go";
  if (isGoing && !wasGoing) work = work.then(load);
}
isGoing = false;
await work;
await tondo.close();

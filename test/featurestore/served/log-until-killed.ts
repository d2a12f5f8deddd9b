/** A process that logs answers until it is killed: `home`. It prints the ids of those that it has flushed, a line each. */
import { argv, stdout } from "node:process";
import { systemClock } from "../../../src/core/index.ts";
import { ServedLog } from "../../../src/featurestore/served/index.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { wideAnswer, wideVector } from "./wide-vector.ts";

const [, , home = ""] = argv;
const log = await ServedLog.open(home, { rate: 1, flushMs: 1, syncMs: "never", sealBytes: 60_000 }, systemClock);
const vector = log.vector(wideVector);
const random = randomNumbers(Date.now());
for (;;) {
  const ids: string[] = [];
  for (let i = 0; i < 20; i++) ids.push(String(await vector.add(wideAnswer(random, systemClock()).served)));
  await log.flush();
  stdout.write(`${ids.join("\n")}\n`);
}

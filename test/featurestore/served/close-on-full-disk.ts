/** A process that flushes and closes the log of a `home` while its disk is full: it prints what it is told. */
import { argv, stdout } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock, type TondoError } from "../../../src/core/index.ts";
import { ServedLog } from "../../../src/featurestore/served/index.ts";
import { fullDisk } from "./dying-disk.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { wideAnswer, wideVector } from "./wide-vector.ts";

const [, , home = ""] = argv;
const said = (name: string) => (error: unknown) => {
  stdout.write(`${name}: ${(error as TondoError).message}\n`);
};
await fullDisk(
  () => true,
  async () => {
    const log = await ServedLog.open(home, { rate: 1, flushMs: 0 }, systemClock);
    await log.vector(wideVector).add(wideAnswer(randomNumbers(1), systemClock()).served);
    // From here on nothing but the log's own timer is there.
    while (log.stats().failures === 0) await delay(5);
    await log.flush().catch(said("flush"));
    await log.close().catch(said("close"));
  },
);
stdout.write("over\n");

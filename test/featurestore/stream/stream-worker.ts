/** A process that opens a project and streams until it is ended: `folder brokers max-delay flush-events`. Says so when it has begun. */
import { writeSync } from "node:fs";
import { argv } from "node:process";
import { open } from "../../../src/open.ts";

const [, , folder = "", brokers = "", maxDelay = "20", flushEvents = "50"] = argv;
const tondo = await open({
  folder,
  events: {
    kafka: {
      brokers: brokers.split(","),
      limits: { sessionTimeoutMs: 2000, rebalanceTimeoutMs: 2000, maxWaitMs: 20 },
    },
  },
});
const stream = await tondo.stream({
  limits: { maxDelayMs: Number(maxDelay), flushEvents: Number(flushEvents) },
  onFailure: (_, error) => {
    writeSync(2, `${String(error)}\n`);
  },
});
writeSync(1, "begun\n");
process.on("SIGTERM", () => {
  void tondo.close();
});
stream.failed.catch((error: unknown) => {
  writeSync(2, `failed: ${String(error)}\n`);
  process.exitCode = 1;
  return tondo.close();
});

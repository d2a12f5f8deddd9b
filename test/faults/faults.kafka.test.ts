import { describe, expect, it } from "vitest";
import { sharedKafka } from "../servers/shared-kafka.ts";
import { makeFaults, pointsOf } from "./faults.ts";
import { kafkaWorks } from "./works/index.ts";
import { faultKafka } from "./works/stream-kafka.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 6);
/** `npm run faults` ends processes at all of them, ten times. */
const stride = 31;

describe("a process that reads Kafka and is killed", () => {
  it(
    `loses nothing, and applies nothing twice; it has all points that it should (seed ${String(seed)})`,
    { timeout: 600_000 },
    async () => {
      const { bootstrap } = await sharedKafka();
      process.env[faultKafka] = bootstrap;
      const made = await makeFaults({ works: kafkaWorks, kills: 1, seed, stride });
      expect(made.length).toBeGreaterThanOrEqual(Math.floor(kafkaWorks.flatMap(pointsOf).length / stride));
    },
  );
});

import path from "node:path";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { pushedHistories } from "../pushed/pushed-history.ts";
import { kafkaFeeder } from "./kafka-feeder.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 70611);

pushedHistories("a store in LMDB with a stream from Kafka", {
  ...{ seed, runs: Number(process.env["TONDO_RUNS"] ?? 1) },
  feed: kafkaFeeder(randomNumbers(seed)),
  open: (folder) =>
    LmdbStore.open({ folder: path.join(folder, "online"), limits: { switchLeadMs: 11, pushLeadMs: 11 } }),
});

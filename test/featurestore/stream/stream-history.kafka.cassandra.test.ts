import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { CassandraStore } from "../../../src/featurestore/online/cassandra/index.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { type FreshKeyspace, freshKeyspace } from "../../servers/fresh-keyspace.ts";
import { pushedHistories } from "../pushed/pushed-history.ts";
import { kafkaFeeder } from "./kafka-feeder.ts";

let fresh: FreshKeyspace;
beforeAll(async () => {
  fresh = await freshKeyspace();
});
afterAll(() => fresh.drop());

const seed = Number(process.env["TONDO_SEED"] ?? 70611);

pushedHistories("a store in Cassandra with a stream from Kafka", {
  ...{ seed, runs: Number(process.env["TONDO_RUNS"] ?? 1) },
  feed: kafkaFeeder(randomNumbers(seed)),
  open: () => {
    const { contactPoint, localDataCenter, keyspace } = fresh;
    const limits = { pointerAgeMs: 0, pushLeadMs: 1 };
    return CassandraStore.open({
      ...{ contactPoints: [contactPoint], localDataCenter, keyspace, store: randomUUID(), limits },
    });
  },
});

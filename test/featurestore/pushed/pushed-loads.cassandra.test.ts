import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { CassandraStore } from "../../../src/featurestore/online/cassandra/index.ts";
import { type FreshKeyspace, freshKeyspace } from "../../servers/fresh-keyspace.ts";
import { pushedHistories } from "./pushed-history.ts";

let fresh: FreshKeyspace;
beforeAll(async () => {
  fresh = await freshKeyspace();
});
afterAll(() => fresh.drop());

pushedHistories("a store in Cassandra", {
  runs: Number(process.env["TONDO_RUNS"] ?? 1),
  seed: Number(process.env["TONDO_SEED"] ?? 60611),
  open: () => {
    const { contactPoint, localDataCenter, keyspace } = fresh;
    const limits = { pointerAgeMs: 0, pushLeadMs: 1 };
    return CassandraStore.open({
      ...{ contactPoints: [contactPoint], localDataCenter, keyspace, store: randomUUID(), limits },
    });
  },
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  cassandraSchema,
  defaultCassandraLimits,
  parseCassandraUrl,
} from "../../src/featurestore/online/cassandra/index.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/cassandra.md"), "utf8");

it("shows the CQL as it is", () => {
  const cql = /```sql\n([^]*?)```/
    .exec(page)?.[1]
    ?.trimEnd()
    .split(/;(?:\n\n|$)/);
  const options = { contactPoints: ["a"], keyspace: "features", createKeyspace: true, replication: { dc1: 3 } };
  expect(cql?.slice(0, -1)).toEqual(cassandraSchema(options));
});

it("says every limit with its default", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d+) +\|/gm)].map(([, name, value]) => [name, Number(value)]);
  expect(Object.fromEntries(rows)).toEqual(defaultCassandraLimits);
});

it("gives an address that is one", () => {
  const url = /TONDO_ONLINE='([^']+)'/.exec(page)?.[1] ?? "";
  expect(parseCassandraUrl(url)).toEqual({
    contactPoints: ["10.0.0.1:9042", "10.0.0.2"],
    keyspace: "features",
    credentials: { username: "tondo", password: "PASSWORD" },
    localDataCenter: "dc1",
  });
});

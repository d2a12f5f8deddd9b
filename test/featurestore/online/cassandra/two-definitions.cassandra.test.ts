import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { CassandraStore } from "../../../../src/featurestore/online/cassandra/index.ts";
import { definitionChanges, twoDefinitions } from "../../../conformance/two-definitions.ts";
import { type FreshKeyspace, freshKeyspace } from "../../../servers/fresh-keyspace.ts";

let fresh: FreshKeyspace;
beforeAll(async () => {
  fresh = await freshKeyspace();
});
afterAll(() => fresh.drop());

const some = definitionChanges.filter(({ what }) => /widens|ties otherwise|gains a window/.test(what));

twoDefinitions("Cassandra", some, 2, (folder) => {
  const { contactPoint, localDataCenter, keyspace } = fresh;
  const store = path.basename(path.dirname(folder)) + path.basename(folder);
  const limits = { pointerAgeMs: 50 };
  return CassandraStore.open({ contactPoints: [contactPoint], localDataCenter, keyspace, store, limits });
});

import path from "node:path";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { definitionChanges, twoDefinitions } from "../../conformance/two-definitions.ts";

twoDefinitions("LMDB", definitionChanges, 3, (folder) =>
  Promise.resolve(LmdbStore.open({ folder: path.join(folder, "online") })),
);

import path from "node:path";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { pushedHistories } from "./pushed-history.ts";

pushedHistories("a store in LMDB", {
  runs: Number(process.env["TONDO_RUNS"] ?? 1),
  seed: Number(process.env["TONDO_SEED"] ?? 60611),
  open: (folder) =>
    LmdbStore.open({ folder: path.join(folder, "online"), limits: { switchLeadMs: 11, pushLeadMs: 11 } }),
});

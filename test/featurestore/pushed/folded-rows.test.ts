import path from "node:path";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { pushedHistories } from "./pushed-history.ts";

pushedHistories("a store in LMDB that folds rows", {
  runs: Number(process.env["TONDO_RUNS"] ?? 3),
  seed: Number(process.env["TONDO_SEED"] ?? 90611),
  folds: true,
  open: (folder) =>
    LmdbStore.open({ folder: path.join(folder, "online"), limits: { switchLeadMs: 11, pushLeadMs: 11 } }),
});

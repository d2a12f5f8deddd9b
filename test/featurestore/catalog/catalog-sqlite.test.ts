import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeCatalog } from "../../conformance/catalog.ts";

describeCatalog("a catalog in SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tondo-catalog-"));
  return { url: `sqlite:${join(folder, "tondo.db")}`, drop: () => rm(folder, { recursive: true }) };
});

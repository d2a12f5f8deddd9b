import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeRegistry } from "../conformance/registry.ts";

describeRegistry("a registry on SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tondo-registry-"));
  return { url: `sqlite:${join(folder, "tondo.db")}`, drop: () => rm(folder, { recursive: true }) };
});

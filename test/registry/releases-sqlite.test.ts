import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeReleases } from "../conformance/releases.ts";

describeReleases("a registry on SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tondo-releases-"));
  return { url: `sqlite:${join(folder, "tondo.db")}`, drop: () => rm(folder, { recursive: true }) };
});

// A process of its own that moves one tag to and fro by compare-and-set. Arguments: the database's URL, the artifact
// folder, the model, how many moves to try. Prints the log numbers of the moves that it won, and how many it lost.
import { TondoError } from "../../../src/core/index.ts";
import { connect } from "../../../src/database/index.ts";
import { folderArtifacts, openRegistry } from "../../../src/registry/index.ts";

const [url = "", folder = "", model = "", tries = ""] = process.argv.slice(2);
const database = await connect({ url });
const registry = openRegistry({ database, artifacts: folderArtifacts(folder), actor: String(process.pid) });
const { versions } = await registry.listVersions(model);
const ids = versions.map((version) => version.id);
const won: number[] = [];
let lost = 0;
for (let i = 0; i < Number(tries); i++) {
  const [current] = await registry.listTags(model, { tag: "champion" });
  const expected = current?.versionId ?? null;
  const others = ids.filter((id) => id !== expected);
  const versionId = others[i % others.length] ?? null;
  try {
    const { seq } = await registry.setTag({ model, tag: "champion", versionId, expected, reason: `try ${String(i)}` });
    won.push(seq);
  } catch (error) {
    if (!(error instanceof TondoError && error.code === "TAG_CONFLICT")) throw error;
    lost++;
  }
}
console.log(JSON.stringify({ won, lost }));
await database.close();

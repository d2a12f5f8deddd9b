// A process of its own that registers new versions until it is killed. Arguments: the database's URL, the artifact
// folder, the model, a word that no other process uses. Prints a line for each version that was acknowledged.
import { connect } from "../../../src/database/index.ts";
import { folderArtifacts, openRegistry } from "../../../src/registry/index.ts";
import { newVersion } from "../registry-world.ts";

const [url = "", folder = "", model = "", word = ""] = process.argv.slice(2);
const registry = openRegistry({ database: await connect({ url }), artifacts: folderArtifacts(folder), actor: word });
for (let i = 0; ; i++) {
  const several = [0, 1, 2].map((n) => newVersion(model, [], `${word} ${String(i)} ${String(n)}`));
  for (const { version } of await registry.registerVersions(several)) console.log(version.id);
}

// Makes a training set of a folder's one vector under a limit, and says how much the process held at the most, in bytes.
import { loadProject, makeTrainingSet } from "../../../../src/featurestore/index.ts";

const [folder = "", memory = ""] = process.argv.slice(2);
const { plan } = await loadProject(folder);
const [vector] = plan.vectors;
if (vector === undefined) throw new Error("no vector");
await makeTrainingSet({ vector, rows: "rows.parquet", folder, output: "set", engine: { memory } });
process.stdout.write(String(process.resourceUsage().maxRSS * 1024));

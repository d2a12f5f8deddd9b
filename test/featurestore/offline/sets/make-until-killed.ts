// Makes a training set of the small project in a folder; says so when it is in the middle of it.
import { loadProject, makeTrainingSet } from "../../../../src/featurestore/index.ts";

const [folder = "", output = ""] = process.argv.slice(2);
const { plan } = await loadProject(folder);
const vector = plan.vectors.find(({ name }) => name === "eta");
if (vector === undefined) throw new Error("no vector");
await makeTrainingSet({
  vector,
  rows: "left.parquet",
  folder,
  output,
  progress: {
    start: (name) => {
      if (name === "fitting and writing") process.stdout.write("writing\n");
    },
    update: () => undefined,
    finish: () => undefined,
  },
});

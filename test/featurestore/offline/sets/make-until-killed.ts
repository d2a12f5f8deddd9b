// Makes a training set of the small project in a folder, up to a point, if one is named: there it says so and waits to be killed.
import { loadProject, makeTrainingSet } from "../../../../src/featurestore/index.ts";

const [folder = "", output = "", point = "", checkpointAfter = "30"] = process.argv.slice(2);
const { plan } = await loadProject(folder);
const vector = plan.vectors.find(({ name }) => name === "eta");
if (vector === undefined) throw new Error("no vector");

function reached(name: string): void {
  if (name !== point) return;
  process.stdout.write(`${name}\n`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

await makeTrainingSet({
  vector,
  rows: "left.parquet",
  folder,
  output,
  checkpointAfter: Number(checkpointAfter),
  progress: {
    start: reached,
    update: (done) => {
      reached(`joined ${String(done)}`);
    },
    finish: () => undefined,
  },
});

// One training set in a process of its own, so that its peak of memory is its own: `windows-child.ts FOLDER ROWS OUTPUT MEMORY` makes the set of
// the vector `windows` of the project in FOLDER and prints its seconds and its peak of resident memory, bytes, as JSON.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadProject, makeTrainingSet } from "../../src/featurestore/index.ts";

const [folder = "", rows = "", output = "", memory = ""] = process.argv.slice(2);
const { plan } = await loadProject(folder);
const vector = plan.vectors.find(({ name }) => name === "windows");
if (vector === undefined) throw new Error("no vector windows");
const started = performance.now();
const { manifest } = await makeTrainingSet({
  ...{ vector, rows, output, folder, at: "asked_at", carry: ["row"] },
  engine: { memory, threads: 2, spillFolder: join(folder, "spill"), spillLimit: "60GB" },
});
const seconds = (performance.now() - started) / 1000;
// Not the usage's maximum: Linux counts into it what the process had that started this one.
const [, kilobytes = ""] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile("/proc/self/status", "utf8")) ?? [];
process.stdout.write(JSON.stringify({ seconds, rows: manifest.counts.train, peak: Number(kilobytes) * 1024 }));

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { compileRows, rowCells } from "../../src/dsl/index.ts";
import type { Case } from "../harness/suite.ts";
import { vectorPlan } from "./vectors.ts";

const folder = join(import.meta.dirname, "../peers/feast-on-demand");

/** Two outputs of one row, against what Feast's transformation alone says it takes: serving adds more to it. */
export const feastOnDemand: Case = {
  name: "feast-on-demand",
  against: "Feast's transformation of one row, python mode, two outputs",
  unit: "ns/row",
  setup: async () => {
    const python = join(folder, ".venv/bin/python");
    if (!existsSync(python))
      throw new Error(`${python} is not there: benchmarks/peers/feast-on-demand/README.md says how to make it`);
    const { stdout } = await promisify(execFile)(python, [join(folder, "measure.py")]);
    const { transform } = JSON.parse(stdout) as { readonly transform: number };
    const { row } = compileRows(vectorPlan("two").slots);
    const given = rowCells(2);
    const results = rowCells(2);
    given.numbers.set([3.5, 4]);
    const rows = 1_000;
    return {
      pieces: rows,
      ours: () => {
        for (let i = 0; i < rows; i++) row(given, results);
        return results;
      },
      baseline: { nanoseconds: transform * rows },
      verify: () => {
        row(given, results);
        if (results.numbers.join() !== "12.25,9") throw new Error(`gave ${results.numbers.join()}`);
      },
    };
  },
};

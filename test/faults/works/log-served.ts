import { mkdir, readdir } from "node:fs/promises";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { acknowledge } from "../point.ts";
import type { Work } from "../work.ts";
import { compactingPoints, logAnswers, publicIds, sealingPoints, servedAt } from "./served-home.ts";

/** Answers are logged, sealed and compacted, and then once more. */
export const logServed: Work = {
  name: "log-served",
  points: [
    "make the folder of journals",
    "write a journal",
    "fsync a journal",
    "cut a journal",
    ...sealingPoints,
    ...compactingPoints,
    "write a vector's plan",
    "fsync a vector's plan",
    "rename a vector's plan",
  ],
  prepare: async (home) => {
    await mkdir(home, { recursive: true });
  },
  run: async (home, seed) => {
    const engine = await Engine.open({ threads: 1 });
    for (const round of [0, 1]) {
      await logAnswers(home, seed + round, (ids) => {
        for (const id of ids) acknowledge(id);
      });
      await servedAt(home, engine).compact();
    }
    engine.close();
  },
  check: async (home, _seed, acknowledged, engine) => {
    const lacking = async (): Promise<readonly string[]> => {
      const found = await publicIds(home, engine);
      return acknowledged.filter((id) => !found.has(id));
    };
    // No row is there twice, also before what was begun is finished.
    await publicIds(home, engine);
    await logAnswers(home, 0);
    await servedAt(home, engine).compact();
    const lost = await lacking();
    if (lost.length > 0)
      throw new Error(`of ${String(acknowledged.length)} answers that were flushed ${String(lost.length)} are lost`);
    const left = await readdir(`${home}/served-journal`);
    if (left.length > 0) throw new Error(`${left.join(", ")} is left`);
  },
};

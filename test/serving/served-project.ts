import { join } from "node:path";
import { open, type Tondo } from "../../src/open.ts";
import type { OpenOptions } from "../../src/open-options.ts";
import type { Manifest } from "../../src/featurestore/index.ts";
import { linearTrainer } from "../../src/training/index.ts";
import { day, smallProject, type SmallProject, start } from "../featurestore/offline/small-project.ts";

/** The small project with a model trained, tagged and its features loaded as of {@link loadedAt}. */
export interface ServedProject {
  readonly small: SmallProject;
  readonly tondo: Tondo;
  readonly manifest: Manifest;
  close(): Promise<void>;
}

/** The moment that the online store answers for. */
export const loadedAt: bigint = BigInt(start + 25 * day + 1234567);

/** Trains `eta` on the small project, one model a area beside the global one, tags it `champion`. */
export async function servedProject(options: OpenOptions = {}): Promise<ServedProject> {
  const small = await smallProject();
  const tondo = await open({ folder: small.folder, actor: "tester", ...options });
  await tondo.apply();
  const manifest = await train(tondo);
  await tondo.materialize({ asOf: loadedAt });
  return {
    small,
    tondo,
    manifest,
    close: async () => {
      await tondo.close();
      await small.remove();
    },
  };
}

/** Trains again; other rows make other models. */
export async function train(tondo: Tondo, minRows = 30, rows = "left.parquet"): Promise<Manifest> {
  const set = await tondo.trainingSet({
    vector: "eta",
    rows,
    output: join("training", `eta-${String(minRows)}`),
    carry: ["area"],
    split: { train: { to: BigInt(start + 18 * day) }, holdout: { from: BigInt(start + 18 * day) } },
  });
  await tondo.train({
    set,
    model: "eta",
    label: "took",
    trainer: linearTrainer,
    levels: [{ level: "area", column: "area" }],
    minRows,
    tag: "champion",
    missing: "drop",
  });
  return set.manifest;
}

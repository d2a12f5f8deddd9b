import { join, relative } from "node:path";
import { canonicalJson, writeFileAtomic } from "../../../core/index.ts";
import {
  inFolder,
  meantName,
  normalSpecification,
  outputFolder,
  specificationError,
} from "../../specification/index.ts";
import { type Manifest, manifestFile } from "./manifest.ts";
import type { TrainingSetOptions } from "./training-set-options.ts";

/** A class balance is of a label that there is. @throws TondoError `SPECIFICATION_INVALID` */
export function requireLabel({ vector, classBalance, written }: TrainingSetOptions): void {
  if (classBalance === undefined) return;
  const names = vector.labels.map(({ name }) => name);
  if (names.includes(classBalance.label)) return;
  throw specificationError(
    [
      {
        path: ["classBalance", "label"],
        message: `names the label "${classBalance.label}", which the set does not have`,
        hint: meantName(classBalance.label, names, "label"),
      },
    ],
    written,
  );
}

/** What was asked for, as a manifest keeps it. */
export function specificationOf(
  options: TrainingSetOptions,
  keys: readonly string[],
): NonNullable<Manifest["specification"]> {
  const { about = {}, vector, rows, folder, output, ...rest } = options;
  return normalSpecification(
    {
      ...rest,
      ...about,
      ...(about.features === undefined ? { vector: vector.name } : {}),
      ...(typeof rows === "string" ? { rows } : {}),
      output: inFolder(output, relative(folder, outputFolder(output)) || "."),
    },
    keys,
  );
}

/** A set that is found is the one asked for; who owns it and what it is for may be said otherwise now. */
export async function describeAnew(
  found: Manifest,
  specification: NonNullable<Manifest["specification"]>,
  folder: string,
): Promise<Manifest> {
  if (canonicalJson(found.specification ?? {}) === canonicalJson(specification)) return found;
  const manifest = { ...found, specification };
  await writeFileAtomic(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

import { canonicalJson, type Micros, sha256 } from "../../../core/index.ts";
import { vectorFingerprint } from "../../../dsl/index.ts";
import { normalChoice, outputBytes } from "../../specification/index.ts";
import { digestFiles, filesOf } from "../files/source-files.ts";
import { digestSource, type SourceFile } from "../sources/source-digests.ts";
import { keyColumnsOf } from "../rows/row-choice.ts";
import { appliedTo, appliedUntil } from "./applied-groups.ts";
import { digestRows, withoutPaths } from "./input-files.ts";
import type { Manifest } from "./manifest.ts";
import type { SplitMicros } from "./split.ts";
import type { TrainingSetOptions } from "./training-set-options.ts";

/** All that goes into a training set, by its content. */
export interface SetInputs extends Pick<Manifest, "sources" | "left" | "applied"> {
  readonly fingerprint: string;
  /** The files of each source, by its name. */
  readonly files: ReadonlyMap<string, readonly SourceFile[]>;
  /** What was applied that can matter to rows of which the last one asks then; all where that is not known. */
  readonly appliedUntil: (latest: Micros | undefined) => Manifest["applied"];
  /** SHA-256 of all inputs, with as much of what was applied. */
  readonly digestUntil: (latest: Micros | undefined) => string;
}

/** Raised whenever the files of the same inputs would differ. */
const format = 2;

/**
 * Reads all files that go into a set, for their digests.
 *
 * @throws TondoError `SOURCE_MISSING`, `LIMIT_EXCEEDED`, `IO_FAILED`, `ABORTED`
 */
export async function setInputs(options: TrainingSetOptions, split: SplitMicros): Promise<SetInputs> {
  const { vector, rows, at = "at", carry = [], raw = false, signal } = options;
  const files = new Map<string, readonly SourceFile[]>();
  for (const source of vector.sources) files.set(source.name, await digestSource(source, options, signal));
  const sources = [...files].map(([source, all]) => ({ source, files: all.map(({ digest }) => digest) }));
  const leftFiles =
    typeof rows === "string" ? await digestFiles(await filesOf(rows, options, "training rows"), options, signal) : [];
  const left = { at, files: leftFiles, digest: typeof rows === "string" ? null : await digestRows(rows, signal) };
  const fingerprint = vectorFingerprint(vector);
  const applied = appliedTo(vector, options.applied);
  const inputs = {
    format,
    fingerprint,
    sources: withoutPaths(sources),
    left: { ...left, files: leftFiles.map(({ sha256: hash }) => hash) },
    split,
    choice: normalChoice(options, [...keyColumnsOf(vector), at]),
    carry,
    raw,
    output: outputBytes(options.output),
  };
  const until = (latest: Micros | undefined): Manifest["applied"] =>
    latest === undefined ? applied : appliedUntil(vector, { applied, sources }, latest);
  const digestUntil = (latest: Micros | undefined): string =>
    sha256(canonicalJson({ ...inputs, applied: until(latest) }));
  return { fingerprint, files, sources, left, applied, appliedUntil: until, digestUntil };
}

import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { canonicalJson, TondoError } from "../../../core/index.ts";
import type { VectorPlan } from "../../../dsl/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import type { LeftRow, LeftRows } from "../rows/left-rows.ts";
import type { Manifest } from "./manifest.ts";
import { digestFiles, type FileDigest, filesOf, stampFiles, transportsAtRest } from "../files/source-files.ts";

/** Digests of the files of all sources that a vector reads. */
export async function digestSources(
  vector: Pick<VectorPlan, "sources">,
  places: FilePlaces,
  signal?: AbortSignal,
): Promise<Manifest["sources"]> {
  const digests: { source: string; files: FileDigest[] }[] = [];
  for (const source of vector.sources) {
    const files: FileDigest[] = [];
    for (const place of transportsAtRest(source))
      files.push(...(await digestFiles(await filesOf(place, places, `source "${source.name}"`), places, signal)));
    digests.push({ source: source.name, files });
  }
  return digests;
}

/** The same without their paths: where a file lies makes no difference. */
export function withoutPaths(sources: Manifest["sources"]): unknown {
  return sources.map(({ source, files }) => ({ source, files: files.map(({ sha256: hash }) => hash) }));
}

/** What the file system says of all files that go in: source by source, and the left rows'. */
export async function stampInputs(
  inputs: FilePlaces & { readonly vector: Pick<VectorPlan, "sources">; readonly rows: LeftRows },
): Promise<string> {
  const { vector, rows } = inputs;
  const stamps: string[] = [];
  for (const source of vector.sources)
    for (const place of transportsAtRest(source))
      stamps.push(await stampFiles(await filesOf(place, inputs, `source "${source.name}"`)));
  if (typeof rows === "string") stamps.push(await stampFiles(await filesOf(rows, inputs, "training rows")));
  return canonicalJson(stamps);
}

/** A member as JSON takes it: values that JSON would write alike, such as a Date and its text, are other ones here. */
function marked(this: unknown, key: string, value: unknown): unknown {
  // What is handed over of a Date is already its text.
  const given = (this as Readonly<Record<string, unknown>>)[key];
  if (given instanceof Date) return `date ${String(given.getTime())}`;
  if (typeof value === "string") return `text ${value}`;
  if (typeof value === "bigint") return `int ${String(value)}`;
  return typeof value === "number" && !Number.isFinite(value) ? `float ${String(value)}` : value;
}

/** SHA-256 of rows from memory. Row by row: one text of all of them may be longer than a text can be. */
export async function digestRows(rows: readonly LeftRow[], signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  for (const [i, row] of rows.entries()) {
    if (i % 10_000 === 9_999) await setImmediate();
    if (signal?.aborted === true)
      throw new TondoError("ABORTED", "hashing rows was cancelled", { cause: signal.reason });
    const text = JSON.stringify(row, marked) as string | undefined;
    hash.update(`${text ?? ""}\n`);
  }
  return hash.digest("hex");
}

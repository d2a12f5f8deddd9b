import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { canonicalJson, TondoError } from "../../../core/index.ts";
import type { VectorPlan } from "../../../dsl/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import type { LeftRow, LeftRows } from "../rows/left-rows.ts";
import type { Manifest } from "./manifest.ts";
import { filesOf, stampFiles, transportsAtRest } from "../files/source-files.ts";

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

/**
 * Does some work on the files that go in, and looks at them again: what was made of files of which one changed meanwhile is of no known
 * inputs, and what failed may have failed for that.
 *
 * @param before what {@link stampInputs} said before anything was read
 * @throws TondoError `SOURCE_CHANGED` with the file that changed, went or came, and what the work throws where none did
 */
export async function ofUnchanged<T>(
  inputs: Parameters<typeof stampInputs>[0],
  before: string,
  work: () => Promise<T>,
): Promise<T> {
  const outcome = await work().then(
    (done) => ({ done }),
    (failure: unknown) => ({ failure }),
  );
  const failure = "failure" in outcome ? outcome.failure : undefined;
  if (failure instanceof TondoError && failure.code === "ABORTED") throw failure;
  const where = await changedFile(inputs, before);
  if (where !== undefined) {
    throw new TondoError("SOURCE_CHANGED", "a file of a source or of the training rows changed while it was read", {
      where,
      hint: "Run it again when nobody writes it; nothing has been kept.",
      cause: failure,
    });
  }
  if ("done" in outcome) return outcome.done;
  throw outcome.failure;
}

/** A file of which the file system says another thing than before; a pattern where no file is left. */
async function changedFile(inputs: Parameters<typeof stampInputs>[0], before: string): Promise<string | undefined> {
  try {
    const [was, is] = [before, await stampInputs(inputs)].map(stampsByFile);
    const files = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
    return [...files].find((file) => was?.get(file) !== is?.get(file));
  } catch (error) {
    if (error instanceof TondoError && error.where !== undefined) return error.where;
    throw error;
  }
}

function stampsByFile(stamps: string): ReadonlyMap<string, string> {
  const places = JSON.parse(stamps) as readonly string[];
  const files = places.flatMap((place) => JSON.parse(place) as readonly (readonly string[])[]);
  return new Map(files.map(([file = "", ...stamp]) => [file, stamp.join(" ")]));
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

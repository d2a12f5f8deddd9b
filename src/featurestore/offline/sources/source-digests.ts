import { TondoError } from "../../../core/index.ts";
import type { SourcePlan } from "../../../dsl/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import { digestFiles, type FileDigest, filesOf, transportsAtRest } from "../files/source-files.ts";

/** A file of a source as it is read, and as manifests name it. */
export interface SourceFile {
  readonly path: string;
  readonly digest: FileDigest;
  /** Whether its rows were pushed, and count each from a moment of its own, whichever load took it in. */
  readonly isPushed?: true;
}

/**
 * The files of all places of a source, hashed.
 *
 * @throws TondoError as `filesOf` and `digestFiles` do, `ABORTED`
 */
export async function digestSource(
  source: SourcePlan,
  places: FilePlaces,
  signal?: AbortSignal,
): Promise<readonly SourceFile[]> {
  const all: SourceFile[] = [];
  for (const place of transportsAtRest(source)) {
    if (signal?.aborted === true)
      throw new TondoError("ABORTED", "hashing files was cancelled", { cause: signal.reason });
    const paths = await filesOf(place, places, `source "${source.name}"`);
    const digests = await digestFiles(paths, places, signal);
    all.push(
      ...digests.map((digest, i) => ({
        path: paths[i] ?? "",
        digest,
        ...(place.pushed === undefined || place.late === true ? {} : { isPushed: true as const }),
      })),
    );
  }
  return all;
}

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { glob, stat } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { canonicalJson, TondoError } from "../../../core/index.ts";
import { filesAtRest, type FileTransportPlan, type SourcePlan } from "../../../dsl/index.ts";
import type { FilePlaces } from "./file-places.ts";
import type { HeldFiles } from "./remote-files.ts";

/** How many files a path may stand for. */
export const maxFiles = 10_000;

/** One file of a source, as a manifest names it. */
export interface FileDigest {
  /** As the source's path leads to it, from the project folder where it lies inside; of S3 `s3://bucket/key`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * The files that a path of a source stands for, sorted, absolute. The path is relative to the project folder, with `*`,
 * `**` and `?` as in a glob. Of another place than the file system the files are copies, in the order of what they are copies of; and the first
 * alone where `reads` says that no other is read.
 *
 * @throws TondoError `SOURCE_MISSING` where there is none, `LIMIT_EXCEEDED` where there are more than {@link maxFiles}; for remote files what
 * `HeldFiles` throws, and `INVALID_ARGUMENT` where nothing reads them
 */
export async function filesOf(
  path: string,
  places: FilePlaces,
  what: string,
  reads: "all" | "first" = "all",
): Promise<readonly string[]> {
  if (isRemote(path, places)) return (await heldFiles(path, places).files(path, what, reads)).map(({ copy }) => copy);
  const { folder } = places;
  const whole = isAbsolute(path) ? path : join(folder, path);
  const files: string[] = [];
  if (await isFile(whole)) {
    files.push(whole);
  } else if (/[*?[\]{}]/.test(path)) {
    for await (const found of glob(isAbsolute(path) ? path : path.replaceAll("\\", "/"), { cwd: folder })) {
      const file = isAbsolute(found) ? found : join(folder, found);
      if (await isFile(file)) files.push(file);
      if (files.length > maxFiles) {
        throw new TondoError("LIMIT_EXCEEDED", `${what}: "${path}" stands for more than ${String(maxFiles)} files`, {
          hint: "Join them into fewer, larger files.",
        });
      }
    }
  }
  if (files.length === 0) {
    throw new TondoError("SOURCE_MISSING", `${what}: no file at "${path}"`, {
      where: whole,
      hint: `Paths are relative to the project folder, ${folder}.`,
    });
  }
  return files.sort();
}

/**
 * The places where a source's rows lie in files.
 *
 * @throws TondoError `SOURCE_MISSING` where they only come by a topic
 */
export function transportsAtRest(source: SourcePlan): readonly FileTransportPlan[] {
  const files = filesAtRest(source);
  if (files.length > 0) return files;
  const topics = source.transports.flatMap((transport) => (transport.format === "kafka" ? [transport.topic] : []));
  throw new TondoError(
    "SOURCE_MISSING",
    `source "${source.name}" has no rows at rest: they only come by the topic "${topics.join('", "')}"`,
    {
      where: source.name,
      hint: "Training sets and loads read files: add a parquet or csv place of the same rows, and an `id`; or leave its groups out.",
    },
  );
}

/** Whether a path leads out of the file system: it names how, as in `s3://`. */
function isRemote(path: string, { remote }: FilePlaces): boolean {
  return remote?.owns(path) === true || /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
}

function heldFiles(path: string, { remote, held }: FilePlaces): HeldFiles {
  if (remote?.owns(path) !== true) {
    throw new TondoError("INVALID_ARGUMENT", `"${path}" leads to a place that nothing here reads`, {
      where: path,
      hint: "Paths of the file system are read, and s3://bucket/key where a project was opened by `open` or the command line.",
    });
  }
  if (held === undefined) throw new TondoError("INTERNAL", `"${path}" is read by work that holds no files`);
  return held;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ENOTDIR")
      return false;
    throw new TondoError("IO_FAILED", `"${path}" cannot be read`, { cause: error });
  }
}

/**
 * Size and SHA-256 of files, in their order.
 *
 * @throws TondoError `SOURCE_MISSING` where one went away, `IO_FAILED`, `ABORTED`
 */
export async function digestFiles(
  files: readonly string[],
  { folder, held }: FilePlaces,
  signal?: AbortSignal,
): Promise<readonly FileDigest[]> {
  const digests: FileDigest[] = [];
  for (const file of files) {
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) {
        if (signal?.aborted === true) break;
        const chunk = part as Buffer;
        hash.update(chunk);
        bytes += chunk.length;
      }
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
      throw new TondoError(isGone ? "SOURCE_MISSING" : "IO_FAILED", `"${file}" cannot be read`, {
        where: file,
        hint: "Check that the file is there and may be read.",
        cause: error,
      });
    }
    if (signal?.aborted === true)
      throw new TondoError("ABORTED", "hashing files was cancelled", { cause: signal.reason });
    const inside = relative(folder, file);
    const path = held?.nameOf(file) ?? (inside.startsWith("..") ? file : inside);
    digests.push({ path, bytes, sha256: hash.digest("hex") });
  }
  return digests;
}

/**
 * What the file system says of files, as one text: another one as soon as a file is written, replaced, added or gone, also
 * where its length and its time of change were set back.
 */
export async function stampFiles(files: readonly string[]): Promise<string> {
  const stamps: string[][] = [];
  for (const file of files) {
    const found = await stat(file, { bigint: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new TondoError("IO_FAILED", `"${file}" cannot be read`, { where: file, cause: error });
    });
    if (found !== undefined)
      stamps.push([file, ...[found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].map(String)]);
  }
  return canonicalJson(stamps);
}

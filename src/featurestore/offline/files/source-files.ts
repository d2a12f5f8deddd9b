import { createHash } from "node:crypto";
import { glob, open, stat } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { canonicalJson, TondoError } from "../../../core/index.ts";
import { databaseTables, filesAtRest, type FileTransportPlan, type SourcePlan } from "../../../dsl/index.ts";
import type { FilePlaces } from "./file-places.ts";
import type { HeldFiles } from "./remote-files.ts";

/** How many files a path may stand for. */
export const maxFiles = 10_000;

/** How many bytes of a file are hashed at once. */
const digestedAtOnce = 1 << 20;

/** One file of a source, as a manifest names it. */
export interface FileDigest {
  /** As the source's path leads to it, from the project folder where it lies inside; of S3 `s3://bucket/key`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A place of a source whose files are listed, by their names in the folder that `path` is: what else lies there is not read. */
export interface ListedFiles extends FileTransportPlan {
  readonly files: readonly string[];
}

/**
 * The files that a path or a place of a source stands for, absolute; those of a path sorted. It is relative to the project folder, with `*`,
 * `**` and `?` as in a glob. Of another place than the file system the files are copies, in the order of what they are copies of; and the first
 * alone where `reads` says that no other is read.
 *
 * @throws TondoError `SOURCE_MISSING` where there is none, `LIMIT_EXCEEDED` where there are more than {@link maxFiles}; for remote files what
 * `HeldFiles` throws, and `INVALID_ARGUMENT` where nothing reads them
 */
export async function filesOf(
  place: string | FileTransportPlan | ListedFiles,
  places: FilePlaces,
  what: string,
  reads: "all" | "first" = "all",
): Promise<readonly string[]> {
  const { folder } = places;
  if (typeof place !== "string" && "files" in place) return listedFiles(place, folder, what);
  const path = typeof place === "string" ? place : place.path;
  if (isRemote(path, places)) return (await heldFiles(path, places).files(path, what, reads)).map(({ copy }) => copy);
  const whole = isAbsolute(path) ? path : join(folder, path);
  const files: string[] = [];
  const found = await lookAt(whole);
  if (found === "file") {
    files.push(whole);
  } else if (/[*?[\]{}]/.test(path)) {
    for await (const name of glob(isAbsolute(path) ? path : path.replaceAll("\\", "/"), { cwd: folder })) {
      const file = isAbsolute(name) ? name : join(folder, name);
      const is = await lookAt(file);
      if (is === "file") files.push(file);
      else refuseNoFile(file, is, what, path);
      if (files.length > maxFiles) {
        throw new TondoError("LIMIT_EXCEEDED", `${what}: "${path}" stands for more than ${String(maxFiles)} files`, {
          where: whole,
          hint: "Join them into fewer, larger files.",
        });
      }
    }
  }
  if (files.length === 0) {
    throw new TondoError("SOURCE_MISSING", `${what}: no file at "${path}"`, {
      where: whole,
      hint:
        found === "folder"
          ? `It is a folder: say which of its files, such as "${join(path, "*.parquet")}".`
          : `Paths are relative to the project folder, ${folder}.`,
    });
  }
  return files.sort();
}

/** Where a file lies that a place lists. */
export function listedFile(path: string, name: string, folder: string): string {
  return join(isAbsolute(path) ? path : join(folder, path), name);
}

async function listedFiles({ path, files }: ListedFiles, folder: string, what: string): Promise<readonly string[]> {
  const all = files.map((name) => listedFile(path, name, folder));
  for (const file of all) {
    if ((await lookAt(file)) === "file") continue;
    throw new TondoError("SOURCE_MISSING", `${what}: a file that it was extracted into is gone`, {
      where: file,
      hint: "Put it back, or extract the source anew with --full-refresh.",
    });
  }
  return all;
}

/**
 * Of what a pattern matches, folders are passed over, but for one that is named as a file of rows is: what lies in it would be missing
 * without a word, unless `**` leads there too.
 */
function refuseNoFile(path: string, is: "folder" | "nothing", what: string, pattern: string): void {
  if (is === "nothing") {
    throw new TondoError("SOURCE_MISSING", `${what}: "${path}" is a link to nothing, or went away`, {
      where: path,
      hint: "Mend the link, or remove it.",
    });
  }
  if (pattern.includes("**") || !/\.(parquet|csv)$/i.test(path)) return;
  throw new TondoError("SOURCE_MISSING", `${what}: "${path}" is a folder, and no file`, {
    where: path,
    hint: `Say which of its files are meant, such as "${join(path, "*.parquet")}", or rename the folder.`,
  });
}

/**
 * The places where a source's rows lie in files.
 *
 * @throws TondoError `SOURCE_MISSING` where they only come by a topic, or stand in a table of which nothing was extracted
 */
export function transportsAtRest(source: SourcePlan): readonly FileTransportPlan[] {
  const [table] = databaseTables(source);
  if (table !== undefined) {
    throw new TondoError(
      "SOURCE_MISSING",
      `source "${source.name}" stands in the table "${table.table}", of which nothing was extracted yet`,
      { where: source.name, hint: `Run: tondo extract ${source.name}` },
    );
  }
  const files = filesAtRest(source);
  if (files.length > 0) return files;
  const topics = source.transports.flatMap((transport) => (transport.format === "kafka" ? [transport.topic] : []));
  throw new TondoError(
    "SOURCE_MISSING",
    `source "${source.name}" has no rows at rest: they only come by the topic "${topics.join('", "')}"`,
    {
      where: source.name,
      hint: "What streams apply of it lies in the home, which a project that is opened reads; or add a parquet or csv place of the same rows, and an `id`.",
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

async function lookAt(path: string): Promise<"file" | "folder" | "nothing"> {
  try {
    const found = await stat(path);
    return found.isFile() ? "file" : found.isDirectory() ? "folder" : "nothing";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "nothing";
    throw new TondoError(
      "IO_FAILED",
      `"${path}" cannot be read${code === "ELOOP" ? ": its links lead in a circle" : ""}`,
      {
        where: path,
        hint: "Check that it leads to a file that may be read.",
        cause: error,
      },
    );
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
  const buffer = Buffer.allocUnsafe(digestedAtOnce);
  for (const file of files) {
    const { bytes, sha256 } = await digestFile(file, buffer, signal);
    const inside = relative(folder, file);
    const path = held?.nameOf(file) ?? (inside.startsWith("..") ? file : inside);
    digests.push({ path, bytes, sha256 });
  }
  return digests;
}

async function digestFile(
  path: string,
  buffer: Buffer,
  signal: AbortSignal | undefined,
): Promise<Pick<FileDigest, "bytes" | "sha256">> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    await using file = await open(path);
    for (;;) {
      if (signal?.aborted === true) break;
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new TondoError(isGone ? "SOURCE_MISSING" : "IO_FAILED", `"${path}" cannot be read`, {
      where: path,
      hint: "Check that the file is there and may be read.",
      cause: error,
    });
  }
  if (signal?.aborted === true)
    throw new TondoError("ABORTED", "hashing files was cancelled", { cause: signal.reason });
  return { bytes, sha256: hash.digest("hex") };
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

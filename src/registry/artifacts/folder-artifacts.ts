import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeDurableFolder, sha256, TondoError, writeFileAtomic } from "../../core/index.ts";
import type { ArtifactStore } from "./artifact-store.ts";

/**
 * Artifacts in a folder, on a local disk or a shared one: `ab/abcdef....zip`.
 * @example `folderArtifacts(".tondo/artifacts")`
 */
export function folderArtifacts(folder: string): ArtifactStore {
  const root = resolve(folder);
  const pathOf = (digest: string): string => join(root, checkDigest(digest).slice(0, 2), `${digest}.zip`);
  return {
    async put(bytes) {
      const digest = sha256(bytes);
      const path = pathOf(digest);
      try {
        if (await holds(path, digest)) return digest;
        await makeDurableFolder(dirname(path));
        await writeFileAtomic(path, bytes);
      } catch (error) {
        throw failed("written", path, error);
      }
      return digest;
    },
    async get(digest) {
      const path = pathOf(digest);
      const bytes = await read(path);
      if (bytes === undefined) {
        throw new TondoError("PACKAGE_MISSING", `no package ${digest} in the artifact folder`, {
          where: path,
          hint: "Restore the file from a backup, or check that the registry was opened with its own artifact folder.",
          details: { digest },
        });
      }
      const actual = sha256(bytes);
      if (actual === digest) return bytes;
      throw new TondoError("PACKAGE_CORRUPT", `the bytes of package ${digest} are not those that were sealed`, {
        where: path,
        hint: "Somebody or something changed the file: restore it from a backup, or register the version again.",
        details: { digest, actual },
      });
    },
    async has(digest) {
      const path = pathOf(digest);
      try {
        return (await stat(path)).isFile();
      } catch (error) {
        if (isMissing(error)) return false;
        throw failed("looked at", path, error);
      }
    },
  };
}

async function holds(path: string, digest: string): Promise<boolean> {
  const bytes = await read(path);
  return bytes !== undefined && sha256(bytes) === digest;
}

async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw failed("read", path, error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function failed(how: string, path: string, cause: unknown): unknown {
  if (cause instanceof TondoError) return cause;
  return new TondoError("IO_FAILED", `an artifact could not be ${how}`, {
    where: path,
    hint: "Check that the folder is there, that this account may write in it and that the disk is not full.",
    cause,
  });
}

function checkDigest(digest: string): string {
  if (/^[0-9a-f]{64}$/.test(digest)) return digest;
  throw new TondoError("INVALID_ARGUMENT", `digest: ${JSON.stringify(digest.slice(0, 80))} is not a SHA-256`, {
    hint: "Give 64 hexadecimal digits in small letters.",
  });
}

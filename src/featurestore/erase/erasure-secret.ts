import { createHmac, randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256, syncFile, syncFolder, temporaryBeside, TondoError } from "../../core/index.ts";

/** The file of a home that its secret stands in. */
export const secretFile = "erasure.key";

/**
 * The secret by which a home remembers erased keys: who has the database and not the secret cannot try out which key was meant. It stands in the home and
 * nowhere else; homes that share a database need the same.
 */
export interface ErasureSecret {
  /** Tells secrets apart, and says nothing of this one. */
  readonly id: string;
  /** HMAC-SHA256 of a key of an entity, hex. */
  readonly digest: (entity: string, key: Uint8Array) => string;
}

/**
 * The secret of a home; `undefined` where it has none.
 * @throws TondoError `ERASURES_UNREADABLE` where the file holds no secret, `IO_FAILED`
 */
export async function readSecret(home: string): Promise<ErasureSecret | undefined> {
  const path = join(home, secretFile);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new TondoError("IO_FAILED", "the secret of erased keys cannot be read", { where: path, cause: error });
  }
  if (/^[0-9a-f]{64}\n$/.test(text)) return secretOf(Buffer.from(text.trim(), "hex"));
  throw new TondoError("ERASURES_UNREADABLE", "the file holds no secret of erased keys", {
    where: path,
    hint: "Put the file back from a copy of the home.",
  });
}

/** The secret of a home, which is made where there is none: with the home locked. @throws TondoError as {@link readSecret} does */
export async function makeSecret(home: string): Promise<ErasureSecret> {
  const known = await readSecret(home);
  if (known !== undefined) return known;
  const path = join(home, secretFile);
  const secret = randomBytes(32);
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, `${secret.toString("hex")}\n`, { flag: "wx", mode: 0o600 });
    await syncFile(temporary);
    await rename(temporary, path);
    await syncFolder(home);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new TondoError("IO_FAILED", "the secret of erased keys cannot be written", { where: path, cause: error });
  }
  return secretOf(secret);
}

function secretOf(secret: Buffer): ErasureSecret {
  return {
    id: sha256(`tondo erasure secret ${secret.toString("hex")}`).slice(0, 16),
    digest: (entity, key) => createHmac("sha256", secret).update(`${entity}\0`).update(key).digest("hex"),
  };
}

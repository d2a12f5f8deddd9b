import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TondoError, writeFileAtomic } from "../../core/index.ts";
import type { OnlineStore } from "../online/index.ts";

/**
 * Makes sure that this home is the one that has all files of pushed rows of its store: what another has taken out of the log it lacks. To be called with the lock held under which rows come
 * into files.
 *
 * @throws TondoError `INVALID_ARGUMENT` where another home takes them, `IO_FAILED`
 */
export async function claimPushed({ pushed }: OnlineStore, home: string): Promise<void> {
  if (pushed?.takenBy === undefined) return;
  // No source is called that: names begin with a letter.
  const file = join(home, "pushed", ".home");
  let id: string;
  try {
    id = (await readFile(file, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      throw new TondoError("IO_FAILED", "what says which home this is cannot be read", { where: file, cause: error });
    id = randomUUID();
    await writeFileAtomic(file, `${id}\n`);
  }
  if ((await pushed.takenBy(id)) === id) return;
  throw new TondoError(
    "INVALID_ARGUMENT",
    "the rows that are pushed to this store are put into the files of another home",
    {
      where: home,
      hint: "Load, compare and make training sets with that home: what it took is in no other place.",
    },
  );
}

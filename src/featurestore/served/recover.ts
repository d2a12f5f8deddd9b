import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { lockFile } from "../../core/index.ts";
import { sealJournal, type SealResult } from "./seal.ts";
import { endings, stemOf } from "./served-places.ts";

/** What was found of processes that ended without sealing all that they logged. */
export interface Recovered {
  readonly journals: number;
  readonly rows: number;
  /** Bytes behind the last whole record of a journal, which were cut off. */
  readonly tornBytes: number;
  /** Records that the disk has damaged. */
  readonly damaged: number;
}

/** Where there was nothing. */
export const nothingRecovered: Recovered = { journals: 0, rows: 0, tornBytes: 0, damaged: 0 };

/**
 * Seals the journals of processes that live no more, killed ones among them; those of living ones are left alone. Two that do this at once share the work.
 *
 * @param seal how a journal is sealed; default: in this thread
 * @throws TondoError `DRIVER_MISSING`, `IO_FAILED`
 */
export async function recoverJournals(
  folder: string,
  signal?: AbortSignal,
  seal: typeof sealJournal = sealJournal,
): Promise<Recovered> {
  const found = { ...nothingRecovered };
  for (const owner of ownersIn(folder)) {
    if (signal?.aborted === true) break;
    const lock = lockFile(join(folder, `${owner}${endings.lock}`));
    if (lock === undefined) continue;
    try {
      // Whoever had the lock before may have sealed some of what was there.
      for (const name of ownedBy(folder, owner)) {
        const path = join(folder, name);
        if (stemOf(name, endings.sealing) !== undefined) {
          await rm(path, { recursive: true, force: true });
          continue;
        }
        add(found, await seal(path, signal));
      }
    } finally {
      lock[Symbol.dispose]();
    }
  }
  return found;
}

function add(found: { -readonly [K in keyof Recovered]: number }, { rows, tornBytes, damaged }: SealResult): void {
  found.journals++;
  found.rows += rows;
  found.tornBytes += tornBytes;
  found.damaged += damaged;
}

/** The processes that have left a journal, what was being made of one, or a lock alone. */
function ownersIn(folder: string): ReadonlySet<string> {
  const owners = readdirSync(folder).flatMap((name) => stemOf(name, endings.lock) ?? ownerOf(name) ?? []);
  return new Set(owners.filter(isId).sort());
}

/** The journals of a process, and what was being made of them: that goes before the journal that it is sealed from. */
function ownedBy(folder: string, owner: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => ownerOf(name) === owner);
  return names.sort().reverse();
}

/** Whose a journal is, or what is being made of one. */
function ownerOf(name: string): string | undefined {
  return (stemOf(name, endings.journal) ?? stemOf(name, endings.sealing))?.slice(0, idLength);
}

const idLength = 36;

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

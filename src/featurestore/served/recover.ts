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
  for (const [owner, names] of byOwner(folder)) {
    if (signal?.aborted === true) break;
    const lock = lockFile(join(folder, `${owner}${endings.lock}`));
    if (lock === undefined) continue;
    try {
      for (const name of names) {
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

/** The journals, and what was being made of them, by the process that wrote them; those without either by their lock alone. */
function byOwner(folder: string): ReadonlyMap<string, readonly string[]> {
  const owned = new Map<string, string[]>();
  for (const name of readdirSync(folder).sort()) {
    const owner = stemOf(name, endings.lock);
    if (owner !== undefined && isId(owner)) owned.set(owner, owned.get(owner) ?? []);
    const stem = stemOf(name, endings.journal) ?? stemOf(name, endings.sealing);
    const own = stem?.slice(0, idLength);
    if (own === undefined || !isId(own)) continue;
    // What was being sealed goes before the journal that it is sealed from.
    owned.set(own, [name, ...(owned.get(own) ?? [])]);
  }
  return owned;
}

const idLength = 36;

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

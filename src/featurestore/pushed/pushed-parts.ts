import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { formatMicros, type Micros, TondoError } from "../../core/index.ts";

/** A file of pushed rows. */
export interface PushedPart {
  /** From the folder of its source: in that of its day, or of files of before without one. */
  readonly file: string;
  /** The moment of its last row; of late ones that of the last row that left the log with them. */
  readonly last: number;
}

/** What the names of files begin with: of rows that count from when they were pushed, and of late ones. */
export type PartName = "part" | "late";

interface NamedPart extends PushedPart {
  readonly name: PartName;
}

/** The moment of the last row of a file of pushed rows, by its path; before all others where it is none. */
export function lastPushed(path: string): number {
  return Number(/part-(-?\d+)\.parquet$/.exec(path)?.[1] ?? Number.MIN_SAFE_INTEGER);
}

/** Where the pushed rows of a source lie once they are in files. */
export function pushedFolder(home: string, source: string): string {
  return join(home, "pushed", encodeURIComponent(source));
}

/** The day of a moment in UTC, as the folder of the rows that count from then on is called: not as `day=...`, which engines would take for a column. */
export function dayOf(moment: Micros): string {
  return formatMicros(moment).slice(0, 10);
}

/** The files of the pushed rows of a source, the oldest first. Each is named by the moment of its last row. */
export async function pushedParts(home: string, source: string): Promise<readonly PushedPart[]> {
  return partsOf("part", await filesIn(home, source));
}

function partsOf(name: PartName, files: readonly string[]): readonly NamedPart[] {
  return files
    .flatMap((file) => {
      const [, own, last] = /^(part|late)-(-?\d+)\.parquet$/.exec(basename(file)) ?? [];
      return own === name ? [{ file, last: Number(last), name }] : [];
    })
    .sort((a, b) => a.last - b.last);
}

/**
 * All that lies in the folder of a source and in those of its days, from there. Rows come into files in the order of their moments: once there is a folder of a day, nothing comes into one of before, and so
 * no file is found without those before it, whoever writes meanwhile.
 */
async function filesIn(home: string, source: string): Promise<readonly string[]> {
  const folder = pushedFolder(home, source);
  const found: string[] = [];
  for (const name of await namesIn(folder, source)) {
    if (!/^\d{4}-\d\d-\d\d$/.test(name)) found.push(name);
    else found.push(...(await namesIn(join(folder, name), source)).map((file) => `${name}/${file}`));
  }
  return found;
}

async function namesIn(folder: string, source: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new TondoError("IO_FAILED", `the pushed rows of "${source}" cannot be read`, { where: folder, cause: error });
  }
}

/** The files of pushed rows that are read, in the order in which they are looked through. */
export async function wholeParts(home: string, source: string): Promise<readonly NamedPart[]> {
  return wholeOf(await filesIn(home, source));
}

/** Of late files those alone are whole which another stands beside that was written behind them: until then their rows are in the log. */
function wholeOf(files: readonly string[]): readonly NamedPart[] {
  const parts = partsOf("part", files);
  const until = parts.at(-1)?.last ?? -Infinity;
  return [...parts, ...partsOf("late", files).filter(({ last }) => last <= until)];
}

/** Removes what a run that was killed had not finished, whose rows are still in the log: to be called with the lock held under which rows come into files. */
export async function removeUnfinished(home: string, source: string): Promise<void> {
  const files = await filesIn(home, source);
  const whole = new Set(wholeOf(files).map(({ file }) => file));
  for (const file of files)
    if (!whole.has(file) && /^late-.*\.parquet$|\.part$/.test(basename(file)))
      await rm(join(pushedFolder(home, source), file), { force: true });
}

import { readdirSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { v7 } from "uuid";
import { lockFile, syncFile, syncFolder, TondoError } from "../../core/index.ts";
import { type Engine, sqlText } from "../duckdb/index.ts";
import { type Commit, finishCommit, type PublishedFile, writeCommit } from "./commit.ts";
import { publicColumns } from "./public-column.ts";
import { type PartEntry, partsFile } from "./seal.ts";
import { sealedName } from "./sealed-column.ts";
import { endings, isPartFile, stemOf, unpublishedFolder } from "./served-places.ts";

/** The parts of one vector, with equal columns. */
interface PartGroup {
  readonly vector: PartEntry["vector"];
  readonly paths: string[];
  rows: number;
}

const doing = "compacting the log of served features";

/**
 * Makes public files of all sealed parts: one for each vector, fingerprint and day, sorted by `request_id`. What an earlier compaction has left undone
 * is done first. Wherever it ends, no row is lost and none is there twice: until the commit the parts count, from then on the files.
 *
 * @returns what was published
 * @throws TondoError `HOME_BUSY` where another compacts, `IO_FAILED`, `ABORTED`
 */
export async function compactParts(
  home: string,
  openEngine: () => Promise<Engine>,
  signal?: AbortSignal,
): Promise<readonly PublishedFile[]> {
  const folder = unpublishedFolder(home);
  const published: PublishedFile[] = [];
  const names = readdirSync(folder).sort();
  for (const name of names) {
    const id = stemOf(name, endings.commit);
    if (id !== undefined) published.push(...(await finishCommit(home, id)).files);
  }
  for (const name of names) {
    // A compaction that does not count is begun anew; a commit that was not whole never counted.
    const isLeftover = stemOf(name, endings.compacting) !== undefined || isPartFile(name);
    if (isLeftover) await rm(join(folder, name), { recursive: true, force: true });
  }
  const sealed = readdirSync(folder).filter((name) => stemOf(name, endings.sealed) !== undefined);
  if (sealed.length === 0) return published;
  for (const name of sealed) {
    // Whoever sealed it may have had no time to remove what it is sealed from: it must not come back.
    await rm(join(folder, `${stemOf(name, endings.sealed) ?? ""}${endings.journal}`), { force: true });
  }
  await syncFolder(folder);
  const id = v7();
  const work = join(folder, `${id}${endings.compacting}`);
  await mkdir(work);
  const engine = await openEngine();
  let commit: Commit;
  try {
    const groups = await groupParts(folder, sealed);
    const files: PublishedFile[] = [];
    for (const group of groups) files.push(...(await writeGroup(engine, work, id, group, files.length, signal)));
    await syncFolder(work);
    const plans: Commit["plans"] = Object.fromEntries(groups.map(({ vector }) => [vector.fingerprint, vector.plan]));
    commit = { version: 1, files, plans, sealed };
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  } finally {
    engine.close();
  }
  // A commit may count although writing it fails (its folder could not be synced): what it is of stays, and the next compaction finishes or removes it.
  await writeCommit(home, id, commit);
  published.push(...(await finishCommit(home, id)).files);
  return published;
}

/**
 * Takes the lock of compactions.
 * @throws TondoError `HOME_BUSY`
 */
export function lockCompaction(home: string): Disposable {
  const lock = lockFile(join(unpublishedFolder(home), "compact.lock"));
  if (lock !== undefined) return lock;
  throw new TondoError("HOME_BUSY", "another process compacts the log of served features", {
    where: home,
    hint: "Wait until it is done, then try again.",
  });
}

async function groupParts(folder: string, sealed: readonly string[]): Promise<readonly PartGroup[]> {
  const groups = new Map<string, PartGroup>();
  for (const name of sealed) {
    const path = join(folder, name, partsFile);
    const list = JSON.parse(await readFile(path, "utf8")) as { readonly version: number; readonly parts: PartEntry[] };
    if (list.version !== 1) {
      throw new TondoError("IO_FAILED", "a sealed part of the log of served features is of another version", {
        where: path,
        hint: "Compact with the version of Tondo that wrote it.",
      });
    }
    for (const { file, rows, vector } of list.parts) {
      const key = JSON.stringify([vector.name, vector.fingerprint, vector.columns]);
      const group = groups.get(key) ?? { vector, paths: [], rows: 0 };
      group.rows += rows;
      group.paths.push(join(folder, name, file));
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

const dayMicros = 86_400_000_000;

async function writeGroup(
  engine: Engine,
  work: string,
  id: string,
  { vector, paths, rows }: PartGroup,
  first: number,
  signal: AbortSignal | undefined,
): Promise<readonly PublishedFile[]> {
  const { name, fingerprint, columns } = vector;
  const from = `read_parquet([${paths.map(sqlText).join(", ")}])`;
  const placeOf = (column: string): string => sealedName(columns.findIndex((one) => one.name === column));
  const day = `floor(${placeOf("logged_at")} / ${String(dayMicros)})::int`;
  const days = await engine.rows(
    `select ${day} as n, strftime(date '1970-01-01' + ${day}, '%Y-%m-%d') as day, count(*)::double as rows from ${from} group by all order by all`,
    doing,
    signal,
  );
  const found = days.reduce((sum, one) => sum + Number(one["rows"]), 0);
  if (found !== rows) {
    throw new TondoError(
      "IO_FAILED",
      `sealed parts of "${name}" have ${String(found)} rows and should have ${String(rows)}`,
      {
        where: paths[0] ?? work,
        hint: "Nothing was compacted; check the disk.",
      },
    );
  }
  const files: PublishedFile[] = [];
  for (const row of days) {
    const file = `${String(first + files.length)}.part`;
    await engine.run(
      `copy (select ${publicColumns(columns)} from ${from} where ${day} = ${String(row["n"])} order by ${placeOf("request_id")}) ` +
        `to ${sqlText(join(work, file))} (format parquet, compression zstd)`,
      doing,
      signal,
    );
    await syncFile(join(work, file));
    const place = { file, vector: name, fingerprint, day: String(row["day"]) };
    files.push({ ...place, name: `${id}-${String(first + files.length)}.parquet`, rows: Number(row["rows"]) });
  }
  return files;
}

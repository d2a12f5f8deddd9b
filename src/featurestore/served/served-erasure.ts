import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { v7 } from "uuid";
import { syncFile, syncFolder } from "../../core/index.ts";
import type { VectorPlan } from "../../dsl/index.ts";
import { type Engine, sqlText } from "../duckdb/index.ts";
import type { ErasableLog, ErasedKey } from "../erase/erasable-log.ts";
import { compactParts, lockCompaction } from "./compact.ts";
import { type JournalVector, readJournal, recordTypes } from "./journal-format.ts";
import { publicFiles } from "./public-files.ts";
import { recoverJournals } from "./recover.ts";
import { readAnswer } from "./row-codec.ts";
import { type PartEntry, partsFile } from "./seal.ts";
import { publicColumns } from "./public-column.ts";
import { isOfKey, keyCondition, placesOfKey } from "./served-key.ts";
import type { ServedContext } from "./served.ts";
import type { ServedPii } from "./served-options.ts";
import { endings, servedPlanFile, stemOf, unpublishedFolder } from "./served-places.ts";
import { servedColumns } from "./served-schema.ts";
import { ValueReader } from "./value-codec.ts";

/** The log of served features of a home, and how it keeps personal data. */
export type ServedErasureContext = Pick<ServedContext, "home" | "openEngine" | "log"> & {
  readonly pii: ServedPii | undefined;
};

const doing = "looking for a key in the log of served features";

/**
 * The rows of a key in the log of served features. All that can be sealed is made public first, and public files are written anew without them. What stands in
 * the journal of a process that lives is found, and cannot be removed: it is sealed once the journal has its size or age.
 */
export function servedErasure(context: ServedErasureContext): ErasableLog {
  return {
    name: "served features",
    scan: (key) => scan(context, key),
    erase: async (key) => {
      const { home, log, openEngine } = context;
      const folder = unpublishedFolder(home);
      await log?.seal();
      if (!existsSync(folder)) return 0;
      using _lock = lockCompaction(home);
      await recoverJournals(folder);
      await compactParts(home, openEngine);
      return await withEngine(context, (engine) => rewrite(context, engine, key));
    },
  };
}

/**
 * Counts in the direction in which rows go, from journals to sealed parts to public files, and looks anew at what there is of each: what others seal or compact meanwhile is met
 * further on, twice perhaps, and never overlooked.
 */
async function scan(context: ServedErasureContext, key: ErasedKey): Promise<number> {
  const { home, log } = context;
  await log?.flush();
  const folder = unpublishedFolder(home);
  return await withEngine(context, async (engine) => {
    let rows = 0;
    for (const path of namedSo(folder, endings.journal)) rows += await countJournal(context, path, key);
    for (const path of namedSo(folder, endings.sealed)) rows += await countSealed(context, engine, path, key);
    for (const { files, condition } of publicOf(context, key)) rows += await countPublic(engine, files, condition);
    return rows;
  });
}

/** What there is of an ending in a folder; nothing where the folder is not there. */
function namedSo(folder: string, ending: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => stemOf(name, ending) !== undefined)
    .map((name) => join(folder, name));
}

/** The public files that may have rows of a key, day by day, and what holds for those. */
function* publicOf(
  { home, pii }: ServedErasureContext,
  key: ErasedKey,
): Generator<{ readonly files: readonly string[]; readonly condition: string }> {
  for (const { files } of publicFiles(home)) {
    const [first] = files;
    if (first === undefined) continue;
    const plan = JSON.parse(readFileSync(join(dirname(first), "..", servedPlanFile), "utf8")) as VectorPlan;
    const condition = keyCondition(placesOfKey(key, plan, servedColumns(plan)), pii);
    if (condition !== undefined) yield { files, condition };
  }
}

/** Files that others remove meanwhile, since they are too old, have no rows any more. */
async function countPublic(engine: Engine, files: readonly string[], condition: string): Promise<number> {
  if (files.length === 0) return 0;
  try {
    return await count(engine, files, condition);
  } catch (error) {
    const left = files.filter((file) => existsSync(file));
    if (left.length === files.length) throw error;
    return countPublic(engine, left, condition);
  }
}

async function count(engine: Engine, files: readonly string[], condition: string): Promise<number> {
  const from = `read_parquet([${files.map(sqlText).join(", ")}])`;
  const [row] = await engine.rows(`select count(*)::double as n from ${from} where ${condition}`, doing);
  return Number(row?.["n"] ?? 0);
}

/** The rows of a key in a sealed folder. */
async function countSealed(
  { pii }: ServedErasureContext,
  engine: Engine,
  folder: string,
  key: ErasedKey,
): Promise<number> {
  let rows = 0;
  let reading = partsFile;
  try {
    const { parts } = JSON.parse(await readFile(join(folder, reading), "utf8")) as {
      readonly parts: readonly PartEntry[];
    };
    for (const { file, vector } of parts) {
      const condition = keyCondition(placesOfKey(key, vector.plan, vector.columns), pii);
      if (condition === undefined) continue;
      reading = file;
      const sql = `select count(*)::double as n from (select ${publicColumns(vector.columns)} from read_parquet(${sqlText(join(folder, file))})) where ${condition}`;
      const [row] = await engine.rows(sql, doing);
      rows += Number(row?.["n"] ?? 0);
    }
  } catch (error) {
    // It was compacted meanwhile: its rows are in public files.
    if (existsSync(join(folder, reading))) throw error;
  }
  return rows;
}

/** The rows of a key in a journal; one that a process writes to just now is read as far as it is written. */
async function countJournal({ pii }: ServedErasureContext, path: string, key: ErasedKey): Promise<number> {
  const vectors = new Map<number, JournalVector & { readonly places: ReturnType<typeof placesOfKey> }>();
  let rows = 0;
  try {
    for await (const record of readJournal(path, { tornBytes: 0, damaged: 0 })) {
      const reader = new ValueReader(record);
      const type = reader.byte();
      const number = reader.uint32();
      if (type === recordTypes.vector) {
        const vector = JSON.parse(String(reader.value("string"))) as JournalVector;
        vectors.set(number, { ...vector, places: placesOfKey(key, vector.plan, vector.columns) });
        continue;
      }
      const vector = vectors.get(number);
      if (vector === undefined || vector.places.length === 0) continue;
      const { name, fingerprint, columns, places } = vector;
      if (isOfKey(places, pii, readAnswer(reader, columns, { vector: name, fingerprint }), columns)) rows++;
    }
  } catch (error) {
    // It was sealed meanwhile: its rows are counted there.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return rows;
}

/** Writes public files anew without the rows of a key: each appears whole in the place of the old one, or goes where no row is left. */
async function rewrite(context: ServedErasureContext, engine: Engine, key: ErasedKey): Promise<number> {
  // Called as what a compaction that does not count leaves behind, so that the next one removes it.
  const work = join(unpublishedFolder(context.home), `${v7()}${endings.compacting}`);
  await mkdir(work);
  let rows = 0;
  try {
    for (const { files, condition } of publicOf(context, key)) {
      for (const file of files) {
        const found = await count(engine, [file], condition);
        if (found === 0) continue;
        const fresh = join(work, "0.part");
        const kept = `from read_parquet(${sqlText(file)}) where (${condition}) is not true`;
        await engine.run(
          `copy (select * ${kept} order by request_id) to ${sqlText(fresh)} (format parquet, compression zstd)`,
          doing,
        );
        const [row] = await engine.rows(`select count(*)::double as n from read_parquet(${sqlText(fresh)})`, doing);
        await syncFile(fresh);
        if (Number(row?.["n"] ?? 0) === 0) await rm(file);
        else await rename(fresh, file);
        await syncFolder(dirname(file));
        rows += found;
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return rows;
}

async function withEngine<T>({ openEngine }: ServedErasureContext, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine();
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}

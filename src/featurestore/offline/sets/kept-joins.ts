import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  canonicalJson,
  parseBytes,
  sha256,
  syncFile,
  syncFolder,
  TondoError,
  writeFileAtomic,
} from "../../../core/index.ts";
import { quoteIdentifier } from "../../../dsl/index.ts";
import { type Engine, sqlText } from "../../duckdb/index.ts";
import type { KeptJoins } from "../joins/join.ts";
import type { JoinReport } from "../joins/join-report.ts";
import type { JoinUnit } from "../joins/join-unit.ts";
import { readParquet } from "../files/read-files.ts";
import { digestFiles } from "../files/source-files.ts";

/** How long a join must have taken, in seconds, for its result to be kept until the set stands. */
export const defaultCheckpointAfter = 30;
/** How much may be kept. */
export const defaultCheckpointLimit = "20GB";

/** What is said of what is kept, beside it. */
interface KeptJoin {
  readonly sha256: string;
  readonly bytes: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly report: JoinReport;
}

/** Types that are the same after they were written to Parquet and read again. */
const plainType = /^(BIGINT|INTEGER|DOUBLE|VARCHAR|BOOLEAN)(\[\])?$/;

/** Where the joins of a set are kept: a hidden folder beside it. */
export function keptFolder(output: string): string {
  return join(dirname(output), `.${basename(output)}.kept`);
}

/** Joins of which some may be taken up again. */
export interface ResumedJoins extends KeptJoins {
  /** How many were, so far. */
  readonly taken: () => number;
}

/** Bounds of what is kept. */
export interface CheckpointOptions {
  /** Results of joins that took as many seconds are kept until the set stands, so that a run after a kill need not join again; default 30. */
  readonly checkpointAfter?: number;
  /** How much is kept at the most, such as `"5GB"`; default 20 GB. A result that would be too much is not kept. */
  readonly checkpointLimit?: string;
}

/**
 * Keeps what joins came to as Parquet beside the output, and takes it up again in a run over the very same inputs: each result is verified
 * by its digest. What is there of other inputs is removed. To be opened under the lock of the output.
 *
 * @param inputs all that the results follow from
 * @throws TondoError `INVALID_ARGUMENT` where a bound is none; what it gives throws `IO_FAILED`, `LIMIT_EXCEEDED`, `ABORTED`
 */
export async function keptJoins(options: {
  readonly engine: Engine;
  readonly output: string;
  readonly inputs: unknown;
  readonly bounds: CheckpointOptions;
  readonly signal?: AbortSignal | undefined;
}): Promise<ResumedJoins> {
  const { engine, output, inputs, bounds, signal } = options;
  const { after, limit } = checked(bounds);
  const own = sha256(canonicalJson({ inputs, engine: await engine.version() }));
  const folder = keptFolder(output);
  for (const name of await readdir(folder).catch(none))
    if (name !== own) await rm(join(folder, name), { recursive: true, force: true });
  const place = join(folder, own);
  const pathOf = (unit: JoinUnit, ending: string): string => join(place, `${unit.name}.${ending}`);
  const view = (unit: JoinUnit, columns: KeptJoin["columns"], doing: string): Promise<void> => {
    const own = columns.map(({ name, type }) => `${quoteIdentifier(name)}::${type} as ${quoteIdentifier(name)}`);
    const from = readParquet([pathOf(unit, "parquet")]);
    return engine.run(`create view ${unit.name} as select ${own.join(", ")} from ${from}`, doing, signal);
  };
  let started = performance.now();
  let bytes = 0;
  let taken = 0;
  return {
    taken: () => taken,
    async load(unit) {
      started = performance.now();
      const found = await readKept(pathOf(unit, "json"), pathOf(unit, "parquet"), signal);
      if (found === undefined) return undefined;
      await view(unit, found.columns, `taking up ${groupOf(unit)} again`);
      bytes += found.bytes;
      taken++;
      return found.report;
    },
    async keep(unit, report) {
      if (performance.now() - started < after * 1000) return false;
      const doing = `keeping ${groupOf(unit)}`;
      const columns = await columnsOf(engine, unit.name, doing);
      if (!columns.every(({ type }) => plainType.test(type))) return false;
      await mkdir(place, { recursive: true });
      const path = pathOf(unit, "parquet");
      const unfinished = pathOf(unit, "part");
      // A smaller file is not worth a third more time, nor is the order: it is put into the rows' own.
      await engine.run(
        `copy ${unit.name} to ${sqlText(unfinished)} (format parquet, compression snappy, preserve_order false)`,
        doing,
        signal,
      );
      const [digest] = await digestFiles([unfinished], { folder: place }, signal);
      if (digest === undefined || bytes + digest.bytes > limit) {
        await rm(unfinished, { force: true });
        return false;
      }
      await syncFile(unfinished);
      await rename(unfinished, path);
      await syncFolder(place);
      bytes += digest.bytes;
      const kept: KeptJoin = { sha256: digest.sha256, bytes: digest.bytes, columns, report };
      await writeFileAtomic(pathOf(unit, "json"), JSON.stringify(kept));
      // Where memory is short the table lies on the disk, too, and is slower to read from there.
      await engine.run(`drop table ${unit.name}`, doing);
      await view(unit, columns, doing);
      return true;
    },
  };
}

function checked(bounds: CheckpointOptions): { readonly after: number; readonly limit: number } {
  const { checkpointAfter = defaultCheckpointAfter, checkpointLimit = defaultCheckpointLimit } = bounds;
  if (!(checkpointAfter >= 0)) {
    throw new TondoError("INVALID_ARGUMENT", `checkpointAfter: ${String(checkpointAfter)} is no number of seconds`, {
      hint: "Give a number of at least 0; Infinity keeps nothing.",
    });
  }
  const limit = parseBytes(checkpointLimit);
  if (limit === undefined) {
    throw new TondoError("INVALID_ARGUMENT", `checkpointLimit: "${checkpointLimit}" is no size`, {
      hint: 'Sizes are written like "20GB".',
    });
  }
  return { after: checkpointAfter, limit };
}

/** What was kept, if it is whole: a run may have been killed while it wrote, and a disk may have lost something. */
async function readKept(about: string, path: string, signal: AbortSignal | undefined): Promise<KeptJoin | undefined> {
  const text = await readFile(about, "utf8").catch(none);
  if (typeof text !== "string") return undefined;
  const kept = parsed(text);
  if (kept === undefined) return undefined;
  const digests = await digestFiles([path], { folder: dirname(path) }, signal).catch((error: unknown) => {
    if (error instanceof TondoError && error.code === "SOURCE_MISSING") return [];
    throw error;
  });
  return digests[0]?.sha256 === kept.sha256 ? kept : undefined;
}

function parsed(text: string): KeptJoin | undefined {
  try {
    const kept = JSON.parse(text) as Partial<KeptJoin> | null;
    const isWhole =
      typeof kept?.sha256 === "string" &&
      typeof kept.bytes === "number" &&
      Array.isArray(kept.columns) &&
      kept.columns.every(
        ({ name, type }: KeptJoin["columns"][number]) => typeof name === "string" && plainType.test(type),
      );
    return isWhole ? (kept as KeptJoin) : undefined;
  } catch {
    // No JSON: as if nothing had been kept.
    return undefined;
  }
}

async function columnsOf(engine: Engine, table: string, doing: string): Promise<KeptJoin["columns"]> {
  const rows = await engine.rows(
    `select column_name as name, data_type as type from duckdb_columns() where table_name = ${sqlText(table)} order by column_index`,
    doing,
  );
  return rows.map(({ name, type }) => ({ name: String(name), type: String(type) }));
}

function none(error: unknown): [] {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
  throw error;
}

function groupOf({ group }: JoinUnit): string {
  return `${group.entity}:${group.name}`;
}

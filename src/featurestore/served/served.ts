import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Clock, TondoError } from "../../core/index.ts";
import { type Engine, sqlText } from "../duckdb/index.ts";
import type { PublishedFile } from "./commit.ts";
import { compactParts, lockCompaction } from "./compact.ts";
import { publicFiles, removeBefore, type ServedDay } from "./public-files.ts";
import { nothingRecovered, recoverJournals, type Recovered } from "./recover.ts";
import type { ServedLog, ServedStats } from "./served-log.ts";
import { servedVectorFolder, unpublishedFolder } from "./served-places.ts";
import { type Unpublished, unpublishedIn } from "./unpublished.ts";

/** How the log is compacted. */
export interface CompactServedOptions {
  /** Days whose files are kept, the present one counted: files of earlier days are removed, whole. Default: all are kept. */
  readonly keepDays?: number;
  readonly signal?: AbortSignal;
}

/** What came of a compaction. */
export interface ServedCompaction {
  /** The files that were published, with their absolute paths. */
  readonly files: readonly (Omit<PublishedFile, "file" | "name"> & { readonly path: string })[];
  readonly rows: number;
  readonly recovered: Recovered;
  /** What was removed for its age. */
  readonly removed: readonly ServedDay[];
}

/** What the log has. */
export interface ServedListing {
  readonly days: readonly (ServedDay & { readonly rows: number })[];
  /** What is not public yet. */
  readonly unpublished: Unpublished;
}

/** The log of served features of a home. */
export interface Served {
  /** What has become of what this process has served; `null` where it logs nothing. */
  stats(): ServedStats | null;
  /** Until all that this process has served is on the disk for sure. @throws TondoError `IO_FAILED` */
  flush(): Promise<void>;
  /**
   * Makes public Parquet files of all that was logged in the home: by this process, by others that have sealed it, and by those that live no more. It is to be
   * called from time to time, by one process: what others compact at the same time is refused.
   *
   * @example `await tondo.served.compact({ keepDays: 90 })`
   * @throws TondoError `HOME_BUSY`, `DRIVER_MISSING`, `IO_FAILED`, `LIMIT_EXCEEDED`, `ABORTED`
   */
  compact(options?: CompactServedOptions): Promise<ServedCompaction>;
  /** The public files, with how many rows they have. @throws TondoError `IO_FAILED` */
  list(): Promise<ServedListing>;
}

/** What the log of a home is made of. */
export interface ServedContext {
  readonly home: string;
  readonly clock: Clock;
  readonly openEngine: () => Promise<Engine>;
  /** The log of this process, where it has one. */
  readonly log: ServedLog | undefined;
}

/** The log of served features of a home. */
export function servedOf({ home, clock, openEngine, log }: ServedContext): Served {
  return {
    stats: () => log?.stats() ?? null,
    flush: async () => log?.flush(),
    compact: async ({ keepDays, signal } = {}) => {
      const oldest = keepDays === undefined ? undefined : firstDay(clock(), keepDays);
      try {
        await log?.seal();
      } catch (error) {
        // It waits for what this is about to do.
        if (!(error instanceof TondoError && error.code === "LIMIT_EXCEEDED")) throw error;
      }
      const folder = unpublishedFolder(home);
      const isThere = existsSync(folder);
      using _lock = isThere ? lockCompaction(home) : undefined;
      const recovered = isThere ? await recoverJournals(folder, signal) : nothingRecovered;
      const published = isThere ? await compactParts(home, openEngine, signal) : [];
      const files = published.map(({ file: _file, name, ...rest }) => ({
        ...rest,
        path: join(servedVectorFolder(home, rest.vector, rest.fingerprint), rest.day, name),
      }));
      const rows = files.reduce((sum, one) => sum + one.rows, 0);
      return { files, rows, recovered, removed: oldest === undefined ? [] : removeBefore(home, oldest) };
    },
    list: async () => ({
      days: await counted(publicFiles(home), openEngine),
      unpublished: await unpublishedIn(unpublishedFolder(home)),
    }),
  };
}

const dayMicros = 86_400_000_000;

/** The first of so many days that end with the present one. */
function firstDay(now: number, days: number): string {
  if (!Number.isSafeInteger(days) || days < 1) {
    throw new TondoError("INVALID_ARGUMENT", `\`keepDays\` is ${String(days)}`, {
      hint: "Give a whole number from 1.",
    });
  }
  const first = Math.floor(now / dayMicros) - days + 1;
  return new Date(first * (dayMicros / 1000)).toISOString().slice(0, 10);
}

async function counted(days: readonly ServedDay[], openEngine: () => Promise<Engine>): Promise<ServedListing["days"]> {
  const paths = days.flatMap(({ files }) => files);
  if (paths.length === 0) return [];
  const engine = await openEngine();
  try {
    const rows = await engine.rows(
      `select file_name, num_rows::double as n from parquet_file_metadata([${paths.map(sqlText).join(", ")}])`,
      "listing the log of served features",
    );
    const byFile = new Map(rows.map((row) => [String(row["file_name"]), Number(row["n"])]));
    return days.map((day) => ({ ...day, rows: day.files.reduce((sum, file) => sum + (byFile.get(file) ?? 0), 0) }));
  } finally {
    engine.close();
  }
}

import { nearestName, type Progress, silentProgress, TondoError } from "../../core/index.ts";
import type { SourceDatabaseOptions } from "../../database/index.ts";
import { databaseTables, type ProjectPlan, tableParts, type TableTransportPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { extractTable, type TableExtraction } from "./extract-table.ts";

/** A database that sources are read from: its address, or that with TLS and a password from elsewhere. */
export type SourceDatabase = string | SourceDatabaseOptions;

/** The databases that sources are read from: one, or several by the names that definitions give them; `default` where they give none. */
export type SourceDatabases = SourceDatabase | Readonly<Record<string, SourceDatabase>>;

/** About how many rows a part has at the most, where nothing else is said: it ends with the batch that reaches them. */
export const defaultPartRows = 1_000_000;

/** What to extract. */
export interface ExtractOptions {
  readonly project: Pick<ProjectPlan, "sources">;
  readonly databases: SourceDatabases | undefined;
  readonly home: string;
  readonly engine: Engine;
  /** Names of sources; default: all that stand in tables. */
  readonly sources?: readonly string[] | undefined;
  /** Reads whole tables in place of what is kept of them; default: what is new. */
  readonly fullRefresh?: boolean | undefined;
  /** About how many rows a file has at the most: it ends with the batch, of some thousands, that reaches them. Default {@link defaultPartRows}. */
  readonly partRows?: number | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads what is new in the tables that sources stand in, into Parquet files that are kept in the home. Each file counts once it is written
 * whole, so that an extraction that was killed goes on from there.
 *
 * @throws TondoError `INVALID_ARGUMENT` where a source stands in no table or its database is not given, `SOURCE_MISSING` where there is no such
 * table, `SOURCE_CHANGED` where a column is gone or of another type, `HOME_BUSY` where another process extracts the same, `DATABASE_UNAVAILABLE`,
 * `DATABASE_FAILED`, `DRIVER_MISSING`, `MANIFEST_INVALID`, `IO_FAILED`, `ABORTED`
 */
export async function extract(options: ExtractOptions): Promise<readonly TableExtraction[]> {
  const { project, home, engine, fullRefresh = false, partRows = defaultPartRows } = options;
  if (!Number.isInteger(partRows) || partRows < 1) {
    throw new TondoError("INVALID_ARGUMENT", `partRows: ${String(partRows)} is no count of rows`, {
      hint: "Give a whole number of at least 1.",
    });
  }
  const known = project.sources.filter((source) => databaseTables(source).length > 0);
  const names = known.map(({ name }) => name);
  for (const name of options.sources ?? []) {
    if (names.includes(name)) continue;
    const isSource = project.sources.some((source) => source.name === name);
    const nearest = nearestName(name, names);
    throw new TondoError(
      "INVALID_ARGUMENT",
      isSource ? `source "${name}" stands in no table: there is nothing to extract` : `there is no source "${name}"`,
      {
        hint:
          nearest !== undefined
            ? `Did you mean "${nearest}"?`
            : names.length === 0
              ? 'No applied source stands in a table: write postgres "schema.table" in one, and apply it.'
              : `Sources in tables are ${names.join(", ")}.`,
      },
    );
  }
  const chosen = known.filter(({ name }) => options.sources === undefined || options.sources.includes(name));
  const work = chosen.flatMap((source) =>
    databaseTables(source).map((place) => ({
      source,
      place,
      database: databaseOf(source.name, place, options.databases),
    })),
  );
  const done: TableExtraction[] = [];
  for (const { source, place, database } of work) {
    const { progress = silentProgress, signal } = options;
    done.push(await extractTable(source, place, { database, home, engine, fullRefresh, partRows, progress, signal }));
  }
  return done;
}

/** The database that a table is in. */
function databaseOf(
  source: string,
  { table }: TableTransportPlan,
  databases: SourceDatabases | undefined,
): SourceDatabaseOptions {
  const { database: name = "default" } = tableParts(table) ?? {};
  const isOne = typeof databases === "string" || typeof databases?.url === "string";
  const byName = isOne
    ? { default: databases as SourceDatabase }
    : ((databases ?? {}) as Readonly<Record<string, SourceDatabase>>);
  const found = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (found !== undefined) return typeof found === "string" ? { url: found } : found;
  const called = name === "default" ? "its database" : `the database "${name}"`;
  const variable = name === "default" ? "TONDO_SOURCE_DATABASE" : `TONDO_SOURCE_DATABASE_${name.toUpperCase()}`;
  const given = Object.keys(byName);
  throw new TondoError(
    "INVALID_ARGUMENT",
    `source "${source}" stands in the table "${table}", and the address of ${called} is not given`,
    {
      hint:
        `Give --source-database ${name === "default" ? "" : `${name}=`}postgres://USER:PASSWORD@HOST/NAME, ${variable} in the environment, or open({ sources: { postgres } }).` +
        (given.length === 0 ? "" : ` Given: ${given.join(", ")}.`),
    },
  );
}

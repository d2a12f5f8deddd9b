import { type Micros, TondoError } from "../../core/index.ts";
import { duckdbColumn, quoteIdentifier } from "../../dsl/index.ts";
import { type Engine, sqlText } from "../duckdb/index.ts";
import { parquetSchemas } from "../offline/files/parquet-columns.ts";
import { readParquet } from "../offline/files/read-files.ts";

/** Which rows of a log are of interest. */
export interface LogChoice {
  readonly vector: string;
  readonly fingerprint: string;
  readonly since: Micros | undefined;
  readonly until: Micros | undefined;
}

/** The files of a log that hold rows of a choice, and what the others hold. */
export interface ChosenFiles {
  readonly files: readonly string[];
  /** Rows of the period that were served by other definitions of the vector. */
  readonly definitions: readonly { readonly fingerprint: string; readonly rows: number }[];
  readonly otherVectors: number;
  readonly untimed: number;
  /** Whether some rows do not say what served them, and are taken for the vector's own. */
  readonly isUnsigned: boolean;
}

/** SQL of whether a moment, as SQL, lies in the period asked for. */
export function withinSql(moment: string, { since, until }: Pick<LogChoice, "since" | "until">): string {
  return [
    `${moment} is not null`,
    ...(since === undefined ? [] : [`${moment} >= ${String(since)}`]),
    ...(until === undefined ? [] : [`${moment} < ${String(until)}`]),
  ].join(" and ");
}

/**
 * Looks at who served the rows of some files: only what they say of that is read. Files of other definitions have other columns, and are not
 * read further.
 *
 * @throws TondoError `ROWS_INVALID` where a file has no `requested_at`, `SOURCE_UNREADABLE`
 */
export async function chooseFiles(
  engine: Engine,
  files: readonly string[],
  choice: LogChoice,
  signal: AbortSignal | undefined,
): Promise<ChosenFiles> {
  const doing = "looking at the log of requests";
  const schemas = await parquetSchemas(engine, files, "the log of requests");
  const untimedFile = schemas.find(({ types }) => !types.has("requested_at"));
  if (untimedFile !== undefined) {
    throw new TondoError("ROWS_INVALID", 'the log of requests has no column "requested_at"', {
      where: untimedFile.file,
      hint: `Each request asks as of a moment. It has ${[...untimedFile.types.keys()].slice(0, 20).join(", ")}.`,
    });
  }
  const said = (name: string): string =>
    schemas.some(({ types }) => types.has(name)) ? `${quoteIdentifier(name)}::varchar` : "null::varchar";
  const moment = duckdbColumn("requested_at", "timestamp");
  const rows = await engine.rows(
    `select ${fileColumn} as file, vector, fingerprint, count(*)::double as n, (count(*) filter (q is null))::double as untimed
     from (select ${fileColumn}, ${said("vector")} as vector, ${said("fingerprint")} as fingerprint, ${moment} as q
       from ${readParquet(files, "union_by_name = true", `filename = ${sqlText(fileColumn)}`)})
     where q is null or (${withinSql("q", choice)}) group by all order by all`,
    doing,
    signal,
  );
  const own = new Set<string>();
  const definitions = new Map<string, number>();
  let otherVectors = 0;
  let untimed = 0;
  let isUnsigned = false;
  for (const { file, vector, fingerprint, n, untimed: none } of rows) {
    const timed = Number(n) - Number(none);
    if (vector !== null && vector !== choice.vector) {
      otherVectors += timed;
    } else if (fingerprint !== null && fingerprint !== choice.fingerprint) {
      definitions.set(String(fingerprint), (definitions.get(String(fingerprint)) ?? 0) + timed);
    } else {
      if (timed > 0) own.add(String(file));
      isUnsigned ||= fingerprint === null && timed > 0;
      untimed += Number(none);
    }
  }
  return {
    files: files.filter((file) => own.has(file)),
    definitions: [...definitions].map(([fingerprint, n]) => ({ fingerprint, rows: n })).filter(({ rows: n }) => n > 0),
    otherVectors,
    untimed,
    isUnsigned,
  };
}

/** No column of a log is called so. */
const fileColumn = "tondo_log_file";

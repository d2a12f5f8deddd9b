import type { ValueKind } from "../../../core/index.ts";
import type { FileTransportPlan } from "../../../dsl/index.ts";
import type { AppliedRows } from "../../applied/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import { type ColumnNames, type OpenedFiles, openFiles, type Prune } from "../files/file-scan.ts";
import { filesOf } from "../files/source-files.ts";
import { sinceSql } from "./applied-sql.ts";

/** The files of one place of a source, looked at. */
export interface OpenedPlace {
  /** SQL of their rows; where rows are known when they were applied, with `since`. */
  readonly sql: (column: ColumnNames, prune: Prune) => string;
  /** The files, those together that one load first applied. */
  readonly parts: readonly OpenedFiles[];
}

/** What a source is called in errors, and the columns that these show nothing of. */
export interface SourceName {
  readonly what: string;
  readonly hidden: ReadonlySet<string>;
}

/**
 * Opens the files of a place.
 *
 * @throws TondoError as `filesOf` and `openFiles` do
 */
export async function openPlace(
  engine: Engine,
  place: FileTransportPlan,
  places: FilePlaces,
  { what, hidden }: SourceName,
  columns: Readonly<Record<string, ValueKind>>,
  applied?: AppliedRows,
): Promise<OpenedPlace> {
  const files = await filesOf(place, places, what);
  const { format } = place;
  if (applied === undefined) {
    const all = await openFiles(engine, { format, files, what, hidden }, columns);
    return { sql: (column, prune) => all.sql(column, prune), parts: [all] };
  }
  const { log, firstLoads } = applied;
  const bySince = Map.groupBy(files, (file) => sinceSql(log, firstLoads.get(file)));
  const parts: OpenedFiles[] = [];
  for (const some of bySince.values())
    parts.push(await openFiles(engine, { format, files: some, what, hidden }, columns));
  const sinces = [...bySince.keys()];
  return {
    sql: (column, prune) =>
      parts
        .map((part, i) => `select *, ${sinces[i] ?? "null::bigint"} as since from (${part.sql(column, prune)})`)
        .join(" union all "),
    parts,
  };
}

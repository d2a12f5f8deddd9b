import { loadFiles } from "./left-rows-of-files.ts";
import { loadMemory } from "./left-rows-of-memory.ts";
import type { LeftRowsOptions, LoadedRows } from "./left-rows.ts";

/**
 * Loads the left rows that are chosen, in order.
 *
 * @throws TondoError `ROWS_INVALID` where a column lacks, is of another type, or a row has no time; `SPECIFICATION_INVALID` where the choice
 * names a column that lacks, or compares it with what it cannot be; `SOURCE_MISSING`, `SOURCE_UNREADABLE`, `LIMIT_EXCEEDED`
 */
export function loadLeftRows(options: LeftRowsOptions): Promise<LoadedRows> {
  const { rows } = options;
  return typeof rows === "string" ? loadFiles(options, rows) : loadMemory(options, rows);
}

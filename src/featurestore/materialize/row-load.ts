import { TondoError } from "../../core/index.ts";
import type { Chunk } from "../duckdb/index.ts";
import { KeyRows, rowMarks, RowsEncoder } from "../online/codec/index.ts";
import type { RowLayout } from "../online/group-layout.ts";
import { columnItems, doublesOf } from "./chunk-columns.ts";
import type { GroupLoad } from "./group-load.ts";
import { onlyRowsSql, type RowColumns, rowsSql, twiceSql, unsortedSql } from "./row-sql.ts";

/**
 * Loads a group from a snapshot: of each key the row that stands at the load's moment, and those dated later that were
 * known by then; or from a table: the row that stands.
 */
export async function loadRows(load: GroupLoad, layout: RowLayout, isTable: boolean): Promise<void> {
  const { engine, into, doing, signal, onKeys } = load;
  const { sql, isOnce } = await chooseRows(load, layout, isTable);
  const { hasDeletions } = load.relation;
  const records = new RowRecords(load, layout, { hasTimes: !isTable, hasCounts: !isOnce, hasDeletions });
  for await (const chunk of engine.chunks(sql, doing, signal)) {
    records.take(chunk);
    await into.writeFull();
    onKeys(into.counts.keys);
  }
  records.close();
}

/** How the rows of a load are read: SQL, and whether each key is there once. */
interface ChosenRows {
  readonly sql: string;
  readonly isOnce: boolean;
}

/** Rows of which none competes need no comparing, and those that come sorted no sorting: to look costs far less than either. */
async function chooseRows(load: GroupLoad, layout: RowLayout, isTable: boolean): Promise<ChosenRows> {
  const { engine, doing, signal, isReadAgain } = load;
  const isAny = async (sql: string): Promise<boolean> => (await engine.rows(sql, doing, signal)).length > 0;
  const only = (isSorted: boolean): ChosenRows => {
    return { sql: onlyRowsSql(load, layout, isTable, isSorted), isOnce: true };
  };
  if (isReadAgain && !(await isAny(unsortedSql(load, isTable)))) return only(true);
  if (isReadAgain && !(await isAny(twiceSql(load, isTable)))) return only(false);
  return { sql: rowsSql(load, layout, isTable), isOnce: false };
}

/** Puts versions that come sorted by key, the newest first, into one record a key. */
class RowRecords {
  readonly #layout: RowLayout;
  readonly #load: GroupLoad;
  readonly #columns: RowColumns;
  readonly #keys: KeyRows;
  readonly #encoder: RowsEncoder;
  /** How many rows those keys have whose records have not been added yet; the last is that of the record that is open. Empty where each has one. */
  #rows: number[] = [];
  /** What became of the row before. */
  #isLeftOut = false;
  #marks: Uint8Array = new Uint8Array(0);
  /** What is not selected. */
  #noTimes: Float64Array = new Float64Array(0);
  #notGone: Float64Array = new Float64Array(0);

  constructor(load: GroupLoad, layout: RowLayout, columns: RowColumns) {
    this.#load = load;
    this.#columns = columns;
    this.#layout = layout;
    this.#keys = new KeyRows(layout.key);
    this.#encoder = new RowsEncoder(
      load.into.buffer,
      layout.columns.map(({ kind }) => kind),
    );
  }

  take(chunk: Chunk): void {
    const { key, columns } = this.#layout;
    const { hasTimes, hasCounts, hasDeletions } = this.#columns;
    const { rows } = chunk;
    if (this.#marks.length < rows) this.#makeRoom(rows);
    this.#keys.read(
      key.map((kind, i) => columnItems(chunk, i, kind)),
      rows,
    );
    let next = key.length;
    const t = hasTimes ? doublesOf(chunk, next++) : this.#noTimes;
    const k = hasTimes ? doublesOf(chunk, next++) : this.#noTimes;
    const counts = hasCounts ? doublesOf(chunk, next++) : undefined;
    const gone = hasDeletions ? doublesOf(chunk, next++) : this.#notGone;
    this.#mark(rows, counts);
    const values = columns.map(({ kind }, i) => columnItems(chunk, next + i, kind));
    this.#encoder.append({ rows, t, k, gone, values }, this.#marks);
    this.#add();
    this.#checkVersions(this.#encoder.openVersions);
  }

  close(): void {
    if (this.#encoder.close()) this.#add();
  }

  #makeRoom(rows: number): void {
    this.#marks = new Uint8Array(rows);
    this.#noTimes = new Float64Array(rows).fill(-Infinity);
    this.#notGone = new Float64Array(rows);
  }

  /** Finds where keys begin, and which are left out. */
  #mark(rows: number, counts: Float64Array | undefined): void {
    const keys = this.#keys;
    for (let row = 0; row < rows; row++) {
      const order = keys.compare(row);
      if (order < 0 || (order === 0 && counts === undefined))
        throw new TondoError("INTERNAL", `${this.#load.doing}: rows do not come sorted by key`);
      if (order > 0) {
        this.#isLeftOut = !this.#load.into.begins(keys, row);
        if (!this.#isLeftOut && counts !== undefined) this.#rows.push(0);
      }
      if (this.#isLeftOut) this.#marks[row] = rowMarks.leftOut;
      else {
        this.#marks[row] = order > 0 ? rowMarks.begins : rowMarks.goesOn;
        if (counts === undefined) continue;
        const last = this.#rows.length - 1;
        this.#rows[last] = (this.#rows[last] ?? 0) + (counts[row] ?? 0);
      }
    }
  }

  /** Adds the records that have ended. */
  #add(): void {
    const { ended, bounds, versions } = this.#encoder;
    for (let i = 0; i < ended; i++) {
      const count = versions[i] ?? 0;
      this.#checkVersions(count);
      this.#load.into.add(bounds[i + 1] ?? 0, this.#columns.hasCounts ? (this.#rows[i] ?? 0) : 1, count);
    }
    if (this.#columns.hasCounts) this.#rows = this.#rows.slice(ended);
  }

  #checkVersions(count: number): void {
    const { limits, doing } = this.#load;
    if (count <= limits.versions) return;
    throw new TondoError("LIMIT_EXCEEDED", `${doing}: a key has ${String(count)} versions dated later`, {
      hint: "Leave out states of the far future, or raise the limit `versions`.",
    });
  }
}

import type { ColumnData, RowBuffer } from "parquetjs-lite";
import { elementKind, isEmbedding, isList, type ScalarKind, type Value, type ValueKind } from "../../core/index.ts";
import { sealedName, sealedScalar } from "./sealed-column.ts";

/** Where the values of a column go, and their kind. */
interface Shredded {
  readonly data: ColumnData;
  readonly isFlat: boolean;
  readonly kind: ScalarKind;
}

/**
 * Rows as parquetjs-lite holds them before it writes them: values with the levels at which they stand (Dremel's). Its own `shredRecord` makes five objects for
 * each column of each row, which takes most of the time that sealing takes.
 */
export class ShreddedRows {
  readonly #columns: readonly Shredded[];
  readonly #buffer: RowBuffer = { rowCount: 0, pageRowCount: 0, columnData: {}, pages: {} };

  constructor(kinds: readonly ValueKind[]) {
    this.#columns = kinds.map((kind, place) => {
      const name = sealedName(place);
      if (!isList(kind) && !isEmbedding(kind)) return { data: this.#column(name), isFlat: true, kind };
      // Groups have a place there, too, though nothing is in it.
      this.#column(name);
      this.#column(`${name},list`);
      const of = isList(kind) ? elementKind(kind) : "float";
      return { data: this.#column(`${name},list,element`), isFlat: false, kind: of };
    });
  }

  get rows(): number {
    return this.#buffer.rowCount;
  }

  /** What the writer takes. */
  get buffer(): RowBuffer {
    return this.#buffer;
  }

  add(values: readonly Value[]): void {
    for (const [place, column] of this.#columns.entries()) shred(column, values[place] ?? null);
    this.#buffer.rowCount++;
    this.#buffer.pageRowCount++;
  }

  #column(path: string): ColumnData {
    const data: ColumnData = { dlevels: [], rlevels: [], values: [], distinct_values: new Set(), count: 0 };
    this.#buffer.columnData[path] = data;
    this.#buffer.pages[path] = [];
    return data;
  }
}

function shred({ data, isFlat, kind }: Shredded, value: Value): void {
  if (value === null) return put(data, 0, 0);
  if (isFlat) return put(data, 0, 1, sealedScalar(value, kind));
  const items: readonly Value[] = Array.isArray(value) ? value : [];
  if (items.length === 0) put(data, 0, 1);
  for (const [i, item] of items.entries()) put(data, i === 0 ? 0 : 1, 2, sealedScalar(item, kind));
}

/** @param value nothing where something is missing at that level */
function put(data: ColumnData, repetition: number, definition: number, value?: unknown): void {
  data.rlevels.push(repetition);
  data.dlevels.push(definition);
  data.count++;
  if (value !== undefined) data.values.push(value);
}

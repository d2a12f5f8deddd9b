import { TondoError, type ValueKind } from "../../core/index.ts";
import type { Raw, RawColumn } from "../../dsl/index.ts";
import { carrierOf, type Chunk, toCarrier } from "../duckdb/index.ts";
import { encodeRows, type RowVersion, tryEncodeKey } from "../online/codec/index.ts";
import type { RowLayout } from "../online/group-layout.ts";
import type { GenerationLoad } from "./generation-load.ts";
import { type GroupLoad, knownAt } from "./group-load.ts";
import { KeyChange } from "./key-change.ts";

/**
 * Loads a group from a snapshot: of each key the row that stands at the load's moment, and those dated later that were
 * known by then; or from a table: the row that stands.
 */
export async function loadRows(load: GroupLoad, layout: RowLayout, isTable: boolean): Promise<void> {
  const { engine, into, doing, signal, onKeys } = load;
  const records = new RowRecords(load, layout);
  for await (const chunk of engine.chunks(rowsSql(load, layout, isTable), doing, signal)) {
    records.take(chunk);
    await into.writeFull();
    onKeys(into.counts.keys);
  }
  records.close();
}

/**
 * SQL of the versions of each key, the newest first. Columns: the key as carried, `t`, `k`, how many rows competed, whether
 * the row that won is a deletion, and the stored columns as carried.
 *
 * The row that stands is the largest as a struct of what orders rows: by time, then when it was known, then
 * whether it is a deletion, then by the columns read, of which a missing one comes first. Its columns come out of that struct.
 */
function rowsSql(load: GroupLoad, layout: RowLayout, isTable: boolean): string {
  const { relation, group, asOf } = load;
  const keys = relation.keys.join(", ");
  const columns = layout.columns.map(({ name, kind }) => {
    const stored = group.stored.find((one) => one.name === name);
    const read = stored?.kind === "column" ? relation.reads[group.reads.indexOf(stored.column)] : undefined;
    if (read === undefined) throw new TondoError("INTERNAL", `${load.doing}: no column for "${name}"`);
    return toCarrier(`best.${read}`, kind);
  });
  const times = isTable ? [] : ["t", "k", ...(relation.isApplied ? ["declared"] : [])];
  const tie = relation.reads.flatMap((read) => [`has_${read} := ${read} is not null`, `${read} := ${read}`]);
  const gone = relation.hasDeletions ? ["gone := gone"] : [];
  const order = `struct_pack(${[...times.map((time) => `${time} := ${time}`), ...gone, ...tie].join(", ")})`;
  const by = isTable ? keys : `${keys}, later`;
  const later = isTable ? "" : `, case when t > ${String(asOf)} then t end as later`;
  const best = `select ${keys}${later}, max(${order}) as best, count(*) as n
    from (${relation.sql})${isTable ? "" : ` where ${knownAt(load)}`} group by ${by}`;
  const selected = [
    ...relation.keys.map((key, i) => toCarrier(key, layout.key[i] ?? "string")),
    ...(isTable ? ["'-infinity'::double", "'-infinity'::double"] : ["best.t::double", "best.k::double"]),
    "n::double",
    relation.hasDeletions ? "best.gone::int::double" : "0::double",
    ...columns,
  ];
  // A deletion is kept, too: a row that is pushed later may have happened before it.
  return `select ${selected.join(", ")} from (${best}) order by ${keys}${isTable ? "" : ", later desc nulls last"}`;
}

/** Puts versions that come sorted by key, the newest first, into one record a key. */
class RowRecords {
  readonly #layout: RowLayout;
  readonly #load: GroupLoad;
  readonly #into: GenerationLoad;
  readonly #keys: KeyChange;
  readonly #kinds: readonly ValueKind[];
  #versions: RowVersion[] = [];
  #rows = 0;

  constructor(load: GroupLoad, layout: RowLayout) {
    this.#load = load;
    this.#layout = layout;
    this.#into = load.into;
    this.#keys = new KeyChange(layout.key);
    this.#kinds = layout.columns.map(({ kind }) => kind);
  }

  take(chunk: Chunk): void {
    const { key, columns } = this.#layout;
    const keys = key.map((kind, i) => chunk.column(i, carrierOf(kind)));
    const [ts, ks, counts, gone] = [0, 1, 2, 3].map((i) => chunk.column(key.length + i, "number") as Float64Array);
    const stored = columns.map(({ kind }, i) => chunk.column(key.length + 4 + i, carrierOf(kind)));
    for (let row = 0; row < chunk.rows; row++) {
      if (this.#keys.differs(keys, row)) {
        this.close();
        this.#keys.turn(keys, row);
      }
      const values = gone?.[row] === 1 ? null : valuesOf(stored, row);
      this.#versions.push({ t: ts?.[row] ?? 0, k: ks?.[row] ?? 0, values });
      this.#rows += counts?.[row] ?? 0;
    }
  }

  close(): void {
    const { current } = this.#keys;
    if (current === undefined) return;
    const versions = this.#versions;
    const { limits, doing } = this.#load;
    if (versions.length > limits.versions) {
      throw new TondoError("LIMIT_EXCEEDED", `${doing}: a key has ${String(versions.length)} versions dated later`, {
        hint: "Leave out states of the far future, or raise the limit `versions`.",
      });
    }
    this.#into.add(tryEncodeKey(this.#layout.key, current), this.#rows, versions.length, (buffer) => {
      encodeRows(buffer, versions, this.#kinds);
    });
    this.#versions = [];
    this.#rows = 0;
  }
}

function valuesOf(columns: readonly RawColumn[], row: number): readonly Raw[] {
  const values = new Array<Raw>(columns.length);
  for (let i = 0; i < values.length; i++) values[i] = columns[i]?.[row] ?? null;
  return values;
}

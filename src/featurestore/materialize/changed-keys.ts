import { canonicalJson, type Micros } from "../../core/index.ts";
import type { Raw } from "../../dsl/index.ts";
import type { AppliedLog } from "../applied/index.ts";
import { carrierOf, type Engine, toCarrier } from "../duckdb/index.ts";
import type { SourceRelation } from "../offline/sources/source-relation.ts";
import { tryEncodeKey } from "../online/codec/index.ts";
import type { GroupLayout } from "../online/index.ts";
import { KeySet } from "./key-set.ts";
import type { PlannedGroup } from "./planned-group.ts";

/** Between which moments is looked for what is new, and by which log rows are known. */
export interface Change {
  /** The moment of what is current. */
  readonly before: Micros;
  /** The load's moment: not before it. */
  readonly asOf: Micros;
  /** The log, with the load. */
  readonly log: AppliedLog;
}

/** A table of keys in the engine. */
export interface KeyTable {
  readonly table: string;
  readonly keys: number;
}

/** Finds the keys with something new, once for all groups that make their keys of a source in one way. */
export class ChangedKeys {
  readonly #engine: Engine;
  readonly #signal: AbortSignal | undefined;
  readonly #found: Map<string, KeyTable> = new Map<string, KeyTable>();

  constructor(engine: Engine, signal: AbortSignal | undefined) {
    this.#engine = engine;
    this.#signal = signal;
  }

  /**
   * The keys of which a record may have another content: each has a row that came into view since, be it in a new file or by its moment; or one that has happened since it came.
   */
  async find({ group, source }: PlannedGroup, relation: SourceRelation, change: Change): Promise<KeyTable> {
    const id = canonicalJson({ source: source.name, key: group.key, ...change });
    const known = this.#found.get(id);
    if (known !== undefined) return known;
    const table = `tondo_changed${String(this.#found.size)}`;
    const doing = `looking for what is new in source "${source.name}"`;
    await this.#engine.run(
      `create or replace temp table ${table} as ${changedSql(relation, change)}`,
      doing,
      this.#signal,
    );
    const [row] = await this.#engine.rows(`select count(*) as n from ${table}`, doing);
    const found = { table, keys: Number(row?.["n"]) };
    this.#found.set(id, found);
    return found;
  }

  /** The keys of a table as stores know them; none that is too long. */
  async encoded(
    { table, keys: count }: KeyTable,
    relation: SourceRelation,
    { key }: GroupLayout,
    doing: string,
  ): Promise<KeySet> {
    const columns = relation.keys.map((name, i) => toCarrier(name, key[i] ?? "string"));
    const all = new KeySet(count);
    for await (const chunk of this.#engine.chunks(`select ${columns.join(", ")} from ${table}`, doing, this.#signal)) {
      const parts = key.map((kind, i) => chunk.column(i, carrierOf(kind)));
      for (let row = 0; row < chunk.rows; row++) {
        const bytes = tryEncodeKey(
          key,
          parts.map((part): Raw => part[row] ?? null),
        );
        if (bytes !== undefined) all.add(bytes);
      }
    }
    return all;
  }

  /** Gives the memory of what was found back. */
  async close(): Promise<void> {
    for (const { table } of this.#found.values())
      await this.#engine.run(`drop table if exists ${table}`, "forgetting what is new");
    this.#found.clear();
  }
}

/**
 * SQL of those keys. Rows that the load applies are known from its moment on, those of the load before from when that was switched to, which its records do not say yet. What
 * is dated later stands by itself until its time has come.
 */
function changedSql({ rows, keys }: SourceRelation, { before, asOf }: Change): string {
  const known = Math.min(before, asOf - 1);
  return `select distinct ${keys.join(", ")} from (${rows})
    where k <= ${String(asOf)} and (k > ${String(known)} or (t >= ${String(before)} and t <= ${String(asOf)}))`;
}

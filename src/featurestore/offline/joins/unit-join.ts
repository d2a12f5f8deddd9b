import { parseTypeName } from "../../../core/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { OpenedSource, SeenRelation } from "../sources/open-source.ts";
import type { SourceRelation } from "../sources/source-relation.ts";
import { joinSnapshot, joinSnapshotByRange, joinTable, type ShortKeys, snapshotMoments } from "./join-latest.ts";
import type { JoinReport } from "./join-report.ts";
import {
  chooseStates,
  chooseTable,
  chooseWindows,
  type ChosenJoin,
  type JoinFacts,
  type JoinPlan,
} from "./join-plan.ts";
import {
  foundKeysSql,
  hasComputedKey,
  keyColumns,
  keysSql,
  type Moments,
  tablesOf,
  timesSeen,
  visibleEventsSql,
} from "./join-steps.ts";
import type { JoinUnit } from "./join-unit.ts";
import { joinWarnings } from "./join-warnings.ts";
import { joinWindowsByRange } from "./join-windows.ts";
import { engineMemory } from "./engine-memory.ts";
import { joinWindowsBySweep, sweptColumns } from "./sweep/index.ts";

/** Sources that are smaller are read whole: a look at some of their rows costs as much. */
const worthALook = 1_000_000;

/** Tables of left rows and of their keys. */
interface LeftTables {
  readonly keyed: string;
  readonly keys: string;
}

/** One join: it looks at the data, chooses, and leaves the table of the unit's name, with every left row once. */
export class UnitJoin {
  readonly #engine: Engine;
  readonly #unit: JoinUnit;
  readonly #source: OpenedSource;
  readonly #signal: AbortSignal | undefined;
  readonly #doing: string;

  constructor(engine: Engine, unit: JoinUnit, source: OpenedSource, signal: AbortSignal | undefined) {
    this.#engine = engine;
    this.#unit = unit;
    this.#source = source;
    this.#signal = signal;
    this.#doing = `joining ${unit.group.entity}:${unit.group.name}`;
  }

  /** Joins. `left` is SQL of the left rows' `row`, `q` and key. */
  async run(left: string, plan: JoinPlan | undefined): Promise<JoinReport> {
    const unit = this.#unit;
    const all = tablesOf(unit);
    await (this.#isKeyedView()
      ? this.#run(`create or replace temp view ${all.keyed} as ${left}`)
      : this.#make(all.keyed, left));
    await this.#make(all.keys, keysSql(unit, all.keyed));
    const { facts, moments } = await this.#look(all);
    const chosen = this.#choose(facts, plan);
    if (chosen.parts === 1 || chosen.join === "sweep") {
      await this.#join(chosen, all, moments, false);
    } else {
      for (let part = 0; part < chosen.parts; part++) await this.#joinPart(chosen, all, moments, part);
    }
    return this.#report(all, chosen);
  }

  async #look({ keyed, keys }: LeftTables): Promise<{ readonly facts: JoinFacts; readonly moments: Moments }> {
    const unit = this.#unit;
    const [row] = await this.#engine.rows(
      `select count(*)::double as rows, (select count(*)::double from ${keys}) as keys, min(q) as first, max(q) as last from ${keyed}`,
      this.#doing,
      this.#signal,
    );
    const { first, last } = row ?? {};
    const sourceRows = await this.#source.count();
    const isWorth = sourceRows !== undefined && sourceRows >= worthALook && !hasComputedKey(unit);
    return {
      facts: {
        rows: Number(row?.["rows"]),
        keys: Number(row?.["keys"]),
        sourceRows,
        keyShare: isWorth ? await this.#source.shareOf(keys) : 1,
        columns: this.#source.isReadAgain ? 0 : unit.group.reads.length,
        isReadAgain: this.#source.isReadAgain,
        swept: unit.source.kind === "events" ? sweptColumns(unit) : 0,
        memory: await engineMemory(this.#engine),
      },
      moments: typeof first === "bigint" && typeof last === "bigint" ? { first, last } : { first: 0n, last: 0n },
    };
  }

  #choose(facts: JoinFacts, plan: JoinPlan | undefined): ChosenJoin<JoinReport["join"]> {
    switch (this.#unit.source.kind) {
      case "table":
        return chooseTable(facts, plan);
      case "snapshot":
        return chooseStates(facts, plan);
      case "events":
        return chooseWindows(facts, plan);
    }
  }

  /** The rows of one part of the keys, whose tables are gone afterwards. */
  async #joinPart(
    chosen: ChosenJoin<JoinReport["join"]>,
    all: LeftTables,
    moments: Moments,
    part: number,
  ): Promise<void> {
    const own = { keyed: `${all.keyed}_part`, keys: `${all.keys}_part` };
    const columns = keyColumns(this.#unit).join(", ");
    const isOfPart = `hash(${columns}) % ${String(chosen.parts)} = ${String(part)}`;
    await this.#make(own.keyed, `select * from ${all.keyed} where ${isOfPart}`);
    await this.#make(own.keys, `select * from ${all.keys} where ${isOfPart}`);
    await this.#join(chosen, own, moments, part > 0);
    await this.#drop(own.keyed, own.keys);
  }

  /** Makes the unit's table, or adds to it. */
  async #join(
    { join, parts, byKey }: ChosenJoin<JoinReport["join"]>,
    { keyed, keys }: LeftTables,
    moments: Moments,
    adds: boolean,
  ): Promise<void> {
    const unit = this.#unit;
    // A sweep cuts its own parts.
    const isWhole = parts === 1 || join === "sweep";
    const sight = { ...timesSeen(unit, moments), ...(byKey ? { keys } : {}) };
    const { aside, ...seen } = await this.#source.seen(
      byKey && isWhole ? { ...sight, aside: tablesOf(unit).aside } : sight,
      this.#signal,
    );
    // What is read by its key is of these keys as far as the files' columns tell; of the rest too few are left to need room.
    const relation = isWhole ? seen : ofKeys(seen, keys);
    const rows = `select * from ${keyed}`;
    const keep = (sql: string): Promise<void> =>
      adds ? this.#run(`insert into ${unit.name} ${sql}`) : this.#run(`create or replace table ${unit.name} as ${sql}`);
    switch (join) {
      case "table":
        await keep(joinTable(unit, relation, rows));
        break;
      case "asof":
        await this.#joinAsOf(seen, relation, { rows, keys }, keep);
        break;
      case "range":
        await keep(
          unit.source.kind === "snapshot"
            ? joinSnapshotByRange(unit, relation, rows)
            : joinWindowsByRange(this.#engine, unit, { ...relation, sql: this.#visible(relation, moments) }, rows),
        );
        break;
      case "sweep": {
        const from = { left: keyed, keys, events: this.#visible(relation, moments) };
        const swept = await joinWindowsBySweep(this.#engine, unit, relation, from, { parts, signal: this.#signal });
        if (swept.isResult) {
          // Written once more it would take as long as a sort where memory is short.
          await this.#run(`drop table if exists ${unit.name}`);
          await this.#run(`alter table ${swept.table} rename to ${unit.name}`);
        } else {
          await keep(swept.sql);
          await this.#drop(swept.table);
        }
        break;
      }
    }
    await this.#drop(...aside);
  }

  /** Finds the moments of states among those of `relation`, then the states themselves among all that were `seen`. */
  async #joinAsOf(
    seen: Omit<SeenRelation, "aside">,
    relation: SourceRelation,
    { rows, keys }: { readonly rows: string; readonly keys: string },
    keep: (sql: string) => Promise<void>,
  ): Promise<void> {
    const { moments, states } = tablesOf(this.#unit);
    const short = await this.#shortKeys(keys);
    // A statement of its own: in one with the join behind it DuckDB 1.5 takes a sixth longer.
    if (this.#source.isReadAgain) {
      await this.#make(moments, snapshotMoments(this.#unit, relation, rows, short));
      await keep(joinSnapshot(this.#unit, seen, moments));
      return this.#drop(moments);
    }
    await this.#make(states, relation.sql);
    const kept = { ...relation, sql: `select * from ${states}`, unchecked: `select * from ${states}` };
    await this.#make(moments, snapshotMoments(this.#unit, kept, rows, short));
    await keep(joinSnapshot(this.#unit, kept, moments));
    return this.#drop(moments, states);
  }

  async #shortKeys(keys: string): Promise<ShortKeys> {
    const [value, ...others] = this.#unit.group.key;
    if (value === undefined || others.length > 0 || parseTypeName(value.type).kind !== "int")
      return { as: "numbers", table: keys };
    const [column = ""] = keyColumns(this.#unit);
    const [row] = await this.#engine.rows(
      `select bool_and(try_cast(${column} as int) is not null) as fit from ${keys}`,
      this.#doing,
      this.#signal,
    );
    return row?.["fit"] === true ? { as: "int" } : { as: "numbers", table: keys };
  }

  #visible(relation: SourceRelation, { first, last }: Moments): string {
    // As BIGINT: DuckDB takes a small number for a narrower one, which a sum may run over.
    return visibleEventsSql(this.#unit, relation, `${String(first)}::bigint`, `${String(last)}::bigint`);
  }

  async #report(all: LeftTables, { join, parts, reason }: ChosenJoin<JoinReport["join"]>): Promise<JoinReport> {
    const unit = this.#unit;
    const { whole } = this.#source;
    const foundKeys = hasComputedKey(unit) ? await this.#countFoundKeys(whole) : undefined;
    const warnings = await joinWarnings(this.#engine, unit, whole, `select * from ${all.keyed}`, this.#signal);
    await (this.#isKeyedView() ? this.#run(`drop view ${all.keyed}`) : this.#drop(all.keyed));
    await this.#drop(all.keys);
    return {
      group: `${unit.group.entity}:${unit.group.name}`,
      join,
      reason,
      ...(parts === 1 ? {} : { parts }),
      inJavaScript: whole.inJavaScript,
      ...(foundKeys === undefined ? {} : { foundKeys }),
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  }

  /** Whether the keyed left rows are read from where they are: nothing of them is computed, and one connection reads them. */
  #isKeyedView(): boolean {
    return this.#unit.source.kind !== "events" && !hasComputedKey(this.#unit);
  }

  async #countFoundKeys(relation: SourceRelation): Promise<number> {
    const [row] = await this.#engine.rows(foundKeysSql(this.#unit, relation), this.#doing, this.#signal);
    return Number(row?.["n"] ?? 0);
  }

  #make(table: string, sql: string): Promise<void> {
    // No temporary one: those are seen by one connection alone.
    return this.#run(`create or replace table ${table} as ${sql}`);
  }

  #run(sql: string): Promise<void> {
    return this.#engine.run(sql, this.#doing, this.#signal);
  }

  async #drop(...tables: readonly string[]): Promise<void> {
    for (const table of tables) await this.#engine.run(`drop table ${table}`, this.#doing);
  }
}

/** What of a relation has one of the keys of a table. */
function ofKeys(relation: SourceRelation, keys: string): SourceRelation {
  const own = (sql: string): string => `select * from (${sql}) semi join ${keys} using (${relation.keys.join(", ")})`;
  return { ...relation, sql: own(relation.sql), unchecked: own(relation.unchecked) };
}

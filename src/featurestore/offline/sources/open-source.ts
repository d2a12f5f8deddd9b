import { parseTypeName } from "../../../core/index.ts";
import {
  columnsOf,
  duckdbColumn,
  type FileTransportPlan,
  type GroupPlan,
  type SourcePlan,
  sourceExpressions,
} from "../../../dsl/index.ts";
import type { AppliedRows } from "../../applied/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import type { Prune, StoredForm } from "../files/file-scan.ts";
import type { Footers } from "../files/parquet-footers.ts";
import { transportsAtRest } from "../files/source-files.ts";
import { type OpenedPlace, openPlace } from "./open-place.ts";
import { kindsOf, neededColumns, relationOf, type Scan, type SourceRelation } from "./source-relation.ts";

/** What of a source some left rows may see: the rest need not be read. Of rows that it leaves out none may be seen. */
export interface Sight {
  /** The least and the greatest time, microseconds. */
  readonly from?: bigint;
  readonly to?: bigint;
  /** A table of the keys that are asked for. */
  readonly keys?: string;
  /** Whether rows of all other keys are left out, and not only those that files need not be read for. */
  readonly keysAlone?: boolean;
  /** Where few rows have one of them: how tables are called in which those are set aside, so that nothing is computed of the others. */
  readonly aside?: string;
  /** Columns of the source that its rows are to have, too: see `relationOf`. Each is one that the group's expressions read. */
  readonly beside?: readonly string[];
}

/** What is read of a source. */
export interface SeenRelation extends SourceRelation {
  /** Tables that it reads, to be dropped after it. */
  readonly aside: readonly string[];
  /** The same with reads as the files have them; absent where that is not to be had, or not worth it. */
  readonly late?: LateReads;
}

/** Rows of which values are made only where a join has found them: most are found by none. */
export interface LateReads {
  /** SQL of them, as `unchecked` has them. */
  readonly sql: string;
  /** SQL of the value of each read, by its name. */
  readonly values: ReadonlyMap<string, string>;
}

/** A group's source whose files have been looked at. */
export interface OpenedSource {
  /** The relation of all of it. */
  readonly whole: SourceRelation;
  /** The relation of what can be seen, and maybe more. */
  readonly seen: (sight: Sight, signal?: AbortSignal) => Promise<SeenRelation>;
  /** How many rows its files have, where they all say so. */
  readonly count: () => Promise<number | undefined>;
  /** Whether to read some columns a second time costs little: files with columns, of which JavaScript computes nothing. */
  readonly isReadAgain: boolean;
  /** The share of some of its rows whose keys are in a table. */
  readonly shareOf: (keys: string) => Promise<number>;
}

/** How many rows are looked at to see which share of keys is asked for. */
const lookedAt = 16_384;

/**
 * Opens the source of a group.
 *
 * @param applied with it rows are known when they were first applied online, and not when they say
 * @throws TondoError `SOURCE_MISSING`, `SOURCE_CHANGED`, `SOURCE_UNREADABLE`
 */
export async function openSource(
  engine: Engine,
  group: GroupPlan,
  source: SourcePlan,
  places: FilePlaces,
  applied?: AppliedRows,
): Promise<OpenedSource> {
  const what = `source "${source.name}"`;
  const hidden = new Set(source.pii ?? []);
  const opened = new Map<FileTransportPlan, OpenedPlace>();
  const kinds = kindsOf(source);
  for (const place of transportsAtRest(source)) {
    const needed = neededColumns(group, source, place);
    const own = Object.fromEntries(Object.entries(kinds).filter(([name]) => needed.has(name)));
    opened.set(place, await openPlace(engine, place, places, { what, hidden }, own, applied));
  }
  const time = source.at?.node === "column" ? source.at.name : undefined;
  let looking: Promise<Footers | undefined> | undefined;
  const footers = (): Promise<Footers | undefined> => (looking ??= footersOf([...opened.values()], time));
  const isReadAgain = ({ inJavaScript }: SourceRelation): boolean =>
    inJavaScript.length === 0 && [...opened.keys()].every(({ format }) => format !== "csv");
  const seen = async (all: Sight, signal?: AbortSignal): Promise<SeenRelation> => {
    const aside: string[] = [];
    const isBounded = all.from !== undefined || all.to !== undefined;
    const sight = isBounded ? worthCutting(all, (await footers())?.times) : all;
    const prune: Prune = (stored) => sightSql(group, source, sight, stored);
    const scan: Scan = async (place, _, column) => {
      const sql = opened.get(place)?.sql(column, prune) ?? "";
      if (sight.aside === undefined) return sql;
      // A table, since DuckDB moves conditions on what is computed of a row into a query within, before that on its key.
      const table = `${sight.aside}${String(aside.length)}`;
      aside.push(table);
      await engine.run(`create or replace table ${table} as ${sql}`, `reading ${what}`, signal);
      return `select * from ${table}`;
    };
    const alone = sight.keysAlone === true ? sight.keys : undefined;
    const relation = await relationOf(engine, group, source, scan, applied?.log, alone, sight.beside);
    const late =
      sight.aside === undefined && applied === undefined && isReadAgain(relation)
        ? await lateReads(engine, group, source, opened, prune)
        : undefined;
    return { ...relation, aside, ...(late === undefined ? {} : { late }) };
  };
  const whole = await seen({});
  return {
    whole,
    seen,
    isReadAgain: isReadAgain(whole),
    count: async () => (await footers())?.rows,
    shareOf: async (keys) => {
      const own = whole.keys.join(", ");
      const [row] = await engine.rows(
        `with looked as materialized (select ${own} from (${whole.rows}) limit ${String(lookedAt)})
         select (select count(*) from looked semi join ${keys} using (${own})) / greatest((select count(*) from looked), 1)::double as share`,
        `looking at ${what}`,
      );
      return Number(row?.["share"] ?? 1);
    },
  };
}

/** Reads of a source of one place that nothing else is computed from. */
async function lateReads(
  engine: Engine,
  group: GroupPlan,
  source: SourcePlan,
  opened: ReadonlyMap<FileTransportPlan, OpenedPlace>,
  prune: Prune,
): Promise<LateReads | undefined> {
  const [[place, { parts: [files] = [] } = {}] = [], ...others] = opened;
  if (place === undefined || files === undefined || others.length > 0 || source.kind !== "snapshot") return undefined;
  const names = group.reads.map((column, i) => ({ column, name: `r${String(i)}` }));
  const computed = [...sourceExpressions(group, source)].filter(
    ({ name }) => !names.some((read) => read.name === name),
  );
  const used = new Set(columnsOf(...computed.map(({ value }) => value), place.known));
  const stored = group.reads.filter((column) => !used.has(column));
  const relation = await relationOf(engine, group, source, (_, __, column) => files.sql(column, prune, stored));
  const values = names.map(
    ({ column, name }) => [name, stored.includes(column) ? files.valueOf(column, name) : name] as const,
  );
  return { sql: relation.unchecked, values: new Map(values) };
}

/** Of all places of a source together, where all of them say so. */
async function footersOf(places: readonly OpenedPlace[], time: string | undefined): Promise<Footers | undefined> {
  const all = places.flatMap(({ parts }) => parts);
  const [first, ...others] = await Promise.all(all.map((files) => files.footers(time)));
  return others.reduce(bothFooters, first);
}

function bothFooters(a: Footers | undefined, b: Footers | undefined): Footers | undefined {
  if (a === undefined || b === undefined) return undefined;
  const rows = a.rows + b.rows;
  if (a.times === undefined || b.times === undefined) return { rows };
  const first = a.times.first < b.times.first ? a.times.first : b.times.first;
  const last = a.times.last > b.times.last ? a.times.last : b.times.last;
  return { rows, times: { first, last } };
}

/** Where a bound would leave out less than this part of a source's time, it costs more to ask each row than to read those too. */
const worthAsking = 20n;

/** A sight without the bounds that would leave out too little, as far as the footers tell. */
function worthCutting({ from, to, ...sight }: Sight, times: Footers["times"]): Sight {
  const least = times === undefined ? 0n : (times.last - times.first) / worthAsking;
  return {
    ...sight,
    ...(from === undefined || (times !== undefined && from - times.first < least) ? {} : { from }),
    ...(to === undefined || (times !== undefined && times.last - to < least) ? {} : { to }),
  };
}

/** SQL over a file's own columns of a condition that holds for every row that can be seen. */
function sightSql(group: GroupPlan, source: SourcePlan, sight: Sight, stored: StoredForm): string | undefined {
  const conditions: string[] = [];
  const time = source.at?.node === "column" ? stored(source.at.name) : undefined;
  if (time !== undefined) {
    // As BIGINT: DuckDB takes a small number for a narrower one.
    const value = (moment: bigint): string => time.value(`${String(moment)}::bigint`);
    if (sight.from !== undefined) conditions.push(`${time.column} >= ${value(sight.from)}`);
    if (sight.to !== undefined) conditions.push(`${time.column} <= ${value(sight.to)}`);
  }
  for (const [part, key] of group.key.entries()) {
    if (sight.keys === undefined || key.node !== "column") continue;
    const { kind } = parseTypeName(key.type);
    conditions.push(`${duckdbColumn(key.name, kind)} in (select key${String(part)} from ${sight.keys})`);
  }
  return conditions.length === 0 ? undefined : conditions.join(" and ");
}

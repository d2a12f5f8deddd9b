import type { ValueKind } from "../../../../core/index.ts";
import { toCarrier } from "../../../duckdb/index.ts";
import type { SourceRelation } from "../../sources/source-relation.ts";
import type { SweepPlan } from "./sweep-plan.ts";

/** Columns of the passage, by their places; then the inputs, the conditions and what else orders ties. */
export const passage = { key: 0, moment: 1, asks: 2, at: 3, until: 4, inputs: 5 } as const;

/** A column of the passage that orders events of one time: an input, or one of its own behind all others. */
export type PassageTie = { readonly input: number } | { readonly own: number; readonly kind: ValueKind };

/** Rows as they pass by. */
export interface Passage {
  readonly sql: string;
  /** What orders events of one key, moment and time, which come in any order; none where they come in order. */
  readonly ties: readonly PassageTie[];
}

/** What is read: tables of numbered keys and of left rows, SQL of events. */
export interface PassageTables {
  readonly keys: string;
  readonly left: string;
  readonly events: string;
}

/** Which of how many parts of the keys, counted from 0. */
interface KeyPart {
  readonly place: number;
  readonly of: number;
}

const whole: KeyPart = { place: 0, of: 1 };

/**
 * SQL of events and left rows as they pass by, key by key, each at the moment from which on it matters: an event when rows may
 * first see it, a row when it asks. An event that is visible at a row's moment comes before it, and of one moment they come in the
 * order of time. Columns as {@link passage} says: the key's number (of a row without a key -1), the moment, which
 * horizon a row asks about counted from 1 (0 for events), an event's time or a row's number, when a version was replaced.
 *
 * Of equal times the order of the passage is that of the contract though it is by the moment first: the moment is the later of
 * the time and of when it was known.
 *
 * What is sorted by takes at most 24 bytes: DuckDB 1.5 sorts such keys twice as fast as longer ones, and where it spills, in proportion to the rows. So
 * the few events of one time are told apart behind the sort, by {@link Passage.ties}.
 */
export function passageSql(
  plan: SweepPlan,
  relation: SourceRelation,
  tables: PassageTables,
  part: KeyPart = whole,
): Passage {
  const back = plan.direction === "back";
  const seen = back ? "t + 1" : "t";
  const known = back ? "k" : `k - ${String(relation.lag)}`;
  const isLate = relation.hasKnown || relation.hasVersions;
  const moment = isLate ? `greatest(${seen}, ${known})` : seen;
  const until = relation.hasVersions ? (back ? "until" : `until - ${String(relation.lag)}`) : undefined;
  const several = plan.horizons.length > 1;
  const { ties, own } = tiesOf(plan, relation);
  /** What only events have, by the names that it passes under. */
  const carried = [
    ...plan.inputs.map(({ column, kind }, i) => ({ given: toCarrier(column, kind), name: `i${String(i)}` })),
    ...plan.wheres.map((column, i) => ({ given: column, name: `c${String(i)}` })),
    ...own.map(({ column, kind }, i) => ({ given: toCarrier(column, kind), name: `tie${String(i)}` })),
    ...(until === undefined ? [] : [{ given: until, name: "until" }]),
  ];
  // Twice the moment, and one more where a row asks: events come before it.
  const events = `select number::int as number, (${moment}) * 2 as passes, t as stamp${several ? ", 0 as asks" : ""}${carried
    .map(({ given, name }) => `, ${given} as ${name}`)
    .join("")}
    from (${tables.events}) join ${ofPart(tables.keys, part)} using (${relation.keys.join(", ")})`;
  const asking = plan.horizons.map(
    (
      horizon,
      i,
    ) => `select coalesce(number, -1)::int as number, (q + ${String(horizon)}) * 2 + 1 as passes, row as stamp${
      several ? `, ${String(i + 1)} as asks` : ""
    }${carried.map(({ name }) => `, null as ${name}`).join("")}
      from ${tables.left} left join ${tables.keys} using (${relation.keys.join(", ")})${rowsOfPart(part)}`,
  );
  const selected = [
    // Times and numbers of rows are whole numbers below 2^53: as doubles they come without being boxed.
    "number::double as number",
    "((passes - (passes & 1)) // 2)::double as moment",
    `${several ? "asks" : "(passes & 1)"}::double as asks`,
    "stamp::double as stamp",
    `${until === undefined ? "null" : "until"}::double as until`,
    ...plan.inputs.map((_, i) => `i${String(i)}`),
    ...plan.wheres.map((_, i) => `c${String(i)}::int::double as c${String(i)}`),
    ...own.map((_, i) => `tie${String(i)}`),
  ];
  const order = ["number", "passes", ...(plan.ordered && isLate ? ["stamp"] : [])];
  // Doubles are made behind the sort, which would hold them beside what they are made of.
  const sorted = `select * from (${[events, ...asking].join(" union all ")}) order by ${order.join(", ")}`;
  return { sql: `select ${selected.join(", ")} from (${sorted})`, ties };
}

/** SQL of passages that are the whole one, dealt out by the numbers of keys. */
export function passagesSql(
  plan: SweepPlan,
  relation: SourceRelation,
  tables: PassageTables,
  parts: number,
): readonly Passage[] {
  return Array.from({ length: parts }, (_, place) => passageSql(plan, relation, tables, { place, of: parts }));
}

function ofPart(keys: string, { place, of }: KeyPart): string {
  return of === 1 ? keys : `(select * from ${keys} where number % ${String(of)} = ${String(place)})`;
}

/** Rows without a key are of the first part. */
function rowsOfPart({ place, of }: KeyPart): string {
  return of === 1 ? "" : ` where coalesce(number, 0) % ${String(of)} = ${String(place)}`;
}

/** What orders ties, and which columns of it the passage does not have as inputs. */
function tiesOf(
  plan: SweepPlan,
  { tied, hasKnown, hasVersions }: SourceRelation,
): { readonly ties: readonly PassageTie[]; readonly own: SourceRelation["tied"] } {
  const first = passage.inputs + plan.inputs.length + plan.wheres.length;
  const own: SourceRelation["tied"][number][] = [];
  const ties = tied.flatMap((one): readonly PassageTie[] => {
    if (!plan.ordered) return [];
    // Known when it happened, as all others of that time.
    if (one.column === "k" && !hasKnown && !hasVersions) return [];
    const input = plan.inputs.findIndex(({ of, kind }) => of !== undefined && of === one.of && kind === one.kind);
    return [input >= 0 ? { input } : { own: first + own.push(one) - 1, kind: one.kind }];
  });
  return { ties, own };
}

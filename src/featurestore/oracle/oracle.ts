/**
 * The time contract, said as plainly as it can be: nested loops over all rows for every single value. Nothing here
 * is fast, and nothing here shares code with the planner, the joins or the stores that are compared with it.
 */
import type { Micros, Status, Value } from "../../core/index.ts";
import type {
  ExpressionPlan,
  GroupPlan,
  ReadPlan,
  SourcePlan,
  StoredColumnPlan,
  StoredPlan,
  StoredWindowPlan,
  VectorPlan,
} from "../../dsl/index.ts";
import { aggregate } from "./aggregate.ts";
import { evaluateExpression } from "./evaluate-expression.ts";
import { compareTuples, enter, type Row, type Rows, transportOf } from "./values.ts";

export { evaluateExpression, type Scope } from "./evaluate-expression.ts";
export type { Row, Rows } from "./values.ts";

/** A stored value as of a moment; `t` is when the row of a snapshot that was found happened. */
export interface Answer {
  readonly value: Value;
  readonly status: Status;
  readonly t?: Micros;
}

/** The rows of each source, by its name. */
export type Data = Readonly<Record<string, Rows>>;

/** A row to be given features: a moment, and the columns that keys are made of. */
export interface LeftRow {
  readonly at: Micros;
  readonly columns: Row;
}

/**
 * A row that counts: when it happened, when it could be known, whether it deletes, and what is read of it: that, then the
 * columns the group reads, in order.
 */
export interface Happening {
  readonly row: Row;
  readonly t: Micros;
  readonly k: Micros;
  /** When it says itself that it could be known: `k`, but where that is when it was first applied online. */
  readonly declared: Micros;
  readonly isDeletion: boolean;
  readonly read: readonly Value[];
}

/** When a row was first applied online to a group, and when it says itself to be known, where that is not what its source reads. */
interface Application {
  readonly k: Micros;
  readonly declared: Micros;
}

/** When a row was first applied online to a group, of what says itself to be known at `declared`, or does not say it; `null` where it never was. */
export type Applications = (
  group: GroupPlan,
  source: SourcePlan,
  row: Row,
  declared: Micros | null,
) => Micros | Application | null;

/** Rows are known when they say. */
const asDeclared: Applications = (_group, _source, _row, declared) => declared;

/** For each left row, once and in order, the answer to each of the vector's reads and label reads, by id. */
export function trainingRows(
  vector: VectorPlan,
  left: readonly LeftRow[],
  data: Data,
  applied: Applications = asDeclared,
): readonly Readonly<Record<string, Answer>>[] {
  return left.map((row) => {
    const answers: Record<string, Answer> = {};
    for (const read of [...vector.reads, ...vector.labelReads])
      answers[read.id] = readValue(vector, read, row, data, applied);
    return answers;
  });
}

function readValue(vector: VectorPlan, read: ReadPlan, left: LeftRow, data: Data, applied: Applications): Answer {
  const group = found(vector.groups.find((one) => one.entity === read.entity && one.name === read.group));
  const source = found(vector.sources.find((one) => one.name === group.source));
  const stored = found(group.stored.find((one) => one.name === read.stored));
  // A key may be made of other values, each as of the same moment.
  const before: Record<string, Answer> = {};
  for (const id of read.key.flatMap(storedIn)) {
    const first = [...vector.reads, ...vector.labelReads].find((one) => one.id === id);
    before[id] = readValue(vector, found(first), left, data, applied);
  }
  const values = Object.fromEntries(Object.entries(before).map(([id, answer]) => [id, answer.value]));
  const key = read.key.map((part) => evaluateExpression(part, { columns: left.columns, stored: values, now: left.at }));
  const answer = storedValue(group, source, data[source.name] ?? [], stored, key, left.at, applied);
  const inputs = Object.values(before).map(({ status }) => status);
  return { ...answer, status: worst([answer.status, ...inputs]) };
}

/** Of several statuses the one that promises least. */
function worst(all: readonly Status[]): Status {
  const order: readonly Status[] = ["unavailable", "not_found", "expired", "missing", "present"];
  return found(order.find((status) => all.includes(status)));
}

/** The ids of the other values that a key's part is made of. */
function storedIn(part: ExpressionPlan): readonly string[] {
  if (part.node === "stored") return [part.name];
  return part.node === "call" ? part.args.flatMap(storedIn) : [];
}

/** What a group stores under a key, as a request at `q` may know it. */
export function storedValue(
  group: GroupPlan,
  source: SourcePlan,
  rows: Rows,
  stored: StoredPlan,
  key: readonly Value[],
  q: Micros,
  applied: Applications = asDeclared,
): Answer {
  if (key.includes(null)) return { value: null, status: "missing" };
  if (stored.kind === "window") return windowValue(group, source, rows, stored, key, q, applied);
  return source.kind === "table"
    ? tableValue(group, source, rows, stored, key)
    : snapshotValue(group, source, rows, stored, key, q, applied);
}

/** A table is always visible; of several rows for a key the one with the largest columns wins. */
function tableValue(
  group: GroupPlan,
  source: SourcePlan,
  rows: Rows,
  stored: StoredColumnPlan,
  key: readonly Value[],
): Answer {
  const matching = rows.filter((row) => hasKey(group, row, key));
  const winner = matching.sort((a, b) => compareTuples(readsOf(group, source, a), readsOf(group, source, b))).at(-1);
  return winner === undefined ? { value: null, status: "not_found" } : present(columnOf(source, winner, stored.column));
}

/** The visible row that happened last wins whole; it is used while it is not older than the ttl. Where it is a deletion there is nothing. */
function snapshotValue(
  group: GroupPlan,
  source: SourcePlan,
  rows: Rows,
  stored: StoredColumnPlan,
  key: readonly Value[],
  q: Micros,
  applied: Applications,
): Answer {
  const visible = happenings(group, source, rows, key, applied).filter(({ t, k }) => t <= q && k <= q);
  const winner = visible.sort(byTimeThenKnown).at(-1);
  if (winner === undefined || winner.isDeletion) return { value: null, status: "not_found" };
  const { t } = winner;
  if (group.ttl !== undefined && q - t > group.ttl) return { value: null, status: "expired", t };
  return { ...present(columnOf(source, winner.row, stored.column)), t };
}

/** An aggregate over the events of a window, each in its last version that is visible. */
function windowValue(
  group: GroupPlan,
  source: SourcePlan,
  rows: Rows,
  stored: StoredWindowPlan,
  key: readonly Value[],
  q: Micros,
  applied: Applications,
): Answer {
  // Looking back, the present may be known; looking forward (for labels), all that is known when the window's last row must be.
  const horizon = stored.direction === "back" ? q : q + stored.over + largestLag(source);
  const isInside = (t: Micros): boolean =>
    stored.direction === "back" ? floorToHop(q - stored.over, stored.hop) <= t && t < q : q < t && t <= q + stored.over;
  // What looks forward is never served: it knows what the rows say.
  const known = stored.direction === "back" ? applied : asDeclared;
  const visible = happenings(group, source, rows, key, known).filter(({ k }) => k <= horizon);
  const events = lastVersions(source, visible)
    .filter(({ isDeletion }) => !isDeletion)
    .filter(({ t }) => isInside(t))
    .filter(({ row }) => stored.where === undefined || evaluateExpression(stored.where, { columns: row }) === true)
    .sort(byTimeThenKnown);
  const { input } = stored;
  const inputs = events.map(({ row }) => (input === undefined ? true : evaluateExpression(input, { columns: row })));
  return present(aggregate(stored, inputs));
}

/**
 * One happening an event, the last version of those given. Versions are of one event iff `id`, `t` and the key
 * (which all here share) agree; a row that equals a version in the columns read is that version, known when it first
 * was. A row without a whole id is an event of its own.
 */
export function lastVersions(source: SourcePlan, visible: readonly Happening[]): readonly Happening[] {
  const { id } = source;
  if (id === undefined) return visible;
  const idOf = ({ row }: Happening): readonly Value[] => id.map((part) => evaluateExpression(part, { columns: row }));
  const events: Happening[] = [];
  const seen: Happening[] = [];
  for (const one of visible) {
    if (idOf(one).includes(null)) {
      events.push(one);
      continue;
    }
    const isSameEvent = (other: Happening): boolean => other.t === one.t && compareTuples(idOf(other), idOf(one)) === 0;
    if (seen.some(isSameEvent)) continue;
    seen.push(one);
    const rows = visible.filter(isSameEvent);
    const versions = rows.map((version) => {
      const repeats = rows.filter((other) => compareTuples(other.read, version.read) === 0);
      const [first] = repeats.sort((a, b) => a.k - b.k || a.declared - b.declared);
      return { ...version, k: found(first).k, declared: found(first).declared };
    });
    const inOrder = versions.sort((a, b) => a.k - b.k || a.declared - b.declared || compareTuples(a.read, b.read));
    events.push(found(inOrder.at(-1)));
  }
  return events;
}

/** The rows of a key that have a time and a moment at which they could be known: the one that they declare, or that they were applied at. */
export function happenings(
  group: GroupPlan,
  source: SourcePlan,
  rows: Rows,
  key: readonly Value[],
  applied: Applications = asDeclared,
): Happening[] {
  const all: Happening[] = [];
  for (const row of rows) {
    const t = momentOf(found(source.at), row);
    const declared = knownAt(source, row, t);
    if (t === null || !hasKey(group, row, key)) continue;
    const application = applied(group, source, row, declared);
    if (application === null) continue;
    const known = typeof application === "number" ? { k: application, declared: declared ?? t } : application;
    const isDeletion = source.deleted !== undefined && evaluateExpression(source.deleted, { columns: row }) === true;
    all.push({ row, t, ...known, isDeletion, read: [isDeletion, ...readsOf(group, source, row)] });
  }
  return all;
}

/** Where rows compete: the later one, then the one known later, then the one that says so, then a deletion, then the one with the larger columns. */
function byTimeThenKnown(a: Happening, b: Happening): number {
  return a.t - b.t || a.k - b.k || a.declared - b.declared || compareTuples(a.read, b.read);
}

/** The largest multiple of `hop` that is at most `moment`; the remainder is made non-negative, for before 1970. */
export function floorToHop(moment: Micros, hop: Micros): Micros {
  return moment - (((moment % hop) + hop) % hop);
}

/** A row whose key has a missing part matches no key. */
function hasKey(group: GroupPlan, row: Row, key: readonly Value[]): boolean {
  const own = group.key.map((part) => evaluateExpression(part, { columns: row }));
  return !own.includes(null) && compareTuples(own, key) === 0;
}

function readsOf(group: GroupPlan, source: SourcePlan, row: Row): readonly Value[] {
  return group.reads.map((column) => columnOf(source, row, column));
}

function columnOf(source: SourcePlan, row: Row, column: string): Value {
  return enter(row[column], found(source.columns[column]));
}

function momentOf(expression: ExpressionPlan, row: Row): Micros | null {
  return evaluateExpression(expression, { columns: row }) as Micros | null;
}

/** When a row could be known, by what its transport says of its rows. */
function knownAt(source: SourcePlan, row: Row, t: Micros | null): Micros | null {
  const { known, lag } = found(source.transports[Number(row[transportOf] ?? 0)]);
  if (known !== undefined) return momentOf(known, row);
  return t === null ? null : t + (lag ?? 0);
}

/** The longest that rows of a source are assumed to take until they are known. */
export function largestLag(source: SourcePlan): Micros {
  return source.transports.reduce((largest, { lag }) => Math.max(largest, lag ?? 0), 0);
}

function present(value: Value): Answer {
  return { value, status: value === null ? "missing" : "present" };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the plan is not whole");
  return value;
}

import { type Micros, TondoError } from "../../core/index.ts";
import { maxKeyBytes } from "./codec/index.ts";
import { firstMoment, type GroupPointer, pointerAt } from "./group-pointer.ts";
import type { PushedFound } from "./group-reader.ts";
import type { RecordVisitor, StoreView } from "./online-store.ts";
import type { PushedBeside } from "./pushed-beside.ts";
import type { Lookup, ReadProgram } from "./read-program.ts";
import type { ReadUnderWay } from "./read-under-way.ts";
import type { RecordReads } from "./record-reads.ts";
import type { StoredAnswers } from "./stored-answers.ts";

/** A lookup that a store answers later. */
export interface LookupUnderWay {
  readonly lookup: Lookup;
  readonly read: ReadUnderWay;
}

/** A round whose records are not all there at once. */
export interface RoundUnderWay {
  readonly round: number;
  readonly lookups: readonly LookupUnderWay[];
}

/**
 * Reads rounds from one on, as long as the store has their records at once; gives the first that it answers later.
 *
 * @throws TondoError `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`, `STORE_CORRUPT`, `KEY_INVALID`, and what the program throws
 */
export function beginRounds<R>(
  view: StoreView,
  records: RecordReads,
  program: ReadProgram<R>,
  request: R,
  answers: StoredAnswers,
  from: number,
): RoundUnderWay | undefined {
  for (let round = from; round < program.rounds; round++) {
    const lookups = program.lookups(round, request, answers);
    // All that may be refused is, before the first read is under way: a view is closed at once where something is thrown.
    for (const lookup of lookups) check(view, lookup, answers.at);
    let underWay: LookupUnderWay[] | undefined;
    for (const lookup of lookups) {
      const read = beginLookup(view, records, lookup, answers);
      if (read === undefined) continue;
      if (underWay === undefined) underWay = [{ lookup, read }];
      else underWay.push({ lookup, read });
    }
    if (underWay !== undefined) return { round, lookups: underWay };
  }
  return undefined;
}

/**
 * The moment that answers are of: the one asked for, else the clock's, or the newest load's where that is later.
 *
 * @param now the clock's from before the view was opened: the moment of a switch that the view does not know is still ahead of it
 */
export function momentOf(view: StoreView, groups: readonly string[], at: Micros | undefined, now: Micros): Micros {
  if (at !== undefined) return at;
  let moment = now;
  for (const group of groups) {
    const pointer = view.pointer(group);
    if (pointer !== undefined) moment = Math.max(moment, firstMoment(pointerAt(pointer, moment)));
  }
  return moment;
}

function pointerOf(view: StoreView, { reader }: Lookup, at: Micros): GroupPointer | undefined {
  const pointer = view.pointer(reader.name);
  return pointer === undefined ? undefined : pointerAt(pointer, at);
}

function check(view: StoreView, lookup: Lookup, at: Micros): void {
  const { reader, keys } = lookup;
  const pointer = pointerOf(view, lookup, at);
  reader.bind(pointer);
  if (pointer === undefined) throw new TondoError("INTERNAL", `${reader.name} was bound without a pointer`);
  reader.checkMoment(pointer, at);
  if (pointer.counts.keysTooLong > 0 && keys.includes("too long")) throw leftOut(reader.name);
}

/** A key that is too long may have rows which training sees: where any were left out, to say that it has none would be a guess. */
function leftOut(group: string): TondoError {
  return new TondoError(
    "KEY_INVALID",
    `a computed key of ${group} takes more than ${String(maxKeyBytes)} bytes, and ${group} has such keys, which no store keeps`,
    {
      hint: "Compute a shorter key, a hash of the text say, in the group and where it is asked for.",
      details: { group, maxKeyBytes },
    },
  );
}

function beginLookup(
  view: StoreView,
  records: RecordReads,
  lookup: Lookup,
  answers: StoredAnswers,
): ReadUnderWay | undefined {
  const { reader, keys } = lookup;
  const { at, stride } = answers;
  const pointer = pointerOf(view, lookup, at);
  if (pointer === undefined) return undefined;
  const read = reader.bind(pointer);
  if (areAll(keys)) {
    const visit: PushedRecordVisitor = (i, record, pushed) => {
      if (!answers.isFinal) read(record, at, answers, i * stride, pushed);
    };
    // Before the records, which are valid until the next is read.
    return readBoth(records, view, pointer, keys, reader.pushed(view, pointer, keys, at), visit);
  }
  const present: Uint8Array[] = [];
  const rowOf: number[] = [];
  for (const [row, key] of keys.entries()) {
    if (key === null) reader.fillMissing(answers, row * stride);
    else if (key === "too long") read(undefined, at, answers, row * stride);
    else rowOf[present.push(key) - 1] = row;
  }
  if (present.length === 0) return undefined;
  return readBoth(records, view, pointer, present, reader.pushed(view, pointer, present, at), (i, record, pushed) => {
    const row = rowOf[i];
    if (!answers.isFinal && row !== undefined) read(record, at, answers, row * stride, pushed);
  });
}

/** Visits a record with what was pushed under its key. */
type PushedRecordVisitor = (index: number, record: Uint8Array | undefined, pushed: PushedBeside | undefined) => void;

/** Reads records beside what was pushed under their keys: where that comes later, both are under way at once, and a record waits for it. */
function readBoth(
  records: RecordReads,
  view: StoreView,
  pointer: GroupPointer,
  keys: readonly Uint8Array[],
  pushed: ReturnType<Lookup["reader"]["pushed"]>,
  visit: PushedRecordVisitor,
): ReadUnderWay | undefined {
  if (!(pushed instanceof Promise))
    return records.read(view, pointer, keys, (i, record) => {
      visit(i, record, pushed?.[i]);
    });
  let found: PushedFound | undefined;
  let waiting: (readonly [index: number, record: Uint8Array | undefined])[] | undefined = [];
  const beside = pushed.then((values) => {
    found = values;
    const all = waiting ?? [];
    waiting = undefined;
    for (const [i, record] of all) visit(i, record, found?.[i]);
  });
  const visitBeside: RecordVisitor = (i, record) => {
    if (waiting === undefined) visit(i, record, found?.[i]);
    // It is valid during the call only.
    else waiting.push([i, record === undefined ? undefined : new Uint8Array(record)]);
  };
  return records.read(view, pointer, keys, visitBeside, beside);
}

function areAll(keys: Lookup["keys"]): keys is readonly Uint8Array[] {
  for (const key of keys) if (!(key instanceof Uint8Array)) return false;
  return true;
}

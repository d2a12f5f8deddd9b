import { type Micros, TondoError } from "../../core/index.ts";
import { maxKeyBytes } from "./codec/index.ts";
import { type GroupPointer, pointerAt } from "./group-pointer.ts";
import type { StoreView } from "./online-store.ts";
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
    if (pointer !== undefined) moment = Math.max(moment, pointerAt(pointer, moment).asOf);
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
    // Before the records, which are valid until the next is read.
    const pushed = reader.pushed(view, pointer, keys, at);
    return records.read(view, pointer, keys, (i, record) => {
      if (!answers.isFinal) read(record, at, answers, i * stride, pushed?.[i]);
    });
  }
  const present: Uint8Array[] = [];
  const rowOf: number[] = [];
  for (const [row, key] of keys.entries()) {
    if (key === null) reader.fillMissing(answers, row * stride);
    else if (key === "too long") read(undefined, at, answers, row * stride);
    else rowOf[present.push(key) - 1] = row;
  }
  if (present.length === 0) return undefined;
  const pushed = reader.pushed(view, pointer, present, at);
  return records.read(view, pointer, present, (i, record) => {
    const row = rowOf[i];
    if (!answers.isFinal && row !== undefined) read(record, at, answers, row * stride, pushed?.[i]);
  });
}

function areAll(keys: Lookup["keys"]): keys is readonly Uint8Array[] {
  for (const key of keys) if (!(key instanceof Uint8Array)) return false;
  return true;
}

import { type Clock, type Micros, TondoError } from "../../core/index.ts";
import { maxKeyBytes } from "./codec/index.ts";
import type { GroupPointer } from "./group-pointer.ts";
import type { GroupReader } from "./group-reader.ts";
import type { OnlineStore, StoreView } from "./online-store.ts";
import { emptyAnswers, type RecordReader, type StoredAnswers } from "./stored-answers.ts";

/**
 * A group that is read, and the keys asked for, one a row: `null` where a part of it is missing, `"too long"` where it was computed and
 * is longer than any that a store keeps, so that it has no record.
 */
export interface Lookup {
  readonly reader: GroupReader;
  readonly keys: readonly (Uint8Array | null | "too long")[];
}

/** The moment asked for; by default the clock's, or the newest load's where that is later. */
export type AskedMoment = { readonly at: Micros } | { readonly clock: Clock };

/** What is read in one view of a store, as of one moment. */
export interface Reading {
  /** All the groups, of all rounds. */
  readonly groups: readonly string[];
  readonly rows: number;
  /** How many values a row of answers has. */
  readonly stride: number;
  /** One after the other: the keys of a round may depend on the moment and on what those before it found. */
  readonly rounds: readonly ((answers: StoredAnswers) => readonly Lookup[])[];
}

/**
 * Reads stored values of some groups in one view of the store: one record a row and lookup.
 *
 * @throws TondoError `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`, `STORE_CORRUPT`, `KEY_INVALID` where a computed key is too long and the
 * load left such keys out, and what the store and the rounds throw
 */
export function readLookups(
  store: OnlineStore,
  reading: Reading,
  moment: AskedMoment,
): StoredAnswers | Promise<StoredAnswers> {
  const view = store.view(reading.groups);
  return view instanceof Promise
    ? view.then((opened) => readView(opened, reading, moment))
    : readView(view, reading, moment);
}

function readView(view: StoreView, reading: Reading, moment: AskedMoment): StoredAnswers | Promise<StoredAnswers> {
  let pending: Promise<void> | undefined;
  try {
    const answers = emptyAnswers(reading.rows, reading.stride, momentOf(view, reading.groups, moment));
    pending = readRounds(view, reading.rounds, 0, answers);
    if (pending === undefined) return answers;
    return pending
      .then(() => answers)
      .finally(() => {
        view.close();
      });
  } finally {
    if (pending === undefined) view.close();
  }
}

function readRounds(
  view: StoreView,
  rounds: Reading["rounds"],
  from: number,
  answers: StoredAnswers,
): Promise<void> | undefined {
  for (let round = from; round < rounds.length; round++) {
    // All that may be refused is, before the first read is under way: a view is closed at once where something is thrown.
    const bound = (rounds[round]?.(answers) ?? []).map((one) => bind(view, one, answers.at));
    let pending: Promise<void>[] | undefined;
    for (const lookup of bound) {
      const work = readLookup(view, lookup, answers);
      if (work !== undefined) (pending ??= []).push(work);
    }
    if (pending !== undefined) return allDone(pending).then(() => readRounds(view, rounds, round + 1, answers));
  }
  return undefined;
}

function momentOf(view: StoreView, groups: readonly string[], moment: AskedMoment): Micros {
  if ("at" in moment) return moment.at;
  let at = moment.clock();
  for (const group of groups) at = Math.max(at, view.pointer(group)?.asOf ?? -Infinity);
  return at;
}

/** Waits for all, however they end, so that none reads on in a view that is closed; then the first failure is thrown. */
async function allDone(reads: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(reads)) if (result.status === "rejected") throw result.reason;
}

/** A lookup with the generation it reads, and what reads its records. */
interface BoundLookup extends Lookup {
  readonly pointer: GroupPointer;
  readonly read: RecordReader;
}

function bind(view: StoreView, { reader, keys }: Lookup, at: Micros): BoundLookup {
  const pointer = view.pointer(reader.name);
  const read = reader.bind(pointer);
  if (pointer === undefined) throw new TondoError("INTERNAL", `${reader.name} was bound without a pointer`);
  reader.checkMoment(pointer, at);
  if (pointer.counts.keysTooLong > 0 && keys.includes("too long")) throw leftOut(reader.name);
  return { reader, keys, pointer, read };
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

function readLookup(
  view: StoreView,
  { reader, keys, pointer, read }: BoundLookup,
  answers: StoredAnswers,
): Promise<void> | undefined {
  const { at, stride } = answers;
  const present: Uint8Array[] = [];
  let places: number[] | undefined;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? null;
    if (key instanceof Uint8Array) {
      present.push(key);
      places?.push(i);
      continue;
    }
    places ??= present.map((_, j) => j);
    if (key === null) reader.fillMissing(answers, i * stride);
    else read(undefined, at, answers, i * stride);
  }
  if (present.length === 0) return undefined;
  const rowOf = places;
  const work = view.read(reader.name, pointer.generation, present, (i, record) => {
    read(record, at, answers, (rowOf === undefined ? i : (rowOf[i] ?? i)) * stride);
  });
  return work instanceof Promise ? work : undefined;
}

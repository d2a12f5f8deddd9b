import { type Clock, type Micros, TondoError } from "../../core/index.ts";
import type { GroupReader } from "./group-reader.ts";
import type { OnlineStore, StoreView } from "./online-store.ts";
import { emptyAnswers, type StoredAnswers } from "./stored-answers.ts";

/** A group that is read, and the keys asked for: one a row; `null` where a part of it is missing. */
export interface Lookup {
  readonly reader: GroupReader;
  readonly keys: readonly (Uint8Array | null)[];
}

/** The moment asked for; by default the clock's, or the newest load's where that is later. */
export type AskedMoment = { readonly at: Micros } | { readonly clock: Clock };

/**
 * Reads stored values of some groups in one view of the store: one record a row and lookup.
 *
 * @param stride how many values a row of answers has
 * @throws TondoError `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`, `STORE_CORRUPT`, and what the store throws
 */
export function readLookups(
  store: OnlineStore,
  groups: readonly string[],
  lookups: readonly Lookup[],
  rows: number,
  stride: number,
  moment: AskedMoment,
): StoredAnswers | Promise<StoredAnswers> {
  const view = store.view(groups);
  return view instanceof Promise
    ? view.then((opened) => readView(opened, lookups, rows, stride, moment))
    : readView(view, lookups, rows, stride, moment);
}

function readView(
  view: StoreView,
  lookups: readonly Lookup[],
  rows: number,
  stride: number,
  moment: AskedMoment,
): StoredAnswers | Promise<StoredAnswers> {
  let pending: Promise<void>[] | undefined;
  try {
    const answers = emptyAnswers(rows, stride, momentOf(view, lookups, moment));
    for (const lookup of lookups) {
      const work = readLookup(view, lookup, answers);
      if (work !== undefined) (pending ??= []).push(work);
    }
    if (pending === undefined) return answers;
    return Promise.all(pending)
      .then(() => answers)
      .finally(() => {
        view.close();
      });
  } finally {
    if (pending === undefined) view.close();
  }
}

function momentOf(view: StoreView, lookups: readonly Lookup[], moment: AskedMoment): Micros {
  if ("at" in moment) return moment.at;
  let at = moment.clock();
  for (const { reader } of lookups) at = Math.max(at, view.pointer(reader.name)?.asOf ?? -Infinity);
  return at;
}

function readLookup(view: StoreView, { reader, keys }: Lookup, answers: StoredAnswers): Promise<void> | undefined {
  const pointer = view.pointer(reader.name);
  const read = reader.bind(pointer);
  if (pointer === undefined) throw new TondoError("INTERNAL", `${reader.name} was bound without a pointer`);
  reader.checkMoment(pointer, answers.at);
  const { at, stride } = answers;
  const present: Uint8Array[] = [];
  let places: number[] | undefined;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? null;
    if (key === null) {
      reader.fillMissing(answers, i * stride);
      places ??= present.map((_, j) => j);
    } else {
      present.push(key);
      places?.push(i);
    }
  }
  if (present.length === 0) return undefined;
  const rowOf = places;
  const work = view.read(reader.name, pointer.generation, present, (i, record) => {
    read(record, at, answers, (rowOf === undefined ? i : (rowOf[i] ?? i)) * stride);
  });
  return work instanceof Promise ? work : undefined;
}

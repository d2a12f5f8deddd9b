import { floorTo, type Micros } from "../../core/index.ts";
import { type AggregateCode, isMissingRaw, type Raw, type StateArrays } from "../../dsl/index.ts";
import {
  type FoundBundle,
  type FoundTiles,
  ownWords,
  type TileShape,
  windowLoader,
  type Words,
} from "./codec/index.ts";
import { codeOf, tileShape, type WindowLayout, type WindowPlace } from "./group-layout.ts";
import type { PushedValues } from "./pushed-values.ts";
import { recentSince } from "./recent-rows.ts";
import type { RecordReader, StoredAnswers, WantedValue } from "./stored-answers.ts";
import { readValues } from "./tile-values.ts";

/** A window over a state: how far back it reaches, and what it makes of it. */
interface Window {
  /** Its length among those of its hop, of which the shortest is the first. */
  readonly length: number;
  /** Of which only the end is its own. */
  readonly code: AggregateCode;
  readonly missing: Raw;
  readonly target: number;
}

/** A state that some windows of a hop are made of, the shortest first: what a longer one merges is what a shorter one did, and older tiles. */
interface MergedState {
  readonly code: AggregateCode;
  /** Where the state stands in a tile. */
  readonly number: number;
  readonly value: number;
  /** Where it is merged. */
  readonly into: StateArrays;
  readonly windows: readonly Window[];
  /** The place among what is wanted of one of the windows, all of which take in the same of a row. */
  readonly taken: number;
}

/** What is wanted of the tiles of a hop. */
interface HopReads {
  readonly hop: number;
  readonly width: number;
  readonly shape: TileShape;
  /** The lengths of windows, ascending. */
  readonly lengths: readonly number[];
  readonly states: readonly MergedState[];
  /** Of each length its oldest tile, in the record that is being read; behind them the tile behind the newest. */
  readonly oldest: Int32Array;
  /** Where rows are given: which of them count, and no tile that begins then or later. */
  readonly recentSince: Micros | undefined;
}

/**
 * Reads windows: of each the tiles that begin at `floor(q - over, hop)` or later, and before `q`, merged. What happened before the load's moment, and so
 * before `q`, lies in tiles of its hop; what is dated later in one of its own, which begins when it happened.
 * A key without a record had no events: its windows are empty, and present.
 *
 * @param recentFrom from when on rows stand beside the tiles, where any were pushed: what is pushed may replace those, so that they are taken in and not their tiles
 */
export function windowReader(layout: WindowLayout, wanted: readonly WantedValue[], recentFrom?: Micros): RecordReader {
  for (const { index } of wanted) {
    const place = layout.windows[index];
    if (layout.hops[place?.hop ?? -1]?.states[place?.state ?? -1] === undefined) throw new RangeError("no such window");
  }
  const load = windowLoader(layout.hops.map(tileShape));
  const hops = layout.hops.flatMap((_, hop) => hopReads(layout, hop, wanted, recentFrom) ?? []);
  return (record, at, into, base, pushed) => {
    // Before the record, which is valid until the next is loaded.
    const folds = pushed?.folds?.map((fold) => kept(load(fold)));
    const bundle = record === undefined ? undefined : load(record);
    for (const reads of hops) readHop(reads, bundle, at, into, base, pushed?.rows, folds);
  };
}

/** A bundle in memory of its own. */
function kept({ words, hops }: FoundBundle): FoundBundle {
  return { words: ownWords(words), hops: hops.map((tiles) => ({ ...tiles })) };
}

/** The tiles of a fold in a hop. */
interface FoldedHop {
  readonly words: Words;
  readonly tiles: FoundTiles;
  /** As {@link HopReads.oldest}. */
  readonly oldest: Int32Array;
}

function readHop(
  reads: HopReads,
  bundle: FoundBundle | undefined,
  at: Micros,
  into: StoredAnswers,
  base: number,
  pushed: readonly PushedValues[] | undefined,
  folds: readonly FoundBundle[] | undefined,
): void {
  const tiles = bundle?.hops[reads.hop];
  const { oldest, lengths } = reads;
  const recent = pushed === undefined ? undefined : reads.recentSince;
  if (bundle !== undefined && tiles !== undefined)
    findOldest(reads, bundle.words, tiles, at, recent === undefined ? at : Math.min(at, recent));
  const folded = folds?.flatMap((fold) => foldedHop(reads, fold, at) ?? []);
  for (const one of reads.states) {
    one.code.empty(one.into, 0, 0);
    let end = oldest[lengths.length] ?? 0;
    let until = at;
    let before = lengths.length;
    for (const { length, code, missing, target } of one.windows) {
      const from = oldest[length] ?? 0;
      if (bundle !== undefined && tiles !== undefined && from < end) {
        merge(one, reads.shape, bundle.words, tiles, from, end);
        end = from;
      }
      if (folded !== undefined) {
        for (const fold of folded) {
          const own = fold.oldest;
          merge(one, reads.shape, fold.words, fold.tiles, own[length] ?? 0, own[before] ?? 0, "later");
        }
        before = length;
      }
      if (pushed !== undefined) {
        const since = floorTo(at - (lengths[length] ?? 0), reads.width);
        takeIn(one, pushed, recent === undefined ? since : Math.max(since, recent), until);
        until = since;
      }
      const result = code.finalize(one.into, 0, 0);
      const isMissing = result === null || result !== result;
      into.values[base + target] = isMissing ? missing : result;
      into.statuses[base + target] = isMissing ? "missing" : "present";
    }
  }
}

/**
 * Takes rows that were pushed into a state, those that happened from one moment on and before another, in their order. Behind the tiles: of one time they were
 * applied later than what was loaded.
 */
function takeIn(
  { code, into, taken }: MergedState,
  pushed: readonly PushedValues[],
  since: Micros,
  until: Micros,
): void {
  for (const { t, inputs, counts } of pushed) {
    if (t < since || t >= until || counts[taken] !== true) continue;
    const input = inputs[taken] ?? null;
    if (code.takesMissing === true || !isMissingRaw(input)) code.update(into, 0, 0, { input, t });
  }
}

function foldedHop(reads: HopReads, { words, hops }: FoundBundle, at: Micros): FoldedHop | undefined {
  const tiles = hops[reads.hop];
  if (tiles === undefined) return undefined;
  const folded = { words, tiles, oldest: new Int32Array(reads.lengths.length + 1) };
  findOldest({ ...reads, oldest: folded.oldest }, words, tiles, at, at);
  return folded;
}

/** Finds where the tiles of each length begin, of those that begin before another moment. */
function findOldest(
  { lengths, width, oldest }: HopReads,
  { f64 }: Words,
  tiles: FoundTiles,
  at: Micros,
  before: Micros,
): void {
  let end = firstFrom(f64, tiles, before, tiles.count);
  oldest[lengths.length] = end;
  for (let i = 0; i < lengths.length; i++) {
    end = firstFrom(f64, tiles, floorTo(at - (lengths[i] ?? 0), width), end);
    oldest[i] = end;
  }
}

/** The first of the tiles before `end` that begins at a moment or later; `end` where none does. Starts ascend. */
function firstFrom(f64: Float64Array, { starts }: FoundTiles, moment: Micros, end: number): number {
  if (end === 0 || (f64[starts + end - 1] ?? 0) < moment) return end;
  let low = 0;
  let high = end - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((f64[starts + middle] ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Takes some tiles into a state, the newest first.
 *
 * @param order `later` where rows of the tiles come behind those of their times that the state has
 */
function merge(
  { code, into, number, value }: MergedState,
  shape: TileShape,
  words: Words,
  tiles: FoundTiles,
  from: number,
  end: number,
  order?: "later",
): void {
  if (from >= end) return;
  const first = tiles.numbers + from * shape.numbers + number;
  const mergeLater = order === "later" ? code.mergeLater : undefined;
  if (mergeLater === undefined && code.mergeRun !== undefined) {
    code.mergeRun(into, 0, words.f64, first, shape.numbers, end - from);
    return;
  }
  const mergeOne = mergeLater ?? code.merge;
  const states: StateArrays = { numbers: words.f64, values: tiles.values };
  const kinds = shape.values;
  for (let i = end - 1; i >= from; i--) {
    const at = i * kinds.length + value;
    if (code.shape.values > 0) readValues(code, words, tiles, kinds, at);
    mergeOne(into, 0, 0, states, first + (i - from) * shape.numbers, at);
  }
}

interface WantedWindow extends WantedValue {
  readonly place: WindowPlace;
  readonly taken: number;
}

/** What is wanted of one hop; nothing where no window is. */
function hopReads(
  layout: WindowLayout,
  hop: number,
  wanted: readonly WantedValue[],
  recentFrom: Micros | undefined,
): HopReads | undefined {
  const plan = layout.hops[hop];
  const windows = wanted.flatMap((one, taken): WantedWindow[] => {
    const place = layout.windows[one.index];
    return place?.hop === hop ? [{ ...one, place, taken }] : [];
  });
  if (plan === undefined || windows.length === 0) return undefined;
  const lengths = [...new Set(windows.map(({ place }) => place.over))].sort((a, b) => a - b);
  const states: MergedState[] = [];
  let number = 0;
  let value = 0;
  for (const [state, { input, ...made }] of plan.states.entries()) {
    const code = codeOf({ ...made, input });
    const own = windows.filter(({ place }) => place.state === state);
    const ends = own
      .map(({ place, missing, target }): Window => {
        return { length: lengths.indexOf(place.over), code: codeOf({ ...place, input }), missing, target };
      })
      .sort((a, b) => a.length - b.length);
    const [first] = own;
    if (first !== undefined)
      states.push({ code, number, value, into: emptyState(code), windows: ends, taken: first.taken });
    number += code.shape.numbers;
    value += code.shape.values;
  }
  const oldest = new Int32Array(lengths.length + 1);
  const recent = recentFrom === undefined ? undefined : recentSince(recentFrom, plan.hop);
  return { hop, width: plan.hop, shape: tileShape(plan), lengths, states, oldest, recentSince: recent };
}

function emptyState({ shape }: AggregateCode): StateArrays {
  return { numbers: new Float64Array(shape.numbers), values: new Array<unknown>(shape.values).fill(null) };
}

import { type Clock, type GivenValue, type Micros, type Moment, TondoError } from "../../core/index.ts";
import type { ProjectPlan, UserFunction } from "../../dsl/index.ts";
import type { AnswerLog } from "./answer-log.ts";
import type { OnlineStore } from "./online-store.ts";
import type { AskedRead } from "./read-program.ts";
import type { RecordCacheOptions } from "./record-cache.ts";

/** How features are read. */
export interface ReadingOptions {
  /** How long a store that answers later is waited for, milliseconds, where a call does not say; default 1,000. */
  readonly deadlineMs?: number;
  /**
   * Whether groups that the store cannot be asked for, or has not answered for by the deadline, are left `unavailable` and the others are
   * answered, where a call does not say. Default true; with false the call fails.
   */
  readonly partial?: boolean;
  /** Keeps some records of a store that answers later in this process; default: none. LMDB is as fast as such a cache, and has none. */
  readonly cache?: RecordCacheOptions;
  readonly limits?: Partial<FeatureReaderLimits>;
}

/** What a reader of features needs. */
export interface FeatureReaderOptions extends ReadingOptions {
  readonly project: ProjectPlan;
  readonly store: OnlineStore;
  readonly clock?: Clock;
  /** The functions of the project's own. */
  readonly functions?: readonly UserFunction[];
  /** Applies rows that programs give; default: none can be given. */
  readonly push?: PushRows;
  /** Takes down what is answered for vectors; default: nothing does. */
  readonly log?: AnswerLog;
}

/** Applies rows of a source: see `FeatureReader.push`. */
export type PushRows = (source: string, rows: readonly Readonly<Record<string, GivenValue>>[]) => Promise<PushedRows>;

/** What became of rows that were pushed. */
export interface PushedRows {
  /** From when on all of them count; each counts from a moment of its own, in their order. */
  readonly appliedAt: Micros;
  /** How long behind the first one's moment requests may still not have seen it, microseconds: 0, but where the disk stood still. */
  readonly lateBy: Micros;
  /** How many were applied. */
  readonly rows: number;
  /** How many of events with an `id` wait for the next load, since they happened longer than a day ago: they are durable, and count from that load's moment on. */
  readonly waiting: number;
  /** How many were dropped, since a key of theirs was erased. */
  readonly erased: number;
}

/** Bounds of a reader. */
export interface FeatureReaderLimits {
  /** How many lists of names it remembers resolved. */
  readonly programs: number;
  /** How many keys one call may ask for. */
  readonly keys: number;
  /** How many names one call may ask for. */
  readonly names: number;
  /** The longest deadline that a call may ask for, milliseconds. */
  readonly deadlineMs: number;
  /**
   * How many calls to a store that answers later may be under way at once; one more is refused. One that was given up counts until the store
   * is done with it.
   */
  readonly underWay: number;
}

/** The defaults of {@link FeatureReaderLimits}. */
export const defaultFeatureReaderLimits: FeatureReaderLimits = {
  programs: 256,
  keys: 10_000,
  names: 1_000,
  deadlineMs: 60_000,
  underWay: 4_096,
};

/** How stored values are asked for. */
export interface ReadCallOptions {
  /** How long a store that answers later is waited for, milliseconds; default: the reader's. */
  readonly deadlineMs?: number;
  /** Whether what is not there by then is left `unavailable` and the rest is answered; default: the reader's. */
  readonly partial?: boolean;
  /** Whether the answer is logged, where there is a log and a vector is asked for; default: the log chooses by the key. */
  readonly log?: boolean;
}

/** How features are asked for. */
export interface GetOptions extends ReadCallOptions {
  /** The moment; the clock's by default. */
  readonly at?: Moment;
}

/** How what a vector reads is asked for. */
export interface VectorGetOptions<I = Readonly<Record<string, unknown>>> extends GetOptions {
  /** The inputs that keys are computed from: of each key its own, in their order, or the same of all. */
  readonly inputs?: I | readonly I[];
}

/**
 * What a reader does where a call does not say.
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function readingDefaults(
  { deadlineMs = 1_000, partial = true, cache }: ReadingOptions,
  limits: FeatureReaderLimits,
): AskedRead {
  for (const [name, limit] of Object.entries<number>({ ...limits })) positive(`limits.${name}`, limit);
  for (const name of ["records", "bytes", "staleMs"] as const) {
    if (cache !== undefined) positive(`cache.${name}`, cache[name]);
  }
  return { deadlineMs: deadline(deadlineMs, limits), partial };
}

/**
 * How one call is answered.
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function askedRead(options: ReadCallOptions, defaults: AskedRead, limits: FeatureReaderLimits): AskedRead {
  const { deadlineMs, partial } = options;
  if (deadlineMs === undefined && partial === undefined) return defaults;
  return {
    deadlineMs: deadlineMs === undefined ? defaults.deadlineMs : deadline(deadlineMs, limits),
    partial: partial ?? defaults.partial,
  };
}

/** What a timer can be set to. */
const longestTimer = 2 ** 31 - 1;

function deadline(ms: number, limits: FeatureReaderLimits): number {
  const longest = Math.min(limits.deadlineMs, longestTimer);
  if (ms > 0 && ms <= longest) return ms;
  throw new TondoError("INVALID_ARGUMENT", `a deadline of ${String(ms)} ms is none`, {
    hint: `Give milliseconds above 0, at the most ${String(longest)}: the limit \`deadlineMs\`.`,
  });
}

function positive(name: string, value: number): void {
  if (value > 0 && value < Infinity) return;
  throw new TondoError("INVALID_ARGUMENT", `\`${name}\` is ${String(value)}`, { hint: "Give a number above 0." });
}

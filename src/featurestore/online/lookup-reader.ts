import { type Clock, type Micros, TondoError } from "../../core/index.ts";
import { beginRounds, momentOf } from "./begin-rounds.ts";
import { LateCall, type LateCallOptions } from "./late-call.ts";
import type { OnlineStore, StoreView } from "./online-store.ts";
import type { AskedRead, ReadProgram } from "./read-program.ts";
import type { RecordReads } from "./record-reads.ts";
import { emptyAnswers, type StoredAnswers } from "./stored-answers.ts";
import { isAway, isGone } from "./unavailable.ts";

/** What a reader of stored values needs. */
export interface LookupReaderOptions {
  readonly store: OnlineStore;
  readonly clock: Clock;
  readonly records: RecordReads;
  /** How many calls may be under way at once. */
  readonly maxUnderWay: number;
}

/** Reads stored values of some groups, each call in one view of the store and as of one moment: one record a row and lookup. */
export class LookupReader {
  readonly #store: OnlineStore;
  readonly #clock: Clock;
  readonly #records: RecordReads;
  readonly #maxUnderWay: number;
  #underWay = 0;

  constructor({ store, clock, records, maxUnderWay }: LookupReaderOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#records = records;
    this.#maxUnderWay = maxUnderWay;
  }

  /**
   * A store that has them at once gives them without a promise. Values of groups whose records are not there in time, or not at all since the
   * store is away, are `unavailable` with the cause, unless `partial` is false. Where what was current has been removed before the answer came, what is
   * current then is read, once, within the same deadline.
   *
   * @param at the moment; by default the clock's, or the newest load's where that is later
   * @throws TondoError `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`, `STORE_CORRUPT`, `STORE_BUSY`, `KEY_INVALID` where a computed key is
   * too long and the load left such keys out, what the store and the program throw; where not `partial`, `DEADLINE_EXCEEDED`, `STORE_UNAVAILABLE`
   */
  read<R>(
    program: ReadProgram<R>,
    request: R,
    rows: number,
    at: Micros | undefined,
    asked: AskedRead,
  ): StoredAnswers | Promise<StoredAnswers> {
    const answers = this.#once(program, request, rows, at, asked);
    if (!(answers instanceof Promise)) return answers;
    const began = performance.now();
    return answers.catch((error: unknown) => {
      if (!isGone(error)) throw error;
      const deadlineMs = Math.max(1, Math.round(asked.deadlineMs - (performance.now() - began)));
      return this.#once(program, request, rows, at, { ...asked, deadlineMs });
    });
  }

  #once<R>(
    program: ReadProgram<R>,
    request: R,
    rows: number,
    at: Micros | undefined,
    asked: AskedRead,
  ): StoredAnswers | Promise<StoredAnswers> {
    if (this.#underWay >= this.#maxUnderWay) throw tooMany(this.#maxUnderWay);
    const now = at ?? this.#clock();
    const call = { program, request, rows, at, now, asked };
    let view: StoreView | Promise<StoreView>;
    try {
      view = this.#store.view(program.groups);
    } catch (error) {
      if (!isAway(error)) throw error;
      return this.#late(call).open(Promise.reject(error));
    }
    if (view instanceof Promise) return this.#late(call).open(view);
    let isLate = false;
    try {
      const answers = emptyAnswers(rows, program.blank, momentOf(view, program.groups, at, now));
      const round = beginRounds(view, this.#records, program, request, answers, 0);
      if (round === undefined) return answers;
      isLate = true;
      return this.#late(call).goOn(view, answers, round);
    } finally {
      if (!isLate) view.close();
    }
  }

  #late<R>(call: Omit<LateCallOptions<R>, "records">): LateCall<R> {
    this.#underWay++;
    return new LateCall({ ...call, records: this.#records }, () => {
      this.#underWay--;
    });
  }
}

function tooMany(limit: number): TondoError {
  return new TondoError("STORE_BUSY", `${String(limit)} requests to the online store are under way already`, {
    hint: "Ask again later, or raise the limit `underWay` where the store has room for more.",
    details: { underWay: limit },
  });
}

import type { Clock, Micros, TondoError } from "../../core/index.ts";
import { beginRounds, momentOf, type RoundUnderWay } from "./begin-rounds.ts";
import { Deadline } from "./deadline.ts";
import type { StoreView } from "./online-store.ts";
import type { AskedRead, ReadProgram } from "./read-program.ts";
import type { ReadListener, ReadUnderWay } from "./read-under-way.ts";
import type { RecordReads } from "./record-reads.ts";
import { emptyAnswers, type StoredAnswers } from "./stored-answers.ts";
import { giveUp, giveUpRounds, isAway, notInTime } from "./unavailable.ts";

/** What a call reads, and how. */
export interface LateCallOptions<R> {
  readonly program: ReadProgram<R>;
  readonly request: R;
  readonly rows: number;
  readonly at: Micros | undefined;
  readonly asked: AskedRead;
  readonly clock: Clock;
  readonly records: RecordReads;
}

/** A call that a store answers later: waits for it until the deadline, and gives up what is not there by then. */
export class LateCall<R> implements ReadListener {
  readonly #options: LateCallOptions<R>;
  readonly #deadline: Deadline;
  readonly #release: () => void;
  #view: StoreView | undefined;
  /** What is waited for, until the deadline. */
  #waiting: PromiseWithResolvers<StoreView | undefined> | undefined;
  /** How many lookups of the round are. */
  #left = 0;
  /** How many reads the store is not done with. */
  #open = 0;
  #isAnswered = false;

  /** @param release called once the store is done with all that this call asked, which may be long after it was answered */
  constructor(options: LateCallOptions<R>, release: () => void) {
    this.#options = options;
    this.#release = release;
    this.#deadline = new Deadline(options.asked.deadlineMs, () => {
      this.#waiting?.resolve(undefined);
    });
  }

  /** All of it, in a view that is still to be opened. */
  async open(opening: Promise<StoreView>): Promise<StoredAnswers> {
    this.#options.records.expectLater();
    try {
      const view = await this.#opened(opening);
      if (!("pointer" in view)) return this.#withoutView(view.causeOf);
      const { program, request, rows, at, clock, records } = this.#options;
      const answers = emptyAnswers(rows, program.blank, momentOf(view, program.groups, at, clock));
      return await this.#rounds(view, answers, beginRounds(view, records, program, request, answers, 0));
    } finally {
      this.#end();
    }
  }

  /** From a round on that is under way in a view. */
  async goOn(view: StoreView, answers: StoredAnswers, round: RoundUnderWay): Promise<StoredAnswers> {
    this.#view = view;
    try {
      return await this.#rounds(view, answers, round);
    } finally {
      this.#end();
    }
  }

  answered({ failure }: ReadUnderWay): void {
    this.#left--;
    if (failure !== undefined && !this.#isBorne(failure.error)) this.#waiting?.reject(failure.error);
    else if (this.#left === 0) this.#waiting?.resolve(undefined);
  }

  ended(): void {
    this.#open--;
    this.#close();
  }

  async #opened(opening: Promise<StoreView>): Promise<StoreView | { readonly causeOf: (group: string) => TondoError }> {
    const waiting = Promise.withResolvers<StoreView | undefined>();
    this.#waiting = waiting;
    this.#open++;
    opening.then(
      (view) => {
        this.#view = view;
        waiting.resolve(view);
        this.ended();
      },
      (error: unknown) => {
        waiting.reject(error);
        this.ended();
      },
    );
    const { deadlineMs } = this.#options.asked;
    try {
      return (await waiting.promise) ?? { causeOf: (group) => notInTime(group, deadlineMs) };
    } catch (error) {
      if (!isAway(error)) throw error;
      return { causeOf: () => error };
    }
  }

  #withoutView(causeOf: (group: string) => TondoError): StoredAnswers {
    const { program, request, rows, at, clock, asked } = this.#options;
    const answers = emptyAnswers(rows, program.blank, at ?? clock());
    giveUpRounds(program, request, answers, 0, causeOf);
    const [first] = program.groups;
    if (!asked.partial && first !== undefined) throw causeOf(first);
    return answers;
  }

  async #rounds(view: StoreView, answers: StoredAnswers, first: RoundUnderWay | undefined): Promise<StoredAnswers> {
    const { program, request, records } = this.#options;
    try {
      let next = first;
      while (next !== undefined) {
        const { round } = next;
        await this.#waitFor(next, answers);
        if (this.#deadline.hasPassed) {
          giveUpRounds(program, request, answers, round + 1, (group) => this.#refused(group));
          return answers;
        }
        next = beginRounds(view, records, program, request, answers, round + 1);
      }
      return answers;
    } finally {
      answers.isFinal = true;
    }
  }

  /** Waits for all lookups of a round, at the most until the deadline. */
  async #waitFor({ lookups }: RoundUnderWay, answers: StoredAnswers): Promise<void> {
    const waiting = Promise.withResolvers<StoreView | undefined>();
    this.#waiting = waiting;
    this.#left = lookups.length;
    for (const { read } of lookups) {
      if (read.isOpen) this.#open++;
      read.listen(this);
    }
    await waiting.promise;
    const { records } = this.#options;
    const late = lookups.filter(({ read }) => !read.isAnswered);
    // Where some are late nothing that comes from here on is written.
    if (late.length > 0) answers.isFinal = true;
    for (const { read } of late) records.giveUp(read);
    for (const { lookup } of late) giveUp(lookup, answers, this.#refused(lookup.reader.name));
    for (const { lookup, read } of lookups) {
      if (read.isAnswered && isAway(read.failure?.error)) giveUp(lookup, answers, read.failure.error);
    }
  }

  /** Whether a failure leaves the rest to be answered. */
  #isBorne(error: unknown): boolean {
    return this.#options.asked.partial && isAway(error);
  }

  /** The cause of what was not in time; thrown where the caller wants all or nothing. */
  #refused(group: string): TondoError {
    const { deadlineMs, partial } = this.#options.asked;
    const cause = notInTime(group, deadlineMs);
    if (partial) return cause;
    throw cause;
  }

  #end(): void {
    this.#deadline.stop();
    this.#isAnswered = true;
    this.#close();
  }

  /** Closes the view when the call is answered and no read is under way in it any more. */
  #close(): void {
    if (!this.#isAnswered || this.#open > 0) return;
    this.#view?.close();
    this.#release();
  }
}

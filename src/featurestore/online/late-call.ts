import type { Micros, TondoError } from "../../core/index.ts";
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
  /** When it was asked, by the clock. */
  readonly now: Micros;
  readonly asked: AskedRead;
  readonly records: RecordReads;
}

/**
 * A call that a store answers later: waits for it until the deadline, and gives up what is not there by then. Goes on in what its reads tell it, with one
 * promise on the whole: as many as its steps would cost more than all else that is done here.
 */
export class LateCall<R> implements ReadListener {
  readonly #options: LateCallOptions<R>;
  readonly #deadline: Deadline;
  readonly #release: () => void;
  readonly #done: PromiseWithResolvers<StoredAnswers> = Promise.withResolvers<StoredAnswers>();
  #view: StoreView | undefined;
  /** What is waited for until the view is there, or the deadline passes. */
  #opening: PromiseWithResolvers<StoreView | undefined> | undefined;
  /** What is under way, and the answers that it is for. */
  #current: { readonly round: RoundUnderWay; readonly view: StoreView; readonly answers: StoredAnswers } | undefined;
  /** How many lookups of the round are. */
  #left = 0;
  #failure: { readonly error: unknown } | undefined;
  /** While it listens to one read after another it is told of some, and goes on when it listens to all. */
  #isListening = false;
  /** How many reads the store is not done with. */
  #open = 0;
  #isAnswered = false;

  /** @param release called once the store is done with all that this call asked, which may be long after it was answered */
  constructor(options: LateCallOptions<R>, release: () => void) {
    this.#options = options;
    this.#release = release;
    this.#deadline = new Deadline(options.asked.deadlineMs, () => {
      this.#opening?.resolve(undefined);
      this.#goOn();
    });
  }

  /** All of it, in a view that is still to be opened. */
  async open(opening: Promise<StoreView>): Promise<StoredAnswers> {
    this.#options.records.expectLater();
    let isUnderWay = false;
    try {
      const view = await this.#opened(opening);
      if (!("pointer" in view)) return this.#withoutView(view.causeOf);
      const { program, request, rows, at, now, records } = this.#options;
      const answers = emptyAnswers(rows, program.blank, momentOf(view, program.groups, at, now));
      const round = beginRounds(view, records, program, request, answers, 0);
      if (round === undefined) return answers;
      isUnderWay = true;
      return await this.goOn(view, answers, round);
    } finally {
      if (!isUnderWay) this.#end();
    }
  }

  /** From a round on that is under way in a view. */
  goOn(view: StoreView, answers: StoredAnswers, round: RoundUnderWay): Promise<StoredAnswers> {
    this.#view = view;
    this.#listen(view, answers, round);
    return this.#done.promise;
  }

  answered({ failure }: ReadUnderWay): void {
    this.#left--;
    if (failure !== undefined && !this.#isBorne(failure.error)) this.#failure ??= failure;
    if (this.#left === 0 || this.#failure !== undefined) this.#goOn();
  }

  ended(): void {
    this.#open--;
    this.#close();
  }

  async #opened(opening: Promise<StoreView>): Promise<StoreView | { readonly causeOf: (group: string) => TondoError }> {
    const waiting = Promise.withResolvers<StoreView | undefined>();
    this.#opening = waiting;
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
    const { program, request, rows, now, asked } = this.#options;
    const answers = emptyAnswers(rows, program.blank, now);
    giveUpRounds(program, request, answers, 0, causeOf);
    const [first] = program.groups;
    if (!asked.partial && first !== undefined) throw causeOf(first);
    return answers;
  }

  #listen(view: StoreView, answers: StoredAnswers, round: RoundUnderWay): void {
    const { lookups } = round;
    this.#current = { round, view, answers };
    this.#left = lookups.length;
    this.#isListening = true;
    for (const { read } of lookups) {
      if (read.isOpen) this.#open++;
      read.listen(this);
    }
    this.#isListening = false;
    if (this.#left === 0 || this.#failure !== undefined) this.#goOn();
  }

  /** When all lookups of the round are answered, one is refused, or the deadline has passed. */
  #goOn(): void {
    const current = this.#current;
    if (current === undefined || this.#isListening || this.#isAnswered) return;
    const { round, view, answers } = current;
    try {
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#settle(round, answers);
      const { program, request, records } = this.#options;
      if (this.#deadline.hasPassed) {
        giveUpRounds(program, request, answers, round.round + 1, (group) => this.#refused(group));
      } else {
        const next = beginRounds(view, records, program, request, answers, round.round + 1);
        if (next !== undefined) {
          this.#listen(view, answers, next);
          return;
        }
      }
      answers.isFinal = true;
      this.#end();
      this.#done.resolve(answers);
    } catch (error) {
      answers.isFinal = true;
      this.#end();
      this.#done.reject(error);
    }
  }

  /** Gives up what is not there. */
  #settle({ lookups }: RoundUnderWay, answers: StoredAnswers): void {
    const { records } = this.#options;
    if (this.#left > 0) {
      const late = lookups.filter(({ read }) => !read.isAnswered);
      // Where some are late nothing that comes from here on is written.
      answers.isFinal = true;
      for (const { read } of late) records.giveUp(read);
      for (const { lookup } of late) giveUp(lookup, answers, this.#refused(lookup.reader.name));
    }
    for (const { lookup, read } of lookups) {
      const error = read.isAnswered ? read.failure?.error : undefined;
      if (isAway(error)) giveUp(lookup, answers, error);
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

import { type Clock, TondoError } from "../../core/index.ts";
import { vectorFingerprint, type VectorPlan } from "../../dsl/index.ts";
import type { AnswerLog, ServedAnswer, VectorAnswerLog } from "../online/index.ts";
import { Journal } from "./journal.ts";
import { loadParquet } from "./parquet-module.ts";
import { nothingRecovered, recoverJournals, type Recovered } from "./recover.ts";
import { requestId } from "./request-id.ts";
import { answerWriter, type LoggedAnswer } from "./row-codec.ts";
import { keySample } from "./sample.ts";
import { sealApart } from "./seal-apart.ts";
import { type ServedOptions, type ServedSettings, servedSettings } from "./served-options.ts";
import { unpublishedFolder } from "./served-places.ts";
import { servedColumns } from "./served-schema.ts";

/** What has become of what was served, since the log was opened. */
export interface ServedStats {
  /** Answers that the log took. */
  readonly logged: number;
  /** Answers of the sample that found no room, and are not in the log. */
  readonly dropped: number;
  /** Those that it took and the disk has not: they wait in memory. */
  readonly queued: { readonly records: number; readonly bytes: number };
  /** Those that are in a journal, or further. */
  readonly written: number;
  /** Those of them that are sealed. */
  readonly sealed: number;
  /** What earlier processes had left, and was sealed. */
  readonly recovered: Recovered;
  /** How often something failed that is tried again, and the last of it. */
  readonly failures: number;
  readonly lastFailure: TondoError | null;
}

/** The log of served features of one process: takes answers without waiting for the disk, and gives them to journals, which it seals. */
export class ServedLog implements AnswerLog, AsyncDisposable {
  readonly #settings: ServedSettings;
  readonly #clock: Clock;
  readonly #vectors: Map<string, VectorAnswerLog> = new Map<string, VectorAnswerLog>();
  readonly #ending: AbortController = new AbortController();
  readonly #folder: string;
  #opened: Journal | undefined;
  /** Journals that are ended and not sealed yet, by their paths. */
  readonly #ended: Set<string> = new Set<string>();
  /** Recovery, and then sealing: one journal after the other. */
  #sealing: Promise<void> = Promise.resolve();
  #recovered: Recovered = nothingRecovered;
  #logged = 0;
  #dropped = 0;
  #sealed = 0;
  #failures = 0;
  #lastFailure: TondoError | null = null;

  private constructor(home: string, settings: ServedSettings, clock: Clock) {
    this.#folder = unpublishedFolder(home);
    this.#settings = settings;
    this.#clock = clock;
  }

  /**
   * Opens it in a home. What processes that live no more have left is sealed meanwhile.
   *
   * @throws TondoError `INVALID_ARGUMENT`, `DRIVER_MISSING`, `IO_FAILED`
   */
  static async open(home: string, options: ServedOptions, clock: Clock): Promise<ServedLog> {
    const settings = servedSettings(options);
    // What cannot be sealed is not begun.
    await loadParquet();
    const log = new ServedLog(home, settings, clock);
    log.#opened = await Journal.open(log.#folder, settings, {
      ended: (path) => {
        log.#ended.add(path);
        log.#sealEnded();
      },
      failed: (error) => {
        log.#failed(error);
      },
    });
    log.#queueWork(async (signal) => {
      log.#recovered = await recoverJournals(log.#folder, signal, (path) => sealApart(path, signal));
    });
    return log;
  }

  get #journal(): Journal {
    if (this.#opened === undefined) throw new TondoError("INTERNAL", "the log of served features was not opened");
    return this.#opened;
  }

  vector(plan: VectorPlan): VectorAnswerLog {
    const fingerprint = vectorFingerprint(plan);
    const id = `${fingerprint} ${plan.name}`;
    const known = this.#vectors.get(id);
    if (known !== undefined) return known;
    const made = this.#vectorLog(plan, fingerprint);
    this.#vectors.set(id, made);
    return made;
  }

  /** What has become of what was served. */
  stats(): ServedStats {
    return {
      logged: this.#logged,
      dropped: this.#dropped + this.#journal.lost,
      queued: this.#journal.queued,
      written: this.#journal.written,
      sealed: this.#sealed,
      recovered: this.#recovered,
      failures: this.#failures,
      lastFailure: this.#lastFailure,
    };
  }

  /** Until all that was logged before is on the disk for sure. @throws TondoError `IO_FAILED` */
  flush(): Promise<void> {
    return this.#journal.flush();
  }

  /** Ends the journal, and seals what there is to be sealed. @throws TondoError `IO_FAILED` */
  async seal(): Promise<void> {
    this.#sealEnded();
    await this.#journal.end();
    await this.#sealing;
  }

  /**
   * Writes what waits. What is not sealed is sealed by the next that opens the home's log, or compacts it.
   * @throws TondoError `IO_FAILED` where answers could not be written
   */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#sealing;
    await this.#journal.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #vectorLog(plan: VectorPlan, fingerprint: string): VectorAnswerLog {
    const { name } = plan;
    const { pii, rate, vectors, whenFull } = this.#settings;
    const write = answerWriter(plan, pii);
    const sample = keySample(plan, vectors.get(name) ?? rate);
    const journal = this.#journal;
    const number = journal.declare({ name, fingerprint, columns: servedColumns(plan), plan });
    const add = (logged: LoggedAnswer): boolean =>
      journal.add(number, (into) => {
        write(into, logged);
      });
    const drop = (): undefined => {
      this.#dropped++;
      return undefined;
    };
    const take = ({ id }: LoggedAnswer): string => {
      this.#logged++;
      return id;
    };
    const wait = async (logged: LoggedAnswer): Promise<string | undefined> => {
      while (await journal.room()) if (add(logged)) return take(logged);
      return drop();
    };
    return {
      takes: (columns, asked) => asked ?? sample(columns),
      add: ({ by, columns, answer, base, scored }: ServedAnswer) => {
        const loggedAt = this.#clock();
        const logged = { by, columns, answer, base, scored, id: requestId(loggedAt), loggedAt };
        try {
          if (add(logged)) return take(logged);
        } catch (error) {
          // What cannot be logged must fail no answer.
          this.#failed(asFailure(error));
          return drop();
        }
        return whenFull === "block" ? wait(logged) : drop();
      },
    };
  }

  /** Seals the journals that are ended, one after the other; those at which it fails are tried again by the next call. */
  #sealEnded(): void {
    if (this.#ended.size === 0) return;
    this.#queueWork(async (signal) => {
      for (const path of [...this.#ended]) {
        try {
          this.#sealed += (await sealApart(path, signal)).rows;
          this.#ended.delete(path);
        } catch (error) {
          if (signal.aborted) return;
          this.#failed(asFailure(error));
        }
      }
    });
  }

  #queueWork(work: (signal: AbortSignal) => Promise<void>): void {
    const { signal } = this.#ending;
    const isEnding = (): boolean => signal.aborted;
    this.#sealing = this.#sealing.then(async () => {
      if (isEnding()) return;
      try {
        await work(signal);
      } catch (error) {
        // Given up at the end, or left for the next one: the journal is there.
        if (!isEnding()) this.#failed(asFailure(error));
      }
    });
  }

  #failed(error: TondoError): void {
    this.#failures++;
    this.#lastFailure = error;
  }
}

function asFailure(error: unknown): TondoError {
  return error instanceof TondoError
    ? error
    : new TondoError("IO_FAILED", "the log of served features cannot be written", { cause: error });
}

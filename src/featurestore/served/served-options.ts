import { TondoError } from "../../core/index.ts";

/** How what is served is logged. */
export interface ServedOptions {
  /**
   * The share of keys whose answers are logged, 0 to 1: those whose hash is below it, so that a key is always in or always out, for all vectors and in all processes, and
   * a greater share holds a smaller one. A vector without keys is sampled by its inputs. With 0 only calls that ask for it (`log: true`) are logged.
   */
  readonly rate: number;
  /** Shares of single vectors, by their names, in place of `rate`. */
  readonly vectors?: Readonly<Record<string, number>>;
  /** What becomes of an answer that finds the queue full: it is not logged, and counted (`"drop"`, the default), or waits for room (`"block"`): as long as the disk takes what is written; while it refuses, it is dropped, too. */
  readonly whenFull?: "drop" | "block";
  /** Bounds of what waits in memory to be written. */
  readonly queue?: {
    /** Default 10,000. */
    readonly records?: number;
    /** Default 8 MiB. */
    readonly bytes?: number;
  };
  /** How long answers are gathered before they are written, milliseconds; default 20. What a killed process loses is this much. */
  readonly flushMs?: number;
  /**
   * How long what was written may wait until the disk has it for sure (fsync), milliseconds; default 1,000. With 0 each write is followed by one; with `"never"`
   * only a journal that is ended is. What a machine that loses power loses is this much.
   */
  readonly syncMs?: number | "never";
  /** The size at which a journal is ended and sealed, bytes; default 32 MiB. */
  readonly sealBytes?: number;
  /** The age at which it is, milliseconds; default 5 minutes. */
  readonly sealAfterMs?: number;
  /**
   * What journals and sealed parts of the home may take together before they are compacted, bytes; default 8 GiB. Where compactions fail to come, nothing more is
   * logged from there on, and the answers that find no room any more are counted.
   */
  readonly unpublishedBytes?: number;
  /** Columns that no log may show. */
  readonly pii?: ServedPii;
}

/** Columns with personal data, and what becomes of them. */
export interface ServedPii {
  /** Their names as {@link servedColumns} gives them: `key__customer`, `store__restaurant__profile__phone`. Statuses stay. */
  readonly columns: ReadonlySet<string>;
  /**
   * Left out (NULL; the default), or, of texts, their HMAC-SHA-256 under a key, in hexadecimal digits: the same text has the same. What is no text is left
   * out either way: few values can be told by trying.
   */
  readonly hashKey?: string;
}

/** {@link ServedOptions} with all defaults. */
export interface ServedSettings extends Required<Omit<ServedOptions, "queue" | "pii" | "vectors">> {
  readonly queueRecords: number;
  readonly queueBytes: number;
  readonly vectors: ReadonlyMap<string, number>;
  readonly pii: ServedPii | undefined;
}

/**
 * What the options say, checked.
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function servedSettings(options: ServedOptions): ServedSettings {
  const { rate, vectors = {}, whenFull = "drop", queue = {}, pii } = options;
  const settings = {
    rate,
    whenFull,
    queueRecords: queue.records ?? 10_000,
    queueBytes: queue.bytes ?? 8 * 2 ** 20,
    flushMs: options.flushMs ?? 20,
    syncMs: options.syncMs ?? 1_000,
    sealBytes: options.sealBytes ?? 32 * 2 ** 20,
    sealAfterMs: options.sealAfterMs ?? 300_000,
    unpublishedBytes: options.unpublishedBytes ?? 8 * 2 ** 30,
    vectors: new Map(Object.entries(vectors)),
    pii,
  };
  share("rate", rate);
  for (const [name, one] of settings.vectors) share(`vectors.${name}`, one);
  atLeast("queue.records", settings.queueRecords, 1);
  atLeast("queue.bytes", settings.queueBytes, 1024);
  atLeast("flushMs", settings.flushMs, 0);
  if (settings.syncMs !== "never") atLeast("syncMs", settings.syncMs, 0);
  atLeast("sealBytes", settings.sealBytes, 1024);
  atLeast("sealAfterMs", settings.sealAfterMs, 1);
  if (!(settings.unpublishedBytes >= 1024))
    throw invalid("unpublishedBytes", String(settings.unpublishedBytes), "Give a number from 1024.");
  // Anything but the two choices is refused: a misspelled one must not be taken for a leave to drop.
  const given: string = whenFull;
  if (given !== "drop" && given !== "block")
    throw invalid("whenFull", JSON.stringify(given), 'Give "drop" or "block".');
  if (pii?.hashKey?.length === 0) throw invalid("pii.hashKey", "empty", "Give a secret, or leave it out.");
  return settings;
}

function share(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw invalid(name, String(value), "Give a number from 0 to 1.");
}

/** The longest that a timer can be set to. */
const most = 2 ** 31 - 1;

function atLeast(name: string, value: number, least: number): void {
  if (value >= least && value <= most) return;
  throw invalid(name, String(value), `Give a number from ${String(least)} to ${String(most)}.`);
}

function invalid(name: string, value: string, hint: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", `\`served.${name}\` is ${value}`, { hint });
}

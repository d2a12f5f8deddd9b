import { canonicalJson, type Micros, sha256, TondoError } from "../../core/index.ts";
import { filesAtRest, type SourcePlan } from "../../dsl/index.ts";

/** A file that a load read, as manifests name files. */
export interface AppliedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** One load of a group into the online store. */
export interface AppliedLoad {
  /** What was known by then was taken in. */
  readonly asOf: Micros;
  /** From when on requests may see it, and none sees less: at `asOf` or later. */
  readonly appliedAt: Micros;
  /** The files that no load before had read, or had read with other bytes. */
  readonly files: readonly AppliedFile[];
  /**
   * When it had been written, by the machine's clock; it became current soon after. It decides no value, and only tells which requests were answered before it was
   * there: nobody who joins keeps it. Loads of earlier programs do not say.
   */
  readonly writtenAt?: Micros;
  /** Of rows that no load before had applied it took in those alone that happened then or later; absent where it took in all. Never of the first load. */
  readonly since?: Micros;
}

/**
 * When the rows of a group were first applied online: contract 7. A row lies in a file and has a moment at which it could be known; the first load that
 * read such a file and took in what was known by then, and happened then, applied it. The rows of the first load keep the moment that they declare.
 *
 * Loads ascend, by both of their moments.
 */
export interface AppliedLog {
  readonly version: 1;
  /** Digest of what of the definitions says which rows there are, and when they happened and were known. */
  readonly source: string;
  readonly loads: readonly AppliedLoad[];
}

/** A load that is about to be applied, with all the files that it reads. */
export interface NewLoad {
  readonly source: SourcePlan;
  readonly asOf: Micros;
  readonly appliedAt: Micros;
  readonly files: readonly AppliedFile[];
  /** See {@link AppliedLoad.since}: of a load that goes on from a log alone. */
  readonly since?: Micros | undefined;
}

/**
 * The log with one load more. It begins anew where the source is read otherwise, and where a load goes back in time: what was answered
 * before it then is agreed with no more.
 */
export function withLoad(log: AppliedLog | undefined, load: NewLoad): AppliedLog {
  const { source, asOf, appliedAt, files, since } = load;
  const loads = log !== undefined && goesOn(log, load) ? log.loads : [];
  const known = new Set(loads.flatMap((one) => one.files.map(idOf)));
  const fresh = files.filter((file) => !known.has(idOf(file)));
  const added = { asOf, appliedAt, files: fresh, ...(since === undefined ? {} : { since }) };
  return { version: 1, source: identityOf(source), loads: [...loads, added] };
}

/** Whether a load goes on from a log, and does not begin it anew. */
export function goesOn(log: AppliedLog, { source, asOf, appliedAt }: Omit<NewLoad, "files" | "since">): boolean {
  const last = log.loads.at(-1);
  return last !== undefined && log.source === identityOf(source) && last.asOf <= asOf && last.appliedAt <= appliedAt;
}

/** The log of which the last load has been written, and is applied from a moment on. */
export function withWritten(
  log: AppliedLog,
  { writtenAt, appliedAt }: { readonly writtenAt: Micros; readonly appliedAt: Micros },
): AppliedLog {
  const last = log.loads.length - 1;
  return { ...log, loads: log.loads.map((load, i) => (i === last ? { ...load, appliedAt, writtenAt } : load)) };
}

/** The log without what decides no value: the same for the same loads, whenever they ran. */
export function withoutClock(log: AppliedLog): AppliedLog {
  return { ...log, loads: log.loads.map(({ writtenAt: _, ...load }) => load) };
}

/** Whether a log is of a source as it is defined now. */
export function isLogOf(log: AppliedLog, source: SourcePlan): boolean {
  return log.source === identityOf(source);
}

/** Tells the files that some load of a log read as they are now: by path and bytes. */
export function filesRead({ loads }: AppliedLog): (file: AppliedFile) => boolean {
  const known = new Set(loads.flatMap(({ files }) => files.map(idOf)));
  return (file) => known.has(idOf(file));
}

/** Which load first applied a file's rows. */
export interface FirstLoad {
  /** Its place in the log; `undefined` where none did. */
  readonly load: number | undefined;
  /** Whether the file was another one then: what was answered before it was rewritten is agreed with no more. */
  readonly isRewritten: boolean;
}

/**
 * Of the files of a source the load that first applied each. A file is known by its path; by its bytes where it was moved: where no file has the path that it had.
 */
export function firstLoads(log: AppliedLog, files: readonly AppliedFile[]): readonly FirstLoad[] {
  const byPath = new Map<string, Map<string, number>>();
  const byBytes = new Map<string, { readonly path: string; readonly load: number }>();
  for (const [i, load] of log.loads.entries()) {
    for (const { path, sha256: digest } of load.files) {
      const versions = byPath.get(path) ?? new Map<string, number>();
      if (!versions.has(digest)) versions.set(digest, i);
      byPath.set(path, versions);
      if (!byBytes.has(digest)) byBytes.set(digest, { path, load: i });
    }
  }
  const present = new Set(files.map(({ path }) => path));
  return files.map(({ path, sha256: digest }): FirstLoad => {
    const versions = byPath.get(path);
    if (versions === undefined) {
      const moved = byBytes.get(digest);
      const load = moved === undefined || present.has(moved.path) ? undefined : moved.load;
      return { load, isRewritten: false };
    }
    const load = Math.min(...versions.values());
    return { load, isRewritten: versions.get(digest) !== load };
  });
}

/**
 * What of a log can matter to rows that ask at `latest` or before, of some files; `undefined` where rows may as well be known when they say: where the
 * first load read all of the files, and nobody asks after it. Two logs of which the same matters give the same values.
 */
export function logUntil(log: AppliedLog, files: readonly AppliedFile[], latest: Micros): AppliedLog | undefined {
  // Rows of the first load are known when they say, which may be long before it.
  const loads = log.loads.filter(({ appliedAt }, i) => i === 0 || appliedAt <= latest);
  const first = log.loads[0]?.asOf ?? latest;
  const isDeclared = latest <= first && firstLoads(log, files).every(({ load }) => load === 0);
  return isDeclared ? undefined : { ...log, loads };
}

/** A log as bytes. */
export function encodeLog(log: AppliedLog): Uint8Array {
  return new TextEncoder().encode(canonicalJson(log));
}

/**
 * A log from its bytes.
 * @throws TondoError `STORE_CORRUPT`
 */
export function decodeLog(bytes: Uint8Array): AppliedLog {
  try {
    const log = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Partial<AppliedLog>;
    const isWhole =
      log.version === 1 &&
      typeof log.source === "string" &&
      Array.isArray(log.loads) &&
      (log.loads as readonly Partial<AppliedLoad>[]).every(
        ({ asOf, appliedAt, files, since }, i) =>
          Number.isSafeInteger(asOf) &&
          Number.isSafeInteger(appliedAt) &&
          Array.isArray(files) &&
          (since === undefined || (i > 0 && Number.isSafeInteger(since))),
      );
    if (isWhole) return log as AppliedLog;
  } catch (error) {
    throw damaged(error);
  }
  throw damaged();
}

function damaged(cause?: unknown): TondoError {
  return new TondoError("STORE_CORRUPT", "the log of what was applied online does not decode", {
    hint: "Materialize the group again with the program that reads it.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function idOf({ path, sha256: digest }: AppliedFile): string {
  return `${digest} ${path}`;
}

function identityOf(source: SourcePlan): string {
  const { name, at, id, deleted } = source;
  const places = filesAtRest(source)
    .filter(({ pushed }) => pushed === undefined)
    .map(({ format, path, known, lag }) => ({ format, path, known, lag }));
  return sha256(canonicalJson({ name, at, id, deleted, places }));
}

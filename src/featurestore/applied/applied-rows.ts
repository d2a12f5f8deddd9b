import { type AppliedFile, type AppliedLog, firstLoads } from "./applied-log.ts";

/** A source whose rows are known when they were first applied online. */
export interface AppliedRows {
  readonly log: AppliedLog;
  /** Of each file, by its path as it is read, the place in the log of the load that first applied it; without one where none did. */
  readonly firstLoads: ReadonlyMap<string, number>;
  /** Files that no load has read: their rows were never served. */
  readonly notApplied: readonly string[];
  /** Files that have other bytes than when they were first applied: what was answered until then is agreed with no more. */
  readonly rewritten: readonly string[];
  /** Files that were applied and are not there any more, by no other path either. */
  readonly gone: readonly string[];
}

/** The rows of some files by a log, which says nothing of those that were pushed. */
export function appliedRows(
  log: AppliedLog,
  all: readonly { readonly path: string; readonly digest: AppliedFile; readonly isPushed?: true }[],
): AppliedRows {
  const files = all.filter(({ isPushed }) => isPushed === undefined);
  const first = firstLoads(
    log,
    files.map(({ digest }) => digest),
  );
  const found = files.flatMap(({ path }, i) => {
    const load = first[i]?.load;
    return load === undefined ? [] : [[path, load] as const];
  });
  const present = new Set(files.flatMap(({ digest }) => [digest.path, digest.sha256]));
  const before = log.loads.flatMap((load) => load.files);
  return {
    log,
    firstLoads: new Map(found),
    notApplied: files.filter((_, i) => first[i]?.load === undefined).map(({ digest }) => digest.path),
    gone: [
      ...new Set(before.filter((one) => !present.has(one.path) && !present.has(one.sha256)).map(({ path }) => path)),
    ],
    rewritten: files.filter((_, i) => first[i]?.isRewritten === true).map(({ digest }) => digest.path),
  };
}

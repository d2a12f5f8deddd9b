import { formatMicros, type Micros } from "../../core/index.ts";
import { type GroupPlan, storedNames, type VectorPlan } from "../../dsl/index.ts";
import { type AppliedLog, appliedRows, isLogOf } from "../applied/index.ts";
import { loadInputs } from "../materialize/load-inputs.ts";
import type { SourceFile } from "../offline/sources/source-digests.ts";
import { sourceOf } from "../online/find-feature.ts";
import { planLayout } from "../online/group-layout.ts";
import { type GroupPointer, groupName } from "../online/index.ts";
import type { LoadedGroup } from "./loaded-groups.ts";
import type { ConsistencyWarning } from "./report.ts";

/** What bounds the agreement of a group: rows of which the condition holds were never promised it. */
interface Limit {
  readonly code: ConsistencyWarning["code"];
  /** The sentence, but for how many rows it is about. */
  readonly message: (rows: string) => string;
  /** SQL over `q` and what is the moment of the answer. */
  readonly of: string;
  /** Whether it is said although the rows that it is about cannot be told from others. */
  readonly isUncounted?: boolean;
}

/** For which rows agreement of a vector's reads is promised, and why not for others. */
export interface Coverage {
  /** SQL of whether it is promised for a read, by its id. */
  readonly coveredSql: (id: string) => string;
  readonly limits: readonly Limit[];
}

/** What is known of what was served. */
export interface CoverageOptions {
  readonly vector: Pick<VectorPlan, "reads" | "groups" | "sources">;
  readonly loaded: ReadonlyMap<string, LoadedGroup>;
  /** The files of each source as they are now, by its name. */
  readonly files: ReadonlyMap<string, readonly SourceFile[]>;
  readonly knowledge: "applied" | "declared";
  /** SQL of when a request was answered; absent where the log does not say. */
  readonly loggedAt?: string | undefined;
}

/**
 * Where training can tell exactly what was served: from the first load on that a store knows of, over files that are what they were, and not
 * while a load was under way. What lies outside may agree; that it does not is no defect.
 */
export function coverageOf(options: CoverageOptions): Coverage {
  const { vector } = options;
  const byGroup = new Map(vector.groups.map((group) => [groupName(group), limitsOf(options, group)]));
  const groupOf = new Map(vector.reads.map((read) => [read.id, `${read.entity}:${read.group}`]));
  const keyOf = new Map(vector.reads.map(({ id, key }) => [id, storedNames(...key)]));
  const coveredSql = (id: string): string => {
    const groups = [id, ...(keyOf.get(id) ?? [])].map((one) => groupOf.get(one) ?? "");
    const limits = groups.flatMap((group) => byGroup.get(group) ?? []);
    return limits.length === 0 ? "true" : `not (${limits.map(({ of }) => `(${of})`).join(" or ")})`;
  };
  return { coveredSql, limits: [...byGroup.values()].flat() };
}

function limitsOf(options: CoverageOptions, group: GroupPlan): readonly Limit[] {
  const { vector, loaded, knowledge, files } = options;
  const name = groupName(group);
  const source = sourceOf(vector, group);
  const found = loaded.get(name);
  const never = (code: Limit["code"], message: Limit["message"]): readonly Limit[] => [{ code, message, of: "true" }];
  if (found === undefined) {
    return never(
      "no-load",
      (rows) =>
        `${name}: the store holds no load of it, so that when its rows were first applied is not known: ${rows} are replayed by when rows say that they were known`,
    );
  }
  const { pointer, log } = found;
  const own = files.get(source.name) ?? [];
  if (source.kind === "table") {
    const { asOf, erased, inputs } = pointer;
    const { layout } = planLayout(group, source);
    if (loadInputs({ source, layout, overlay: undefined, files: own, asOf, erased }) !== inputs) {
      return never(
        "table-reloaded",
        (rows) =>
          `${name}: the table's files, or its definition, are others now than when it was loaded, and tables are read as they are now: ${rows} may have seen another copy`,
      );
    }
    return [tableLimit(options, name, pointer), ...pointerLimits(options, name, found)];
  }
  if (log === undefined || !isLogOf(log, source)) {
    return never(
      "source-defined-otherwise",
      (rows) =>
        `${name}: its source is defined otherwise now than when it was loaded, so that when its rows were first applied is not known: ${rows} are replayed by when rows say that they were known`,
    );
  }
  const first = log.loads[0]?.appliedAt ?? Infinity;
  const limits: Limit[] = [
    {
      code: "before-first-load",
      message: (rows) =>
        `${name}: ${rows} ask before ${momentText(first)}, the first load that the store knows of: what they were answered from is gone; \`since\` leaves them out`,
      of: `q < ${microsSql(first)}`,
    },
  ];
  const digests = own.map(({ digest }) => digest);
  const { rewritten, gone, notApplied } = appliedRows(log, own);
  if (knowledge === "declared") limits.push(...declaredLimits(name, log, notApplied));
  if (rewritten.length > 0) {
    // From the load on that read it as it stands there now, it is what was served.
    const since = digests
      .filter(({ path }) => rewritten.includes(path))
      .map(
        ({ path, sha256 }) =>
          log.loads.find((load) => load.files.some((file) => file.path === path && file.sha256 === sha256))
            ?.appliedAt ?? Infinity,
      );
    const from = Math.max(...since);
    limits.push({
      code: "files-rewritten",
      message: (rows) =>
        `${name}: ${counted(rewritten)} rewritten after a load had read ${rewritten.length === 1 ? "it" : "them"}, and what was served before is replayed from what stands there now: ${rows} may have seen other rows`,
      of: from === Infinity ? "true" : `q < ${microsSql(from)}`,
    });
  }
  if (gone.length > 0) {
    limits.push({
      code: "files-gone",
      message: (rows) =>
        `${name}: ${counted(gone)} read by a load and not there any more: ${rows} may have seen rows of ${gone.length === 1 ? "it" : "them"}`,
      of: "true",
    });
  }
  return [...limits, ...pointerLimits(options, name, found)];
}

/** What rows say of themselves is what was served where one load has read all of their files. */
function declaredLimits(name: string, { loads }: AppliedLog, notApplied: readonly string[]): readonly Limit[] {
  const why = [
    ...(loads.length > 1 ? [`it was loaded ${String(loads.length)} times`] : []),
    ...(notApplied.length > 0 ? [`${counted(notApplied)} read by no load`] : []),
  ];
  if (why.length === 0) return [];
  return [
    {
      code: "declared-knowledge",
      message: (rows) =>
        `${name}: ${why.join(", ")}, and rows are taken to be known when they say, not when they were applied: ${rows} may have seen less`,
      of: "true",
    },
  ];
}

/** A table answers for any moment from the copy that was there. */
function tableLimit({ loggedAt }: CoverageOptions, name: string, { asOf, appliedAt, loadedAt }: GroupPointer): Limit {
  // A request of before the switch is answered from the copy before, also behind it.
  const before = appliedAt === undefined ? "" : ` or q < ${microsSql(appliedAt)}`;
  return {
    code: "table-reloaded",
    message: (rows) =>
      `${name}: the table was loaded ${momentText(loggedAt === undefined ? asOf : loadedAt)} as it is now: ${rows} were answered before, from a copy that is gone`,
    of:
      loggedAt === undefined
        ? `q < ${microsSql(appliedAt ?? asOf)}`
        : `coalesce(${loggedAt} < ${microsSql(loadedAt)}, q < ${microsSql(asOf)})${before}`,
  };
}

/** What loads leave out, and what they say of the time in which they were made. */
function pointerLimits(options: CoverageOptions, name: string, { pointer, log }: LoadedGroup): readonly Limit[] {
  const { loggedAt } = options;
  const limits: Limit[] = [];
  const { keysTooLong } = pointer.counts;
  if (keysTooLong > 0) {
    limits.push({
      code: "keys-too-long",
      message: () =>
        `${name}: ${String(keysTooLong)} ${keysTooLong === 1 ? "key is" : "keys are"} longer than a store takes and not served: requests that compute one differ from training`,
      of: "false",
      isUncounted: true,
    });
  }
  if (pointer.erased !== undefined) {
    limits.push({
      code: "keys-erased",
      message: () =>
        `${name}: some keys were erased and are not served: requests for one find nothing, and training what files of its source still hold`,
      of: "false",
      isUncounted: true,
    });
  }
  if (loggedAt === undefined) return limits;
  const current = currentSql(options.loaded, pointer, log);
  if (current !== undefined) {
    limits.push({
      code: "during-load",
      message: (rows) =>
        `${name}: ${rows} were answered while a load was made: they ask for a moment at which it answers, and saw the load before it`,
      of: `coalesce(${loggedAt} < ${current}, false)`,
    });
  }
  const { rolledBack } = pointer;
  if (rolledBack !== undefined) {
    limits.push({
      code: "rolled-back",
      message: (rows) =>
        `${name}: it was rolled back at ${momentText(rolledBack.at)}: ${rows} were answered before, maybe from the load that is gone`,
      of: `q >= ${microsSql(pointer.asOf)} and coalesce(${loggedAt} < ${microsSql(rolledBack.at)}, false)`,
    });
  }
  return limits;
}

/**
 * SQL of when the load that a request asks for was current, by the machine's clock: of the loads that answer at `q` or before the last one. Missing where
 * that is not known.
 */
function currentSql(
  loaded: ReadonlyMap<string, LoadedGroup>,
  pointer: GroupPointer,
  log: AppliedLog | undefined,
): string | undefined {
  const writtenOf = ({ pointer: own, log: ownLog }: LoadedGroup): readonly (readonly [Micros, Micros])[] => [
    ...(ownLog?.loads ?? []).flatMap(({ appliedAt, writtenAt }) =>
      writtenAt === undefined ? [] : [[appliedAt, writtenAt] as const],
    ),
    ...(own.previous === undefined ? [] : [[own.appliedAt ?? own.asOf, own.loadedAt] as const]),
  ];
  // Groups are loaded one after the other, and become current together.
  const all = new Map<Micros, Micros>();
  for (const [from, written] of [...loaded.values()].flatMap(writtenOf))
    all.set(from, Math.max(all.get(from) ?? written, written));
  const moments = [...(log?.loads ?? []).map(({ appliedAt }) => appliedAt), pointer.appliedAt ?? pointer.asOf];
  const own = [...new Set(moments)].sort((a, b) => a - b);
  const steps = own.flatMap((from) => (all.has(from) ? [{ from, current: all.get(from) ?? 0 }] : []));
  if (steps.length === 0) return undefined;
  // A binary search: it is asked of many rows.
  const search = (low: number, high: number): string => {
    if (low > high) return "null::bigint";
    if (low === high) {
      const { from, current } = steps[low] ?? { from: 0, current: 0 };
      const before = low === 0 ? "null::bigint" : microsSql(steps[low - 1]?.current ?? 0);
      return `case when q >= ${microsSql(from)} then ${microsSql(current)} else ${before} end`;
    }
    const middle = (low + high + 1) >>> 1;
    return `case when q < ${microsSql(steps[middle]?.from ?? 0)} then ${search(low, middle - 1)} else ${search(middle, high)} end`;
  };
  return `(${search(0, steps.length - 1)})`;
}

function microsSql(moment: Micros): string {
  return Number.isFinite(moment) ? `${String(moment)}::bigint` : `${String(2n ** 62n)}::bigint`;
}

function momentText(moment: Micros): string {
  return Number.isFinite(moment) ? formatMicros(moment) : "any load";
}

function counted(files: readonly string[]): string {
  const [first = ""] = files;
  return files.length === 1 ? `the file "${first}" was` : `${String(files.length)} files, "${first}" among them, were`;
}

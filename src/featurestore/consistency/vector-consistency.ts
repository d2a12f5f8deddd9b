import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TondoError } from "../../core/index.ts";
import { type ProjectPlan, vectorFingerprint, type VectorPlan } from "../../dsl/index.ts";
import type { EngineOptions } from "../duckdb/index.ts";
import { withExtracted } from "../extract/index.ts";
import { withPushed } from "../pushed/index.ts";
import { type FilePlaces, holdingFiles } from "../offline/files/file-places.ts";
import { filesOf } from "../offline/files/source-files.ts";
import { groupName, type OnlineStore } from "../online/index.ts";
import { loggedFingerprints, publicFiles, servedFolder, servedPlanFile, servedVectorFolder } from "../served/index.ts";
import { specifiedVector } from "../specification/index.ts";
import { type ComparingOptions, consistency } from "./consistency.ts";
import { type LoadedGroup, readLoaded } from "./loaded-groups.ts";
import type { FitOf } from "./replay.ts";
import type { ConsistencyReport } from "./report.ts";
import type { LoggedRequest, RequestLog } from "./request-log.ts";

/** Which requests of a vector are compared, and how. */
export interface VectorConsistencyOptions extends ComparingOptions {
  /**
   * A Parquet file with logged requests, or several by a glob, from the project folder; or requests with their answers. Default: the log of
   * served features that the home keeps.
   */
  readonly log?: string | readonly LoggedRequest[];
  /**
   * The definition that the requests were served by, by the first digits of its fingerprint, at least 8: that in force, or one of which the home keeps a log.
   * Default: that in force.
   */
  readonly fingerprint?: string;
}

/** What an opened project hands in. */
export interface VectorConsistencyContext extends FilePlaces {
  readonly home: string;
  /** The definitions in force. */
  readonly project: () => Promise<ProjectPlan>;
  /** The online store; `undefined` where nothing was ever loaded. */
  readonly store: () => Promise<OnlineStore | undefined>;
  /** What was fitted for a version of a model that is fed by the definition of a fingerprint. */
  readonly fitOf?: (modelVersion: string, fingerprint: string) => ReturnType<FitOf>;
  readonly engine?: EngineOptions;
  /** Columns that the log of the home leaves out or hashes. */
  readonly withheld?: ReadonlySet<string> | undefined;
}

/**
 * Replays logged requests for an applied vector: see {@link consistency}.
 *
 * @throws TondoError `UNKNOWN_VECTOR`, `NOT_APPLIED`, `SOURCE_MISSING` where `log` leads to no file, `IO_FAILED` where the home's log cannot be read, and what `consistency` throws
 */
export function vectorConsistency(
  name: string,
  options: VectorConsistencyOptions,
  context: VectorConsistencyContext,
): Promise<ConsistencyReport> {
  return holdingFiles(context, options, async (places) => {
    const { log: given, fingerprint: asked, ...how } = options;
    const { home, folder, fitOf, engine } = context;
    const project = await context.project();
    const current = specifiedVector(project, { vector: name });
    const vector = asked === undefined ? current : await servedBefore(current, asked, context);
    const log: RequestLog =
      typeof given === "object"
        ? { requests: given }
        : {
            files: given === undefined ? servedFiles(home, name) : await filesOf(given, places, "the log of requests"),
          };
    const spillFolder = engine?.spillFolder ?? join(home, "spill");
    const fingerprint = vectorFingerprint(vector);
    return consistency({
      ...(context.withheld === undefined ? {} : { withheld: context.withheld }),
      ...how,
      ...{ vector, log, loaded: await loadedGroups(vector, context), engine: { ...engine, spillFolder } },
      ...{ folder, remote: places.remote, held: places.held },
      ...(fitOf === undefined ? {} : { fitOf: (version: string) => fitOf(version, fingerprint) }),
    });
  });
}

async function loadedGroups(
  { groups }: VectorPlan,
  { store }: VectorConsistencyContext,
): Promise<ReadonlyMap<string, LoadedGroup>> {
  const opened = await store();
  return opened === undefined ? new Map<string, LoadedGroup>() : readLoaded(opened, groups.map(groupName));
}

/** The public files of the log of a vector, of all of its definitions, in their order. */
function servedFiles(home: string, vector: string): readonly string[] {
  return publicFiles(home, vector)
    .flatMap(({ files }) => files)
    .sort();
}

/** The plan of a fingerprint: that in force, or one that the log was written by. */
async function servedBefore(
  current: VectorPlan,
  asked: string,
  { home, folder }: VectorConsistencyContext,
): Promise<VectorPlan> {
  if (!/^[0-9a-f]{8,64}$/.test(asked)) {
    throw new TondoError("INVALID_ARGUMENT", `"${asked.slice(0, 80)}" is no fingerprint`, {
      hint: "Give at least its first 8 digits: hexadecimal, in small letters.",
    });
  }
  if (vectorFingerprint(current).startsWith(asked)) return current;
  const known = loggedFingerprints(home, current.name);
  for (const one of known.filter((name) => name.startsWith(asked.slice(0, name.length)))) {
    const plan = await planIn(join(servedVectorFolder(home, current.name, one), servedPlanFile));
    if (plan !== undefined && vectorFingerprint(plan).startsWith(asked)) return placedVector(plan, { home, folder });
  }
  throw new TondoError(
    "UNKNOWN_VECTOR",
    `no definition of "${current.name}" with the fingerprint ${asked} is known here`,
    {
      where: servedFolder(home),
      hint: `In force is ${vectorFingerprint(current).slice(0, 12)}${known.length === 0 ? "" : `; logs are kept of ${known.slice(0, 20).join(", ")}`}.`,
    },
  );
}

async function planIn(path: string): Promise<VectorPlan | undefined> {
  try {
    const plan = JSON.parse(await readFile(path, "utf8")) as Partial<VectorPlan>;
    const isWhole = [plan.roles, plan.keys, plan.inputs, plan.reads, plan.slots, plan.groups, plan.sources].every(
      Array.isArray,
    );
    return isWhole ? (plan as VectorPlan) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new TondoError("IO_FAILED", "the definition that a log was written by cannot be read", {
      where: dirname(path),
      cause: error,
    });
  }
}

/** A vector over the files that its tables were extracted into, and those of what was pushed: all of that is in files by now. */
async function placedVector(
  vector: VectorPlan,
  places: { readonly home: string; readonly folder: string },
): Promise<VectorPlan> {
  const { sources } = await withPushed(await withExtracted({ sources: vector.sources }, places), places);
  return { ...vector, sources };
}

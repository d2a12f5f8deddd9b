import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownFolder } from "../../core/index.ts";
import type { VectorPlan } from "../../dsl/index.ts";
import { type FilePlaces, type LeftRows, makeTrainingSet, placesOf } from "../offline/index.ts";
import { featureStats, type FeatureStatsOptions } from "./feature-stats.ts";
import type { FeatureStats, StatsSubject } from "./feature-statistics.ts";

/** A vector, and the rows that its features are described on. */
export interface VectorStatsOptions extends FilePlaces, Omit<FeatureStatsOptions, "set" | "part" | "folder"> {
  readonly vector: VectorPlan;
  /** As for a training set: who asks, when, and what came of it. */
  readonly rows: LeftRows;
  /** The column of the rows that says when each asks; default `at`. */
  readonly at?: string;
}

/**
 * Describes the features of a vector on given rows, without a training set to keep: one is made in a temporary folder, of all rows and
 * with the raw features beside the slots, and removed. Fitted functions are fitted on those rows.
 *
 * @throws TondoError what making a training set and {@link featureStats} throw
 */
export async function vectorStats(options: VectorStatsOptions): Promise<FeatureStats> {
  const { vector, rows, at, engine, progress, signal, against = null } = options;
  using temporary = ownFolder(tmpdir(), "stats");
  const { folder: set } = await makeTrainingSet({
    ...{ vector, rows, ...placesOf(options), raw: true, output: join(temporary.path, "set") },
    ...(at === undefined ? {} : { at }),
    ...(engine === undefined ? {} : { engine }),
    ...(progress === undefined ? {} : { progress }),
    ...(signal === undefined ? {} : { signal }),
  });
  const stats = await featureStats({ ...options, set, against });
  const gone = (subject: StatsSubject): StatsSubject =>
    subject.folder === set ? { ...subject, folder: null } : subject;
  return {
    ...stats,
    subject: gone(stats.subject),
    against: stats.against === null ? null : gone(stats.against),
  };
}

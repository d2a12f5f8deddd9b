import { formatMicros, type Json, type Moment, toMicros } from "../../core/index.ts";
import { type Comparison, comparisons, type Filter, type FilterValue } from "./filter.ts";
import { normalOutput } from "./output.ts";
import type { Holdout, Period, Sampling, Specification } from "./specification.ts";

type Members = Readonly<Record<string, Json>>;

/**
 * A specification with all defaults written out and moments as texts in UTC: two that mean the same are the same. Rows from memory have no
 * member.
 *
 * @param keys what hashes are of where nothing is said
 */
export function normalSpecification(
  specification: Omit<Specification, "rows"> & { readonly rows?: string },
  keys: readonly string[],
): Members {
  const { name, owner, project, description, vector, features, label, rows, at = "at", carry = [] } = specification;
  const { filters = [], sampling, split = {}, cutoff, classBalance, knowledge, raw = false, output } = specification;
  const { train, holdout } = split;
  return present({
    name,
    owner,
    project,
    description,
    vector,
    features: features?.map((one) => (typeof one === "string" ? { feature: one } : present({ ...one, key: one.key }))),
    label: label === undefined ? undefined : ([label].flat() as readonly Json[]),
    rows,
    at,
    carry,
    filters: filters.length === 0 ? undefined : filters.map(normalFilter),
    sampling: sampling === undefined ? undefined : normalSampling(sampling, [...keys, at]),
    split:
      train === undefined && holdout === undefined
        ? undefined
        : present({
            train: train === undefined ? undefined : normalPeriod(train),
            holdout: holdout === undefined ? undefined : normalHoldout(holdout, keys),
          }),
    cutoff: cutoff === undefined ? undefined : momentText(cutoff),
    classBalance:
      classBalance === undefined
        ? undefined
        : { label: classBalance.label, ratio: classBalance.ratio ?? 1, seed: classBalance.seed ?? 0 },
    knowledge: knowledge === "declared" ? knowledge : undefined,
    raw,
    output: normalOutput(output),
  });
}

/** What decides which rows go in, beside the split: as a digest takes it. `undefined` where nothing is said of it. */
export function normalChoice(
  { filters = [], sampling, classBalance }: Pick<Specification, "filters" | "sampling" | "classBalance">,
  rowColumns: readonly string[],
): Members | undefined {
  const members = present({
    filters: filters.length === 0 ? undefined : filters.map(normalFilter),
    sampling: sampling === undefined ? undefined : normalSampling(sampling, rowColumns),
    classBalance:
      classBalance === undefined
        ? undefined
        : { label: classBalance.label, ratio: classBalance.ratio ?? 1, seed: classBalance.seed ?? 0, by: rowColumns },
  });
  return Object.keys(members).length === 0 ? undefined : members;
}

/** A comparison with values as JSON has them, in the order of {@link comparisons}. */
export function normalComparison(comparison: Comparison): Comparison & Members {
  const members: Record<string, Json> = { column: comparison.column };
  for (const name of comparisons) {
    const value = comparison[name];
    if (value === undefined) continue;
    members[name] = Array.isArray(value) ? value.map(normalValue) : normalValue(value as FilterValue);
  }
  return { ...members, column: comparison.column };
}

function normalFilter(filter: Filter): Json {
  if ("all" in filter) return { all: filter.all.map(normalFilter) };
  if ("any" in filter) return { any: filter.any.map(normalFilter) };
  return "not" in filter ? { not: normalFilter(filter.not) } : normalComparison(filter);
}

/** A bigint is a number, or a moment in microseconds: as digits with an `n` behind it is read back as either, and no text that people write. */
function normalValue(value: FilterValue): string | number | boolean {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "bigint" ? `${value.toString()}n` : value;
}

function normalSampling(sampling: Sampling, rowColumns: readonly string[]): Json {
  const { seed = 0, by = rowColumns } = sampling;
  return { ...("count" in sampling ? { count: sampling.count } : { fraction: sampling.fraction }), seed, by };
}

function normalHoldout(holdout: Holdout, keys: readonly string[]): Json {
  if ("column" in holdout) return normalComparison(holdout);
  if ("fraction" in holdout) return { fraction: holdout.fraction, seed: holdout.seed ?? 0, by: holdout.by ?? keys };
  return normalPeriod(holdout);
}

function normalPeriod({ from, to }: Period): Json {
  return present({
    from: from === undefined ? undefined : momentText(from),
    to: to === undefined ? undefined : momentText(to),
  });
}

function momentText(moment: Moment): string {
  return formatMicros(toMicros(moment));
}

/** Without the members that are not there. */
function present(members: Readonly<Record<string, Json | undefined>>): Members {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

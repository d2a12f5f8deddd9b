import { relative } from "node:path";
import { formatMicros } from "../../core/index.ts";
import type { Manifest, TrainingSet } from "../../featurestore/index.ts";
import { count, counted, pairs, printable } from "../output/index.ts";

/** Why a row is in neither part. */
const reasons: Readonly<Record<string, string>> = {
  filtered: "that the filters left out",
  unsampled: "not in the sample",
  unlabelled: "without a label",
  immature: "whose label was not known by the cutoff",
  embargoed: "of the training period whose label was known only in the holdout",
  outside: "outside both periods",
  surplus: "to train of classes that had more than their share",
};

/** What a training set came to, for people; paths from `root`. */
export function trainingSetText({ folder, manifest, made }: TrainingSet, root: string): string {
  const left = Object.entries(reasons).flatMap(([part, reason]) => {
    const n = countOf(manifest, part);
    return n === 0 ? [] : [`${counted(n, "row")} ${reason}`];
  });
  const keys = manifest.joins.flatMap(({ group, foundKeys }) =>
    foundKeys === undefined ? [] : [`${count(foundKeys)} of ${counted(manifest.rows, "row")} found a row of ${group}`],
  );
  const warnings = manifest.joins.flatMap((join) => (join.warnings ?? []).map(({ message }) => printable(message)));
  const slots = manifest.columns.filter(({ role }) => role === "slot").length;
  const labels = manifest.columns.filter(({ role }) => role === "label").map(({ name }) => name);
  return [
    `${made ? "made" : "unchanged"}: ${relative(root, folder) || "."}`,
    pairs(
      [
        ["rows", count(manifest.rows)],
        ["train", count(countOf(manifest, "train"))],
        ["holdout", count(countOf(manifest, "holdout"))],
        ...left.map((text, i): readonly [string, string] => [i === 0 ? "left out" : "", text]),
        ...keys.map((text, i): readonly [string, string] => [i === 0 ? "computed keys" : "", text]),
        ...warnings.map((text, i): readonly [string, string] => [i === 0 ? "warnings" : "", text]),
        ["slots", count(slots)],
        ["labels", labels.join(", ") || "none"],
        ...filesText(manifest),
        ["digest", manifest.inputsDigest.slice(0, 12)],
      ],
      "  ",
    ),
  ].join("\n");
}

/** What a training set came to, for programs. */
export function trainingSetJson({ folder, manifest, made }: TrainingSet): Readonly<Record<string, unknown>> {
  const { vector, rows, counts, columns, files, split, specification, joins, inputsDigest, seconds } = manifest;
  const iso = (micros: number | null | undefined): string | null =>
    micros === null || micros === undefined ? null : formatMicros(micros);
  const period = (one: { from: number | null; to: number | null } | null): object | null =>
    one === null ? null : { from: iso(one.from), to: iso(one.to) };
  return {
    folder,
    made,
    vector: { name: vector.name, fingerprint: vector.fingerprint },
    rows,
    counts,
    split: {
      train: period(split.train),
      holdout: split.holdout !== null && "from" in split.holdout ? period(split.holdout) : split.holdout,
      cutoff: iso(split.cutoff),
    },
    specification,
    columns,
    files,
    joins,
    inputsDigest,
    seconds,
  };
}

/** How many files there are, where there are more than one a part. */
function filesText({ files }: Manifest): readonly (readonly [string, string])[] {
  const columns = Object.keys(files[0]?.partition ?? {});
  if (files.every(({ path }) => !path.includes("/"))) return [];
  const partitions = new Set(files.map(({ partition }) => JSON.stringify(partition))).size;
  const by =
    columns.length === 0 ? "" : ` in ${counted(partitions, "partition")} by ${columns.map(printable).join(", ")}`;
  return [["files", `${count(files.length)}${by}`]];
}

function countOf(manifest: Manifest, part: string): number {
  return (manifest.counts as Readonly<Record<string, number>>)[part] ?? 0;
}

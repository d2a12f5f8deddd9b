import type { ModelSummary, Summary } from "./pipeline.ts";

const count = new Intl.NumberFormat("en-US");

/** The summary as a person likes to read it. */
export function printSummary(summary: Summary, out: NodeJS.WritableStream): void {
  const { flights, trainingSet, models, materialized, predictions, consistency, requests, seconds } = summary;
  const lines = [
    "",
    "Data",
    `  ${count.format(flights.kept)} flights of ${count.format(flights.read)}, ${count.format(flights.dropped)} data errors dropped (more than an hour early); ${count.format(flights.airports)} airports`,
    "",
    "Training set",
    `  ${count.format(trainingSet.rows)} departures: ${Object.entries(trainingSet.counts)
      .filter(([, n]) => n > 0)
      .map(([part, n]) => `${count.format(n)} ${part}`)
      .join(", ")}`,
    `  ${String(trainingSet.slots)} slots; ${trainingSet.made ? "made" : "found unchanged from an earlier run"}`,
    ...trainingSet.joins.map((join) => `    ${join}`),
    "",
    "Models, one for each node with rows enough",
    ...models.flatMap(modelLines),
    "  All flown origins are in the USA, so the country's and the world's models have seen the same rows.",
    "",
    "Loaded for serving",
    ...materialized.map(
      ({ group, keys, status }) =>
        `  ${group.padEnd(22)} ${count.format(keys).padStart(7)} keys${status === "unchanged" ? ", unchanged" : ""}`,
    ),
    "",
    "Predictions by flight_delay@champion and flight_late@champion",
    ...predictions.flatMap(({ origin, destination, partition, delayMinutes, lateProbability, level, why }) => [
      `  ${origin} -> ${destination}  ${number(delayMinutes, 1)} min, late with ${percent(lateProbability)}; answered by the ${level} model`,
      `      asked for ${partition.join(" / ")}${why.length === 0 ? "" : `; ${why.join("; ")}`}`,
    ]),
    "",
    "Training equals serving",
    `  ${count.format(consistency.identical)} of ${count.format(consistency.checked)} served vectors identical to the training path's, slot by slot, bit by bit`,
    `  ${count.format(requests.distinctKeys)} distinct keys, ${percent(requests.present)} of the values present`,
    ...requests.differences.map((difference) => `  differs: ${difference}`),
    "",
    `Seconds: ${Object.entries(seconds)
      .map(([stage, s]) => `${stage} ${s.toFixed(1)}`)
      .join(", ")}; ${Object.values(seconds)
      .reduce((a, b) => a + b, 0)
      .toFixed(1)} in all; peak memory ${count.format(summary.peakMemoryMb)} MB`,
    "",
  ];
  out.write(lines.join("\n"));
}

function modelLines({ model, byLevel, tooFewRows, newVersions, holdout, baselines }: ModelSummary): readonly string[] {
  const metric = "rmse" in holdout ? "rmse" : "log_loss";
  const second = metric === "rmse" ? "r2" : "roc_auc";
  const row = (name: string, metrics: Readonly<Record<string, number | null>>): string =>
    `    ${name.padEnd(26)} ${metric} ${number(metrics[metric] ?? null, 4).padStart(8)}   ${second} ${number(metrics[second] ?? null, 4).padStart(8)}`;
  const levels = Object.entries(byLevel)
    .map(([level, n]) => `${String(n)} ${level}`)
    .join(", ");
  return [
    `  ${model}: ${levels}; ${String(tooFewRows)} nodes had too few rows; ${String(newVersions)} new versions`,
    row("resolved models", holdout),
    row("always the mean", baselines.mean),
    row("the origin's mean", baselines.originMean),
  ];
}

function number(value: number | null, digits: number): string {
  return value === null ? "none" : value.toFixed(digits);
}

function percent(value: number | null): string {
  return value === null ? "none" : `${(value * 100).toFixed(1)} %`;
}

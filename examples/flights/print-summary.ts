import type { LastDay } from "./last-day.ts";
import type { ModelSummary, Summary } from "./pipeline.ts";
import type { WatchedDeparture, WatchedMoment } from "./watched-departures.ts";

const count = new Intl.NumberFormat("en-US");

/** The summary as a person likes to read it. */
export function printSummary(summary: Summary, out: NodeJS.WritableStream): void {
  const { flights, trainingSet, models, materialized, predictions, consistency, requests, lastDay, seconds } = summary;
  const lines = [
    "",
    "Data",
    `  ${count.format(flights.kept)} flights of ${count.format(flights.read)}, ${count.format(flights.dropped)} data errors dropped (more than an hour early); ${count.format(flights.airports)} airports`,
    `  ${count.format(flights.kept - flights.lastDay)} in a file, ${count.format(flights.lastDay)} of the last day to come as events`,
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
    "The last day, streamed",
    ...lastDayLines(lastDay),
    "",
    "Training equals serving",
    `  ${count.format(consistency.identical)} of ${count.format(consistency.checked)} served vectors identical to the training path's, slot by slot, bit by bit`,
    `  ${count.format(requests.distinctKeys)} distinct keys, ${percent(requests.present)} of the values present`,
    `  ${count.format(lastDay.consistency.identical)} of ${count.format(lastDay.consistency.checked)} served while the last day streamed in, before and behind each hour's flights, identical as well`,
    ...[...requests.differences, ...lastDay.differences].map((difference) => `  differs: ${difference}`),
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

function lastDayLines({ events, seconds, eventsPerSecond, watched }: LastDay): readonly string[] {
  const times = watched[0]?.moments.map(({ at }) => at.slice(11, 16).padStart(9)) ?? [];
  return [
    `  ${count.format(events)} flights as events, an hour's at a time: ${seconds.toFixed(1)} s from when they were appended until they counted, ${count.format(eventsPerSecond)} a second`,
    `  ${"UTC; at 18:00 none had come".padEnd(label)}${times.join("")}`,
    ...watched.flatMap(watchedLines),
  ];
}

/** How wide the columns are that say what the numbers of the last day are. */
const label = 47;

function watchedLines({ origin, destination, moments }: WatchedDeparture): readonly string[] {
  const route = `${origin} -> ${destination}`;
  const line = (name: string, what: string, of: (moment: WatchedMoment) => string): string =>
    `  ${name.padEnd(route.length + 2)}${what.padEnd(label - route.length - 2)}${moments.map((moment) => of(moment).padStart(9)).join("")}`;
  return [
    line(route, `delay out of ${origin}, last 3 h, min`, ({ outDelay }) => number(outDelay, 1)),
    line("", `delay into ${origin}, last 3 h, min`, ({ inDelay }) => number(inDelay, 1)),
    line("", "predicted: delay, min", ({ delayMinutes }) => number(delayMinutes, 1)),
    line("", "predicted: late", ({ lateProbability }) => percent(lateProbability)),
  ];
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

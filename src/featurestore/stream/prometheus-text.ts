import type { PartitionMetrics, SourceMetrics, StreamMetrics } from "./stream-metrics.ts";

type Labels = Readonly<Record<string, string>>;

/** What is said of each partition, or of each source: a name, whether it only grows, what it is, and its value. */
interface Family<T> {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** `undefined` where there is no value so far. */
  readonly value: (one: T) => number | undefined;
}

const ofPartitions: readonly Family<PartitionMetrics>[] = [
  counter("events_read_total", "Events that were read.", ({ read }) => read),
  counter("events_applied_total", "Events that were applied.", ({ applied }) => applied),
  counter("events_repeated_total", "Events that were applied before, and came again.", ({ repeated }) => repeated),
  counter("events_dead_total", "Events that could not be applied, and are dead letters.", ({ dead }) => dead),
  counter("events_waiting_total", "Applied events that count from the next load on.", ({ waiting }) => waiting),
  counter("events_erased_total", "Events of keys that were erased.", ({ erased }) => erased),
  gauge("lag", "Offsets of the partition that were not read, as of the last that were.", ({ lag }) => lag),
  gauge("watermark_seconds", "The latest time of an event that was applied, seconds since 1970.", ({ watermark }) =>
    watermark === undefined ? undefined : watermark / 1e6,
  ),
];

const ofSources: readonly Family<SourceMetrics>[] = [
  counter("flushes_total", "How often events were applied.", ({ flushes }) => flushes),
  counter("flushes_late_total", "Flushes that requests may have seen late.", ({ late }) => late),
  counter("failures_total", "How often applying events failed, and was tried again.", ({ failures }) => failures),
  counter("fenced_total", "How often others had taken a partition over.", ({ fenced }) => fenced),
  gauge("failing", "1 where applying events fails now, 0 where not.", ({ failing }) => (failing === undefined ? 0 : 1)),
  gauge("failing_since_seconds", "Since when it fails, seconds since 1970.", ({ failing }) =>
    failing === undefined ? undefined : failing.since / 1e6,
  ),
  gauge("last_flush_events", "Events that were applied last.", ({ lastFlush }) => lastFlush.events),
  gauge("last_flush_bytes", "Bytes of the events that were applied last.", ({ lastFlush }) => lastFlush.bytes),
  gauge("last_flush_seconds", "How long that took, seconds.", ({ lastFlush }) => lastFlush.seconds),
  gauge("buffered_events", "Events that wait in memory.", ({ buffered }) => buffered.events),
  gauge("buffered_bytes", "Bytes that wait in memory.", ({ buffered }) => buffered.bytes),
];

/**
 * The metrics of streams in Prometheus' text exposition format, version 0.0.4.
 *
 * @example
 * ```ts
 * response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8").end(prometheusText(stream.metrics));
 * ```
 */
export function prometheusText({ sources, partitions }: StreamMetrics): string {
  return [
    ...ofPartitions.map((family) =>
      familyText(family, partitions, ({ source, topic, partition }) => ({ source, topic, partition })),
    ),
    ...ofSources.map((family) => familyText(family, bySource(sources), ({ source }) => ({ source }))),
  ].join("");
}

function familyText<T>({ name, type, help, value }: Family<T>, all: readonly T[], labels: (one: T) => Labels): string {
  const samples = all.flatMap((one) => {
    const found = value(one);
    return found === undefined ? [] : [`${name}{${labelsText(labels(one))}} ${String(found)}\n`];
  });
  return samples.length === 0 ? "" : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join("")}`;
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",");
}

/** A label's value may hold any sign but for these three, in UTF-8: half of a pair of surrogates has none. */
function escaped(value: string): string {
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** A source with several topics has a stream for each: a sample may be there once, or none of them are taken. */
function bySource(sources: readonly SourceMetrics[]): readonly SourceMetrics[] {
  return [...Map.groupBy(sources, ({ source }) => source).values()].map((own) => own.reduce(together));
}

function together(one: SourceMetrics, other: SourceMetrics): SourceMetrics {
  const failing = [one.failing, other.failing]
    .filter((each) => each !== undefined)
    .sort((a, b) => a.since - b.since)
    .at(0);
  return {
    source: one.source,
    flushes: one.flushes + other.flushes,
    lastFlush: one.lastFlush.seconds < other.lastFlush.seconds ? other.lastFlush : one.lastFlush,
    failures: one.failures + other.failures,
    ...(failing === undefined ? {} : { failing }),
    fenced: one.fenced + other.fenced,
    late: one.late + other.late,
    buffered: {
      events: one.buffered.events + other.buffered.events,
      bytes: one.buffered.bytes + other.buffered.bytes,
    },
  };
}

function counter<T>(name: string, help: string, value: Family<T>["value"]): Family<T> {
  return { name: `tondo_stream_${name}`, type: "counter", help, value };
}

function gauge<T>(name: string, help: string, value: Family<T>["value"]): Family<T> {
  return { name: `tondo_stream_${name}`, type: "gauge", help, value };
}

import { formatMicros } from "../../core/index.ts";
import type {
  PartitionMetrics,
  ReplayedTopic,
  ResetPartition,
  StreamMetrics,
  StreamStatus,
} from "../../featurestore/index.ts";
import type { CommandResult } from "../command.ts";
import { count, counted, momentText, printable, table, type TableHeading } from "../output/index.ts";

const left = (...names: readonly string[]): TableHeading[] => names.map((name) => ({ name }));
const right = (...names: readonly string[]): TableHeading[] => names.map((name) => ({ name, align: "right" }));

/** What a stream did in this process. */
export function streamResult(metrics: StreamMetrics, ended: string): Pick<CommandResult, "text" | "json"> {
  const { sources } = metrics;
  const partitions = [...metrics.partitions].sort(byPlace);
  const headings = [
    ...left("SOURCE", "TOPIC", "PARTITION"),
    ...right("READ", "APPLIED", "REPEATED", "DEAD", "WAITING", "LAG"),
  ];
  const rows = partitions.map(({ source, topic, partition, read, applied, repeated, dead, waiting, lag }) => [
    ...[source, topic, partition].map(printable),
    ...[read, applied, repeated, dead, waiting, lag].map(count),
  ]);
  const erased = partitions.reduce((sum, one) => sum + one.erased, 0);
  const late = sources.reduce((sum, one) => sum + one.late, 0);
  const notes = [
    ...(erased === 0 ? [] : [`${counted(erased, "event")} of keys that were erased left out`]),
    ...(late === 0 ? [] : [`${counted(late, "flush", "flushes")} that requests may have seen late`]),
    ...sources.flatMap(({ source, failing }) =>
      failing === undefined ? [] : [printable(`${source} fails: [${failing.code}] ${failing.message}`)],
    ),
  ];
  return {
    text: [
      rows.length === 0 ? "nothing was read" : table(headings, rows),
      ...(notes.length === 0 ? [] : [notes.join("\n")]),
    ].join("\n\n"),
    json: {
      ended,
      sources: sources.map(({ failing, appliedAt, ...one }) => ({
        ...one,
        ...(appliedAt === undefined ? {} : { appliedAt: formatMicros(appliedAt) }),
        ...(failing === undefined ? {} : { failing: { ...failing, since: formatMicros(failing.since) } }),
      })),
      partitions: partitions.map(({ watermark, ...one }) =>
        watermark === undefined ? one : { ...one, watermark: formatMicros(watermark) },
      ),
    },
  };
}

/** How far topics are read, and what their events come in. */
export function statusResult({ partitions, groups }: StreamStatus): CommandResult {
  const headings = [
    ...left("SOURCE", "TOPIC", "PARTITION"),
    ...right("FIRST", "NEXT", "END", "LAG", "NOT APPLIED", "EPOCH"),
    ...left("WORKER"),
  ];
  const rows = partitions.map(({ source, topic, partition, first, next, end, lag, notApplied, epoch, worker }) => [
    ...[source, topic, partition].map(printable),
    String(first),
    next === undefined ? "-" : String(next),
    String(end),
    ...[lag, notApplied, epoch].map(count),
    printable(worker ?? "-"),
  ]);
  const fed = groups.map(({ group, source, generation, cut }) => [
    group,
    source,
    generation === undefined ? "-" : String(generation),
    cut === undefined ? "-" : momentText(cut),
  ]);
  const groupHeadings = [...left("GROUP", "SOURCE"), ...right("GENERATION"), ...left("CUT (UTC)")];
  return {
    text: [
      rows.length === 0 ? "topics without partitions" : table(headings, rows),
      fed.length === 0 ? "no group takes events" : table(groupHeadings, fed),
    ].join("\n\n"),
    json: {
      partitions,
      groups: groups.map(({ cut, ...one }) => (cut === undefined ? one : { ...one, cut: formatMicros(cut) })),
    },
  };
}

/** From where partitions are read from now on. */
export function resetResult(source: string, partitions: readonly ResetPartition[]): CommandResult {
  const headings = [...left("TOPIC", "PARTITION"), ...right("FROM", "TO")];
  const rows = partitions.map(({ topic, partition, from, to }) => [
    ...[topic, partition].map(printable),
    from === null ? "-" : String(from),
    String(to),
  ]);
  return { text: table(headings, rows), json: { source, partitions } };
}

/** What became of dead letters. */
export function replayResult(topics: readonly ReplayedTopic[]): CommandResult {
  const headings = [...left("SOURCE", "TOPIC"), ...right("LETTERS", "APPLIED", "REPEATED", "STILL DEAD")];
  const rows = topics.map(({ source, topic, letters, applied, repeated, dead }) => [
    ...[source, topic].map(printable),
    ...[letters, applied, repeated, dead.reduce((sum, one) => sum + one.letters, 0)].map(count),
  ]);
  const reasons = topics.flatMap(({ source, dead }) =>
    dead.map(({ reason, letters }) => `${source}: ${counted(letters, "letter")}: ${reason}`),
  );
  return {
    text: [table(headings, rows), ...(reasons.length === 0 ? [] : [printable(reasons.join("\n"))])].join("\n\n"),
    json: { topics },
  };
}

/** Partitions come as they were dealt out: they are shown by topic, those of Kafka by their numbers, files by their names. */
function byPlace(one: PartitionMetrics, other: PartitionMetrics): number {
  if (one.topic !== other.topic) return one.topic < other.topic ? -1 : 1;
  return Number(one.partition) - Number(other.partition) || (one.partition < other.partition ? -1 : 1);
}

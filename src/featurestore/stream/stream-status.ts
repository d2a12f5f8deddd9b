import type { Micros } from "../../core/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import { groupName, type OnlineStore } from "../online/index.ts";
import type { OffsetRange, TopicPartition } from "../online/stream-position.ts";
import { isFed } from "../pushed/index.ts";
import type { EventLog } from "./event-log.ts";
import { positionIn } from "./stream-part.ts";
import { pushedOf, topicsOf } from "./topics-of.ts";

/** How far a partition is read. */
export interface PartitionStatus extends TopicPartition {
  readonly source: string;
  /** The first offset that the topic has, and the one behind its last event. */
  readonly first: number;
  readonly end: number;
  /** The offset that is read next; absent where nobody has read the partition. */
  readonly next?: number;
  /** How many offsets there are to be read. */
  readonly lag: number;
  /** How many offsets before `next` were not applied: dead letters, and what a reset went past. */
  readonly notApplied: number;
  /** How often the partition was taken over, and by whom last. */
  readonly epoch: number;
  readonly worker?: string;
}

/** A group that events come in. */
export interface StreamedGroup {
  readonly group: string;
  readonly source: string;
  /** The generation that answers, and its cut: events that were applied by then lie in it, and later ones beside it. Absent where the group was never loaded. */
  readonly generation?: number;
  readonly cut?: Micros;
}

/** What becomes of topics, whoever reads them. */
export interface StreamStatus {
  readonly partitions: readonly PartitionStatus[];
  readonly groups: readonly StreamedGroup[];
}

/** Where streams are looked at, or changed. */
export interface StreamPlaces {
  readonly project: ProjectPlan;
  readonly store: OnlineStore;
  readonly log: EventLog;
  /** By default all that have a topic. */
  readonly sources?: readonly string[] | undefined;
}

/**
 * How far topics are read, by whom, and what their events come in.
 *
 * @throws TondoError `INVALID_ARGUMENT`, `TOPIC_MISSING`, and what the log and the store throw
 */
export async function streamStatus({ project, store, log, sources }: StreamPlaces): Promise<StreamStatus> {
  const pushed = pushedOf(store);
  const topics = topicsOf(project, sources);
  const partitions: PartitionStatus[] = [];
  for (const { source, topic } of topics) {
    const positions = await pushed.positions(source);
    for (const [partition, { first, end }] of await log.extents(topic)) {
      const position = positionIn(positions, { topic, partition });
      const next = position?.next ?? first;
      partitions.push({
        ...{ source, topic, partition, first, end },
        ...(position === undefined ? {} : { next: position.next }),
        lag: Math.max(0, end - next),
        notApplied: offsetsIn(position?.holes ?? [], first),
        epoch: position?.epoch ?? 0,
        ...(position === undefined ? {} : { worker: position.by }),
      });
    }
  }
  const names = new Set(topics.map(({ source }) => source));
  const fed = project.groups.filter((group) => names.has(group.source) && isFed(group, project.sources));
  const view = await store.view(fed.map(groupName));
  try {
    const groups = fed.map((group): StreamedGroup => {
      const pointer = view.pointer(groupName(group));
      const own = { group: groupName(group), source: group.source };
      return pointer === undefined ? own : { ...own, generation: pointer.generation, cut: pointer.asOf };
    });
    return { partitions, groups };
  } finally {
    view.close();
  }
}

/** How many offsets some ranges have that the topic still has. */
function offsetsIn(ranges: readonly OffsetRange[], first: number): number {
  return ranges.reduce((sum, { from, to }) => sum + Math.max(0, to - Math.max(from, first)), 0);
}

import { type Moment, toMicros, TondoError } from "../../core/index.ts";
import { firstPosition, repositioned, type StreamMove } from "../online/stream-position.ts";
import type { Extent } from "./event-log.ts";
import { positionIn } from "./stream-part.ts";
import type { StreamPlaces } from "./stream-status.ts";
import { pushedOf, topicsOf } from "./topics-of.ts";

/** From where a topic is read from now on. */
export interface ResetOptions extends Omit<StreamPlaces, "sources"> {
  readonly source: string;
  /** From the first event that there is, behind the last, from an offset (of one partition), or from the first event that came at a moment or later. */
  readonly to: "earliest" | "latest" | { readonly offset: number } | { readonly moment: Moment };
  /** Only this topic of the source, or this partition; default: all. */
  readonly topic?: string | undefined;
  readonly partition?: string | undefined;
  /** Whether the topic was made anew: what was applied of it before is another's. Default: `false`. */
  readonly isNewTopic?: boolean | undefined;
  /** Who does it. */
  readonly actor: string;
}

/** From where a partition is read from now on. */
export interface ResetPartition {
  readonly topic: string;
  readonly partition: string;
  readonly from: number | null;
  readonly to: number;
}

/**
 * Has partitions be read from elsewhere, also those that are being read. What was applied is not applied again: going back applies what was not, dead letters and what an earlier reset went
 * past. What lies between is passed over when it goes forward, and can be gone back to.
 *
 * @throws TondoError `INVALID_ARGUMENT`, `TOPIC_MISSING`, and what the log and the store throw
 */
export async function resetStream(options: ResetOptions): Promise<readonly ResetPartition[]> {
  const { project, store, log, source, to, actor, isNewTopic = false } = options;
  const pushed = pushedOf(store);
  const topics = topicsOf(project, [source]).filter(({ topic }) => [topic, undefined].includes(options.topic));
  if (typeof to === "object" && "offset" in to && (options.partition === undefined || topics.length !== 1))
    throw new TondoError("INVALID_ARGUMENT", "an offset is one of a partition: say of which", {
      hint: "Give the partition, and the topic where the source has several.",
    });
  const known = await pushed.positions(source);
  const resets: ResetPartition[] = [];
  const moves: StreamMove[] = [];
  for (const { topic } of topics) {
    const extents = await log.extents(topic);
    const targets =
      typeof to === "object" && "moment" in to ? await log.offsetsAt(topic, toMicros(to.moment, "to")) : undefined;
    for (const [partition, { first, end }] of extents) {
      if (![partition, undefined].includes(options.partition)) continue;
      const asked = targetOf(to, { first, end }, targets?.get(partition));
      if (!Number.isSafeInteger(asked) || asked < first || asked > end)
        throw new TondoError(
          "INVALID_ARGUMENT",
          `partition ${partition} of ${topic} has offsets from ${String(first)} up to ${String(end)}: ${String(asked)} is none of them`,
          { details: { topic, partition, first, end } },
        );
      const before = positionIn(known, { topic, partition });
      if (!isNewTopic && before !== undefined && before.end > end)
        throw new TondoError(
          "INVALID_ARGUMENT",
          `partition ${partition} of ${topic} ends at ${String(end)}, and was read up to ${String(before.end)}: it was made anew`,
          {
            hint: "What was applied of it before is another's: say `isNewTopic`, or --new-topic.",
            details: { topic, partition, end, read: before.end },
          },
        );
      resets.push({ topic, partition, from: before?.next ?? null, to: asked });
      moves.push({
        ...{ topic, partition },
        change: (stored = firstPosition(first)) =>
          isNewTopic
            ? { ...firstPosition(asked), epoch: stored.epoch + 1, by: resetBy(actor) }
            : repositioned(stored, asked, resetBy(actor)),
      });
    }
  }
  if (moves.length === 0)
    throw new TondoError("INVALID_ARGUMENT", `"${source}" has no such partition`, {
      hint: "Look at `tondo stream status`.",
    });
  await pushed.move(source, moves);
  return resets;
}

/** @param came the first offset whose event came at the moment that was asked for, or later */
function targetOf(to: ResetOptions["to"], { first, end }: Extent, came: number | undefined): number {
  if (to === "earliest") return first;
  if (to === "latest") return end;
  return "offset" in to ? to.offset : (came ?? end);
}

/** By whom a position was set elsewhere: no worker is called so. */
export function resetBy(actor: string): string {
  return `reset by ${actor}`;
}

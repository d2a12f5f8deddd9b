import { waitUntil } from "../../core/index.ts";
import { filled, isApplied, type StreamMove } from "../online/stream-position.ts";
import { RowApplication } from "../pushed/index.ts";
import { decodeRows, type PlacedEvent, rowsOf } from "./decode-rows.ts";
import type { BuriedLetter } from "./event-log.ts";
import { checkFormats, formatOf } from "./event-formats.ts";
import { Fenced, positionIn } from "./stream-part.ts";
import type { StreamOptions } from "./start-stream.ts";
import { defaultStreamLimits, type StreamLimits } from "./stream-limits.ts";
import type { StreamPlaces } from "./stream-status.ts";
import { pushedOf, topicsOf } from "./topics-of.ts";

/** What dead letters are applied by. */
export interface ReplayOptions
  extends StreamPlaces, Pick<StreamOptions, "inForce" | "formats" | "clock" | "functions" | "erased" | "limits"> {
  readonly signal?: AbortSignal | undefined;
}

/** What became of the dead letters of a topic. */
export interface ReplayedTopic {
  readonly source: string;
  readonly topic: string;
  /** Letters that were read. */
  readonly letters: number;
  /** Those that count from now on. */
  readonly applied: number;
  /** Those that were applied before. */
  readonly repeated: number;
  /** Those that still cannot be applied, by the reason. */
  readonly dead: readonly { readonly reason: string; readonly letters: number }[];
}

/** How often letters are tried whose partition changes meanwhile. */
const mostTries = 20;

/**
 * Applies dead letters that can be by now: once definitions were mended, or a limit was raised. Each is applied once, however often this is done, and whoever reads the topic meanwhile.
 *
 * @throws TondoError as `streamStatus` does, and what applying throws: letters before that are applied
 */
export async function replayDeadLetters(options: ReplayOptions): Promise<readonly ReplayedTopic[]> {
  const { project, log, formats, sources, signal } = options;
  checkFormats(project, formats, sources);
  const limits = { ...defaultStreamLimits, ...options.limits };
  const application = new RowApplication({ ...options, limits });
  const results: ReplayedTopic[] = [];
  for (const { source, topic } of topicsOf(project, sources)) {
    const counts = { letters: 0, applied: 0, repeated: 0 };
    const dead = new Map<string, number>();
    for await (const letters of log.letters(topic)) {
      signal?.throwIfAborted();
      const own = letters.filter((letter) => letter.source === source);
      counts.letters += own.length;
      const done = await replaySome({ ...options, limits, application }, source, topic, own);
      counts.applied += done.applied;
      counts.repeated += done.repeated;
      for (const reason of done.dead) dead.set(reason, (dead.get(reason) ?? 0) + 1);
    }
    results.push({ source, topic, ...counts, dead: [...dead].map(([reason, letters]) => ({ reason, letters })) });
  }
  return results;
}

async function replaySome(
  {
    application,
    store,
    formats,
    clock,
    limits,
  }: ReplayOptions & { readonly application: RowApplication; readonly limits: StreamLimits },
  source: string,
  topic: string,
  letters: readonly BuriedLetter[],
): Promise<{ readonly applied: number; readonly repeated: number; readonly dead: readonly string[] }> {
  const pushed = pushedOf(store);
  for (let left = mostTries; ; left--) {
    const positions = await pushed.positions(source);
    const seen = new Set<string>();
    let repeated = 0;
    const wanted: PlacedEvent[] = [];
    const dead: string[] = [];
    for (const { partition, event, reason, hasValue } of letters) {
      const position = positionIn(positions, { topic, partition });
      const id = `${partition} ${String(event.offset)}`;
      // One that the topic was not read up to is read there.
      if (position === undefined || event.offset >= position.end) continue;
      if (isApplied(position, event.offset)) repeated++;
      // One that was kept twice counts once.
      if (isApplied(position, event.offset) || seen.has(id)) continue;
      seen.add(id);
      if (hasValue) wanted.push({ partition, event });
      else dead.push(reason);
    }
    if (wanted.length === 0) return { applied: 0, repeated, dead };
    const refusals: string[] = [];
    try {
      const done = await application.apply(source, (fed) => {
        const { maxEventBytes, maxFuture } = limits;
        const how = { format: formatOf(formats, topic), maxEventBytes, latest: clock() + maxFuture };
        const { rows, refused } = decodeRows(fed, wanted, how);
        refusals.splice(0, refusals.length, ...refused.map(({ error }) => error.message));
        const byPartition = Map.groupBy(rows, ({ of: { partition } }) => partition);
        if (rows.length === 0) return undefined;
        const moves = [...byPartition].map(([partition, own]) =>
          fill(
            topic,
            partition,
            own.map(({ of: { event } }) => event.offset),
          ),
        );
        return rowsOf(topic, fed, rows, moves);
      });
      // Whoever reads next sees them.
      await waitUntil(done?.appliedAt ?? -Infinity, clock);
    } catch (error) {
      if (error instanceof Fenced && left > 0) continue;
      throw error;
    }
    return { applied: wanted.length - refusals.length, repeated, dead: [...dead, ...refusals] };
  }
}

/** Fills some holes of a partition, where all of them are there. */
function fill(topic: string, partition: string, offsets: readonly number[]): StreamMove {
  return {
    ...{ topic, partition },
    change: (stored) => {
      if (stored === undefined || offsets.some((offset) => isApplied(stored, offset))) throw new Fenced(partition);
      return offsets.reduce(filled, stored);
    },
  };
}

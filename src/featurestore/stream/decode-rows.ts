import { type Micros, TondoError } from "../../core/index.ts";
import { originText, pushedText } from "../online/pushed-values.ts";
import type { StreamMove } from "../online/stream-position.ts";
import { type FedSource, type PlacedRow, placeRows, type RowProblem, type RowsToApply } from "../pushed/index.ts";
import { tombstoneColumns } from "./decode-tombstone.ts";
import type { EventFormat } from "./event-format.ts";
import type { LogEvent } from "./log-event.ts";

/** An event with the partition that it was read from. */
export interface PlacedEvent {
  readonly partition: string;
  readonly event: LogEvent;
}

/** An event as a row of the groups over its source. */
export interface DecodedEvent<E extends PlacedEvent> {
  readonly of: E;
  readonly text: string;
  /** By group. */
  readonly placed: readonly PlacedRow[];
  /** When it happened. */
  readonly t: Micros;
}

/** An event that cannot be one. */
export interface RefusedEvent<E extends PlacedEvent> {
  readonly of: E;
  readonly error: TondoError;
}

/** How events are read. */
export interface EventReading {
  readonly format: EventFormat;
  readonly maxEventBytes: number;
  /** Events may not be dated later. */
  readonly latest: Micros;
}

/**
 * Makes rows of events; those that are none are told apart, each with the reason.
 *
 * @throws TondoError `SOURCE_CHANGED` where none of them could ever be one
 */
export function decodeRows<E extends PlacedEvent>(
  fed: FedSource,
  events: readonly E[],
  { format, maxEventBytes, latest }: EventReading,
): { readonly rows: readonly DecodedEvent<E>[]; readonly refused: readonly RefusedEvent<E>[] } {
  const decode = format(fed.source);
  const read: { readonly of: E; readonly text: string }[] = [];
  const refused: RefusedEvent<E>[] = [];
  for (const of of events) {
    try {
      const bytes = of.event.value?.length ?? 0;
      if (bytes > maxEventBytes) throw tooLarge(bytes, maxEventBytes);
      const columns = of.event.value === null ? tombstoneColumns(fed, of.event) : decode(of.event);
      read.push({ of, text: pushedText(columns) });
    } catch (error) {
      if (!(error instanceof TondoError)) throw error;
      refused.push({ of, error });
    }
  }
  const { groups, problems } = placeRows(
    fed,
    read.map(({ text }) => text),
    latest,
  );
  const rows: DecodedEvent<E>[] = [];
  for (const [i, one] of read.entries()) {
    const problem = problems.get(i);
    if (problem !== undefined) refused.push({ of: one.of, error: problemOf(problem) });
    else rows.push({ ...one, placed: groups.map((own) => own[i] ?? nowhere), t: groups[0]?.[i]?.t ?? NaN });
  }
  return { rows, refused };
}

/** Rows of a topic as they are applied. */
export function rowsOf(
  topic: string,
  fed: FedSource,
  rows: readonly DecodedEvent<PlacedEvent>[],
  moves: readonly StreamMove[],
): RowsToApply {
  return {
    texts: rows.map(({ text }) => text),
    placed: fed.groups.map((_, g) => rows.map(({ placed }) => placed[g] ?? nowhere)),
    origins: rows.map(({ of: { partition, event } }) =>
      originText({ topic, partition, offset: event.offset, arrivedAt: event.arrivedAt }),
    ),
    moves,
  };
}

const nowhere: PlacedRow = { key: undefined, t: NaN };

function problemOf({ code, column, what, hint }: RowProblem): TondoError {
  const place = column === undefined ? "the event" : `column "${column}"`;
  return new TondoError(code, `${place} ${what}`, { hint, ...(column === undefined ? {} : { details: { column } }) });
}

function tooLarge(bytes: number, limit: number): TondoError {
  return new TondoError("LIMIT_EXCEEDED", `the event takes ${String(bytes)} bytes, more than ${String(limit)}`);
}

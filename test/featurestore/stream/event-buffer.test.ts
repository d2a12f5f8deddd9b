import { describe, expect, it } from "vitest";
import { EventBuffer } from "../../../src/featurestore/stream/event-buffer.ts";
import type { LogEvent } from "../../../src/featurestore/stream/log-event.ts";
import type { TakenPart } from "../../../src/featurestore/stream/stream-part.ts";
import { firstPosition } from "../../../src/featurestore/online/stream-position.ts";

const part = (partition: string): TakenPart => ({
  ...{ partition, epoch: 1, position: firstPosition(0), accepted: 0 },
  ...{ isContested: false, buried: new Set<number>() },
});
const events = (from: number, n: number, bytes = 100): readonly LogEvent[] =>
  Array.from({ length: n }, (_, i) => ({ offset: from + i, key: null, value: new Uint8Array(bytes), arrivedAt: 0 }));
const never = new AbortController().signal;

describe("events that wait", () => {
  it("are given in their order, in pieces that are passed whole, at least one", () => {
    const buffer = new EventBuffer(1e6);
    buffer.add(part("0"), events(0, 1200), 1300);
    expect(buffer.oldest(500, 1).map(({ events: own, next }) => [own.length, next])).toEqual([[500, 500]]);
    expect(buffer.oldest(1100, 1e9).map(({ next }) => next)).toEqual([500, 1000]);
    // What was compacted away behind the last is passed with it.
    expect(buffer.oldest(1e9, 1e9).map(({ next }) => next)).toEqual([500, 1000, 1300]);
    const [first] = buffer.oldest(500, 1);
    buffer.remove((piece) => piece === first);
    expect(buffer.oldest(500, 1).map(({ events: own }) => own[0]?.offset)).toEqual([500]);
    expect(buffer.events).toBe(700);
  });

  it("are cut where a piece has more than may be given", () => {
    const buffer = new EventBuffer(1e6);
    buffer.add(part("0"), events(10, 7), 20);
    expect(buffer.oldest(3, 1e9).map(({ events: own, next }) => [own.length, next])).toEqual([[3, 13]]);
    expect(buffer.oldest(1e9, 1e9).map(({ next }) => next)).toEqual([13, 20]);
    expect([buffer.events, buffer.oldest(1e9, 1e9).reduce((sum, { bytes }) => sum + bytes, 0)]).toEqual([
      7,
      buffer.bytes,
    ]);
  });

  it("keep who adds more than there is room for waiting, until there is, or nobody will take any", async () => {
    const buffer = new EventBuffer(10_000);
    await buffer.room(never);
    buffer.add(part("0"), events(0, 100), 100);
    let isRoom = false;
    const waiting = buffer.room(never).then(() => {
      isRoom = true;
    });
    const stopping = new AbortController();
    const given = buffer.room(stopping.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isRoom).toBe(false);
    stopping.abort();
    buffer.wake();
    await given;
    expect(isRoom).toBe(false);
    buffer.remove(() => true);
    await waiting;
    expect([buffer.bytes, buffer.events, buffer.since]).toEqual([0, 0, undefined]);
  });
});

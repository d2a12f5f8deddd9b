import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  filled,
  firstPosition,
  isApplied,
  passed,
  positionOf,
  positionText,
  repositioned,
  type StreamPosition,
} from "../../../src/featurestore/online/stream-position.ts";

/** What is done to a position: events are read, some of which are dead, it is set elsewhere, or a dead one is applied. */
type Step =
  | { readonly does: "read"; readonly events: number; readonly dead: readonly number[] }
  | { readonly does: "reset"; readonly to: number }
  | { readonly does: "fill"; readonly which: number };

const most = 40;
const steps = fc.array(
  fc.oneof(
    fc.record({
      does: fc.constant("read" as const),
      events: fc.integer({ min: 1, max: 8 }),
      dead: fc.uniqueArray(fc.nat(7), { maxLength: 4 }),
    }),
    fc.record({ does: fc.constant("reset" as const), to: fc.nat(most) }),
    fc.record({ does: fc.constant("fill" as const), which: fc.nat(100) }),
  ),
  { maxLength: 20 },
);

describe("a position", () => {
  it("knows of each offset whether it was applied, whatever was read, passed, set and mended", () => {
    fc.assert(
      fc.property(fc.nat(5), steps, (first, all: readonly Step[]) => {
        const applied = new Set<number>();
        let end = first;
        let position: StreamPosition = firstPosition(first);
        const epochs: number[] = [];
        for (const step of all) {
          const { next } = position;
          if (step.does === "read") {
            const to = next + step.events;
            // What was applied is no event of the flush: it cannot be dead.
            const dead = step.dead
              .map((i) => next + i)
              .filter((offset) => offset < to && !isApplied(position, offset))
              .sort((a, b) => a - b);
            for (let offset = next; offset < to; offset++) if (!dead.includes(offset)) applied.add(offset);
            position = passed(position, to, dead);
            end = Math.max(end, to);
          } else if (step.does === "reset") {
            position = repositioned(position, step.to, "somebody");
            end = Math.max(end, step.to);
          } else {
            const open = Array.from({ length: end }, (_, i) => i).filter((offset) => !applied.has(offset));
            const offset = open[step.which % Math.max(1, open.length)];
            if (offset !== undefined) {
              applied.add(offset);
              position = filled(position, offset);
            }
          }
          epochs.push(position.epoch);
          position = positionOf(positionText(position));
          expect(position.end).toBe(end);
          for (let offset = 0; offset < end + 3; offset++)
            expect(isApplied(position, offset), `offset ${String(offset)}`).toBe(applied.has(offset));
        }
        // Ranges ascend, and touch nowhere.
        for (const [i, { from, to }] of position.holes.entries()) {
          expect(from).toBeLessThan(to);
          expect(from).toBeGreaterThan(position.holes[i - 1]?.to ?? -1);
        }
        expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
      }),
    );
  });
});

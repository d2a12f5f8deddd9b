import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { SimulatedClock } from "../../../examples/flights/simulated-clock.ts";
import { toMicros } from "../../../src/index.ts";

const from = toMicros("2001-06-30T18:00:00Z");
const minute = 60_000_000;

it("a simulated clock begins at its moment, goes on by itself, and is set ahead and never back", async () => {
  const clock = new SimulatedClock("2001-06-30T18:00:00Z");
  const first = clock.now();
  expect(first).toBeGreaterThanOrEqual(from);
  expect(first).toBeLessThan(from + minute);
  await sleep(20);
  const next = clock.now();
  expect(next).toBeGreaterThanOrEqual(first + 15_000);
  expect(Number.isSafeInteger(next)).toBe(true);
  clock.advanceTo(from + 60 * minute);
  const ahead = clock.now();
  expect(ahead).toBeGreaterThanOrEqual(from + 60 * minute);
  clock.advanceTo(from);
  expect(clock.now()).toBeGreaterThanOrEqual(ahead);
});

import { getHeapStatistics } from "node:v8";

/** How many times it is measured; a collection in between spoils one. */
const rounds = 200;
/** Calls of each: what one allocates is far less than what makes the collector start. */
const calls = 50;

/** What one call allocates on JavaScript's heap, bytes: the median of many rounds that no garbage collection fell into. */
export function allocatedBytes(call: () => unknown): number {
  let kept: unknown;
  for (let i = 0; i < 2000; i++) kept = call();
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = getHeapStatistics().used_heap_size;
    for (let i = 0; i < calls; i++) kept = call();
    found.push(getHeapStatistics().used_heap_size - before);
  }
  const whole = found.filter((bytes) => bytes > 0).sort((a, b) => a - b);
  if (kept === undefined || whole.length === 0) return NaN;
  return Math.round((whole[whole.length >> 1] ?? NaN) / calls);
}

import { expect, it } from "vitest";
import { AsyncMutex } from "../../src/database/async-mutex.ts";

it("lets one in at a time, in the order of asking", async () => {
  const mutex = new AsyncMutex();
  const order: number[] = [];
  let inside = 0;
  await Promise.all(
    [0, 1, 2, 3].map(async (n) => {
      expect(await mutex.acquire(1_000)).toBe(true);
      expect(++inside).toBe(1);
      await new Promise((wake) => setTimeout(wake, 2));
      order.push(n);
      inside--;
      mutex.release();
    }),
  );
  expect(order).toEqual([0, 1, 2, 3]);
  expect(await mutex.acquire(0)).toBe(true);
});

it("gives up after the wait, and is not handed to one who gave up", async () => {
  const mutex = new AsyncMutex();
  await mutex.acquire(0);
  const [early, late] = [mutex.acquire(10), mutex.acquire(1_000)];
  expect(await early).toBe(false);
  mutex.release();
  expect(await late).toBe(true);
  mutex.release();
  expect(await mutex.acquire(0)).toBe(true);
});

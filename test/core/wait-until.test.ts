import { expect, it } from "vitest";
import { systemClock, waitUntil } from "../../src/core/index.ts";

it("a moment is waited for, by a signal's leave", async () => {
  const moment = systemClock() + 50_000;
  await waitUntil(moment, systemClock);
  expect(systemClock()).toBeGreaterThanOrEqual(moment - 1000);
  const began = performance.now();
  const far = waitUntil(systemClock() + 60_000_000, systemClock, AbortSignal.timeout(20));
  await expect(far).rejects.toMatchObject({ code: "ABORTED" });
  await expect(waitUntil(systemClock() + 60_000_000, systemClock, AbortSignal.abort())).rejects.toMatchObject({
    code: "ABORTED",
  });
  expect(performance.now() - began).toBeLessThan(10_000);
  await waitUntil(systemClock(), systemClock, AbortSignal.abort());
});

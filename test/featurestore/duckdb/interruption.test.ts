import { describe, expect, it } from "vitest";
import { interruptible } from "../../../src/featurestore/duckdb/interruption.ts";

describe("work that an abort ends", () => {
  it("is told again where it did not hear at first", async () => {
    const stop = new AbortController();
    let told = 0;
    let end: (() => void) | undefined;
    const work = (): Promise<string> =>
      new Promise((resolve) => {
        end = () => {
          resolve("ended");
        };
      });
    const ended = interruptible(work, "working", stop.signal, () => {
      if (++told === 3) end?.();
    });
    stop.abort();
    expect(await ended).toBe("ended");
    const before = told;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(told).toBe(before);
  });
});

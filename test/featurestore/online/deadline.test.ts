import { stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { Deadline } from "../../../src/featurestore/online/deadline.ts";

/** One, and a promise of its passing. */
function deadlineOf(ms: number): { readonly deadline: Deadline; readonly passed: Promise<string> } {
  const { promise, resolve } = Promise.withResolvers<string>();
  const deadline = new Deadline(ms, () => {
    resolve("passed");
  });
  return { deadline, passed: promise };
}

describe("a deadline", () => {
  it("passes when its time has, and not before", async () => {
    const began = performance.now();
    const { deadline, passed } = deadlineOf(30);
    expect(deadline.hasPassed).toBe(false);
    expect(await passed).toBe("passed");
    expect(deadline.hasPassed).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(28);
  });

  it("does not pass once it is stopped", async () => {
    const { deadline } = deadlineOf(5);
    deadline.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(deadline.hasPassed).toBe(false);
  });

  it("passes after what had come while the process was busy", async () => {
    // After this turn timers come first, and input then.
    await new Promise((resolve) => setImmediate(resolve));
    const { deadline, passed } = deadlineOf(5);
    const answer = stat(".").then(() => "answer");
    const until = performance.now() + 60;
    while (performance.now() < until);
    expect(await Promise.race([answer, passed])).toBe("answer");
    deadline.stop();
  });
});

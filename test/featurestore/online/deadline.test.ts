import { stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { Deadline } from "../../../src/featurestore/online/deadline.ts";

describe("a deadline", () => {
  it("passes when its time has, and not before", async () => {
    const began = performance.now();
    const deadline = new Deadline(30);
    expect(deadline.hasPassed).toBe(false);
    expect(await deadline.passed).toBeUndefined();
    expect(deadline.hasPassed).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(28);
  });

  it("does not pass once it is stopped", async () => {
    const deadline = new Deadline(5);
    deadline.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(deadline.hasPassed).toBe(false);
  });

  it("passes after what had come while the process was busy", async () => {
    // After this turn timers come first, and input then.
    await new Promise((resolve) => setImmediate(resolve));
    const deadline = new Deadline(5);
    const answer = stat(".").then(() => "answer");
    const until = performance.now() + 60;
    while (performance.now() < until);
    expect(await Promise.race([answer, deadline.passed])).toBe("answer");
    deadline.stop();
  });
});

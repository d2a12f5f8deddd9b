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

  it("is one of many, of which those alone pass that are not stopped, each in its time and turn", async () => {
    const made = Array.from({ length: 300 }, (_, i) => ({ ms: [7, 20, 45][i % 3] ?? 7, isStopped: i % 5 < 2 }));
    const passed: number[] = [];
    const early: number[] = [];
    const begun = made.map(({ ms }, i) => {
      const began = performance.now();
      return new Deadline(ms, () => {
        passed.push(i);
        if (performance.now() - began < ms) early.push(i);
      });
    });
    for (const [i, { isStopped }] of made.entries()) if (isStopped) begun[i]?.stop();
    // One that begins where all before it were stopped, and their timer still waits.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const alone = [0, 1].map(() => deadlineOf(20));
    for (const { deadline } of alone) deadline.stop();
    const last = deadlineOf(20);
    expect(await last.passed).toBe("passed");
    expect(early).toEqual([]);
    const expected = [7, 20, 45].map((ms) => made.flatMap((one, i) => (one.ms === ms && !one.isStopped ? [i] : [])));
    expect([7, 20, 45].map((ms) => passed.filter((i) => made[i]?.ms === ms))).toEqual(expected);
    expect(alone.map(({ deadline }) => deadline.hasPassed)).toEqual([false, false]);
    // Stopped again, and after it passed: nothing happens.
    for (const one of begun) one.stop();
  });

  it("keeps a process alive while it is waited for, and no longer", () => {
    const refs = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = refs();
    const { deadline } = deadlineOf(30_000);
    expect(refs()).toBe(before + 1);
    deadline.stop();
    expect(refs()).toBe(before);
    const again = deadlineOf(30_000);
    expect(refs()).toBe(before + 1);
    again.deadline.stop();
    expect(refs()).toBe(before);
  });
});

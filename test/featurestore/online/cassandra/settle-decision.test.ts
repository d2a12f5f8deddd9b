import { errors } from "cassandra-driver";
import { describe, expect, it } from "vitest";
import { settleDecision } from "../../../../src/featurestore/online/cassandra/settle-decision.ts";

const inDoubt = new errors.ResponseError(0x1100, "Operation timed out - received only 0 responses");
const refused = new errors.ResponseError(0x1000, "Cannot achieve consistency level");
const pauses = [1, 1, 1];

/** Attempts that end so, one after the other; the last again and again. */
function attempts(...ends: readonly (boolean | Error)[]): { readonly attempt: () => Promise<boolean>; made: number } {
  const self = {
    made: 0,
    attempt: () => {
      const end = ends[Math.min(self.made++, ends.length - 1)] ?? false;
      return end instanceof Error ? Promise.reject(end) : Promise.resolve(end);
    },
  };
  return self;
}

const taken = (is: boolean) => () => Promise.resolve(is);

describe("a decision", () => {
  it("is what the first answer says, where there is one", async () => {
    expect(await settleDecision(attempts(true).attempt, taken(false), pauses)).toBe(true);
    // Another one's, even if it looks like this one's.
    expect(await settleDecision(attempts(false).attempt, taken(true), pauses)).toBe(false);
  });

  it("is looked up where no answer came, and asked for again where it was not taken", async () => {
    const once = attempts(inDoubt);
    expect(await settleDecision(once.attempt, taken(true), pauses)).toBe(true);
    expect(once.made).toBe(1);
    const twice = attempts(inDoubt, true);
    expect(await settleDecision(twice.attempt, taken(false), pauses)).toBe(true);
    expect(twice.made).toBe(2);
    expect(await settleDecision(attempts(inDoubt, false).attempt, taken(false), pauses)).toBe(false);
  });

  it("is this one's where the condition fails since it was taken late", async () => {
    let looked = 0;
    const isTaken = (): Promise<boolean> => Promise.resolve(++looked > 1);
    expect(await settleDecision(attempts(inDoubt, false).attempt, isTaken, pauses)).toBe(true);
  });

  it("stays open where neither can be had, and says so", async () => {
    const all = attempts(inDoubt);
    const nothing = (): Promise<boolean> => Promise.reject(inDoubt);
    await expect(settleDecision(all.attempt, nothing, pauses)).rejects.toBe(inDoubt);
    expect(all.made).toBe(4);
  });

  it("is not asked for again where it was refused", async () => {
    const one = attempts(refused, true);
    await expect(settleDecision(one.attempt, taken(false), pauses)).rejects.toBe(refused);
    expect(one.made).toBe(1);
  });
});

import { describe, expect, it } from "vitest";
import {
  chooseStates,
  chooseTable,
  chooseWindows,
  type JoinFacts,
} from "../../../../src/featurestore/offline/joins/join-plan.ts";

const facts: JoinFacts = {
  rows: 1_000_000,
  keys: 100_000,
  sourceRows: 10_000_000,
  keyShare: 0.98,
  columns: 5,
  isReadAgain: true,
  swept: 4,
  memory: 4e9,
};

describe("the planner", () => {
  it("sorts many rows, and pairs few ones of many keys", () => {
    expect(chooseStates(facts)).toMatchObject({ join: "asof", parts: 1, byKey: false });
    expect(chooseStates({ ...facts, rows: 2000, keys: 1900 })).toMatchObject({ join: "range", parts: 1 });
    // Few rows of one hot key would be paired with all its states, each.
    expect(chooseStates({ ...facts, rows: 2000, keys: 3 })).toMatchObject({ join: "asof" });
  });

  it("leaves out other keys where most rows are of them", () => {
    expect(chooseWindows({ ...facts, keyShare: 0.02 })).toEqual({
      join: "sweep",
      parts: 1,
      byKey: true,
      reason: "each event is looked at once; other keys are left out as they are read",
    });
    expect(chooseTable({ ...facts, keyShare: 0.02 }).byKey).toBe(true);
  });

  it("cuts a join that does not fit into memory by keys", () => {
    const large = { ...facts, sourceRows: 100_000_000, memory: 2e9 };
    const { parts, byKey, reason } = chooseStates(large);
    expect(parts).toBe(15);
    expect(byKey).toBe(true);
    expect(reason).toContain("in 15 parts of the keys, for want of memory");
    // What holds nothing is not cut.
    expect(chooseStates({ ...large, rows: 2000, keys: 2000 }).parts).toBe(1);
    expect(chooseStates({ ...large, sourceRows: 1e12 }).parts).toBe(64);
  });

  it("cuts a sweep that would spill, where the source can be read as often", () => {
    const large = { ...facts, sourceRows: 100_000_000 };
    expect(chooseWindows(facts).parts).toBe(1);
    expect(chooseWindows(large)).toMatchObject({ join: "sweep", parts: 6, byKey: false });
    expect(chooseWindows({ ...large, swept: 14 }).parts).toBe(12);
    expect(chooseWindows({ ...large, isReadAgain: false }).parts).toBe(1);
    expect(chooseWindows({ ...large, keyShare: 0.02 })).toMatchObject({ parts: 1, byKey: true });
    expect(chooseWindows({ ...large, sourceRows: undefined }).parts).toBe(1);
  });

  it("does as it is told", () => {
    expect(chooseStates(facts, { states: "range", parts: 3 })).toMatchObject({ join: "range", parts: 3, byKey: true });
    expect(chooseWindows(facts, { windows: "range" })).toMatchObject({ join: "range" });
  });

  it("reads a source without counts whole", () => {
    expect(chooseStates({ ...facts, sourceRows: undefined, memory: 1e6 })).toMatchObject({ parts: 1 });
  });
});

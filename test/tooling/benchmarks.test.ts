import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeMachine, jsonLine, table } from "../../benchmarks/harness/format.ts";
import { loadSuite } from "../../benchmarks/harness/load-suite.ts";
import { type MeasureOptions, runCase } from "../../benchmarks/harness/run-case.ts";
import { calibrate, median, OwnTime, sample } from "../../benchmarks/harness/sample.ts";
import type { Case, Contest, Figure } from "../../benchmarks/harness/suite.ts";

/** A clock that only the work moves. */
function artificialTime(): { readonly stopwatch: () => bigint; pass(nanoseconds: number): void } {
  let now = 0n;
  return {
    stopwatch: () => now,
    pass: (nanoseconds) => {
      now += BigInt(nanoseconds);
    },
  };
}

describe("a sample", () => {
  it("is the time of all its calls, asynchronous ones to their end", async () => {
    const { stopwatch, pass } = artificialTime();
    expect(await sample(() => pass(10), 3, stopwatch)).toBe(30);
    const asynchronous = async (): Promise<void> => {
      await Promise.resolve();
      pass(7);
    };
    expect(await sample(asynchronous, 4, stopwatch)).toBe(28);
  });

  it("is what asynchronous work says of itself, where it does", async () => {
    const { stopwatch, pass } = artificialTime();
    const measured = async (): Promise<OwnTime> => {
      pass(100);
      return new OwnTime(30);
    };
    expect(await sample(measured, 2, stopwatch)).toBe(60);
  });

  it("is calibrated to at least 20 ms", async () => {
    const { stopwatch, pass } = artificialTime();
    expect(await calibrate(() => pass(1_000_000), stopwatch)).toBe(32);
    expect(await calibrate(() => pass(50_000_000), stopwatch)).toBe(1);
  });

  it("counts by its median", () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([4, 1, 100, 2])).toBe(3);
    expect(() => median([])).toThrow("median of nothing");
  });
});

describe("a case", () => {
  const setUp = (overrides: Partial<Contest> = {}, unit: Case["unit"] = "us/get", settings: Partial<Case> = {}) => {
    const { stopwatch, pass } = artificialTime();
    const calls: string[] = [];
    let oursSoFar = 0;
    const contest: Contest = {
      pieces: 100,
      ours: () => {
        calls.push("ours");
        // The machine stalls once; the median does not care.
        pass(oursSoFar++ === 6 ? 9e9 : 25e6);
      },
      baseline: () => {
        calls.push("baseline");
        pass(50e6);
      },
      verify: () => void calls.push("verify"),
      close: () => void calls.push("close"),
      ...overrides,
    };
    const benchmark: Case = { name: "get", against: "a plain map", unit, ...settings, setup: () => contest };
    return {
      calls,
      run: (options: MeasureOptions = { rounds: 5 }) => runCase("online", benchmark, { stopwatch, ...options }),
    };
  };

  it("is verified, warmed up, measured in turns, and closed", async () => {
    const { calls, run } = setUp();
    expect(await run()).toEqual({
      suite: "online",
      case: "get",
      ours: 250,
      baseline: 500,
      against: "a plain map",
      unit: "us/get",
      ratio: 0.5,
    });
    expect(calls[0]).toBe("verify");
    expect(calls.at(-1)).toBe("close");
    expect(calls.slice(-11, -1)).toEqual(Array.from({ length: 5 }, () => ["ours", "baseline"]).flat());
  });

  it("is measured against a time that is given", async () => {
    const { calls, run } = setUp({ baseline: { nanoseconds: 100e6 } });
    expect(await run()).toMatchObject({ ours: 250, baseline: 1_000, ratio: 0.25 });
    expect(calls).not.toContain("baseline");
  });

  it("that takes minutes is called once before it is measured, and as often as it says", async () => {
    const { calls, run } = setUp({}, "ms", { rounds: 6, warmUps: 1 });
    await run({});
    expect(calls.filter((call) => call === "ours")).toHaveLength(1 + 6);
    await run({ rounds: 5 });
    expect(calls.filter((call) => call === "ours")).toHaveLength(1 + 6 + 1 + 5);
    const own = setUp({}, "ms", { warmUps: 0 });
    await own.run();
    expect(own.calls.filter((call) => call === "ours")).toHaveLength(5);
    const usual = setUp();
    await usual.run({});
    expect(usual.calls.filter((call) => call === "baseline")).toHaveLength(2 + 7);
  });

  it("may do other numbers of pieces on its sides, and says what else it measured", async () => {
    const { run } = setUp({ baselinePieces: 50, also: () => ({ peak_mb: 2048 }) });
    expect(await run()).toMatchObject({ ours: 250, baseline: 1_000, ratio: 0.25, also: { peak_mb: 2048 } });
    await expect(setUp({ baselinePieces: 0 }).run()).rejects.toThrow("pieces is a count above 0");
  });

  it("is not measured where the two do not agree, and is closed all the same", async () => {
    const { calls, run } = setUp({
      verify: () => {
        throw new Error("ours gave 1, the baseline 2");
      },
    });
    await expect(run()).rejects.toThrow("ours gave 1, the baseline 2");
    expect(calls).toEqual(["close"]);
  });

  it("refuses too few rounds, no pieces and unknown units", async () => {
    await expect(setUp().run({ rounds: 4 })).rejects.toThrow("rounds is at least 5");
    await expect(setUp({ pieces: 0 }).run()).rejects.toThrow("pieces is a count above 0");
    await expect(setUp({}, "min/get" as "ms/get").run()).rejects.toThrow('"min/get" is not a unit of time');
  });
});

describe("figures", () => {
  const figure: Figure = {
    ...{
      suite: "online",
      case: "get",
      ours: 1.23456,
      baseline: 1234.5,
      against: "a map",
      unit: "us/get",
      ratio: 0.001,
    },
  };

  it("are one JSON object a line", () => {
    expect(jsonLine(figure)).toBe(
      '{"suite":"online","case":"get","ours":1.23456,"baseline":1234.5,"against":"a map","unit":"us/get","ratio":0.001}',
    );
  });

  it("have what else was measured behind them", () => {
    const more = { ...figure, also: { peak_mb: 2048.4, limit_mb: 2048 } };
    expect(jsonLine(more)).toMatch(/"ratio":0.001,"also":\{"peak_mb":2048.4,"limit_mb":2048\}\}$/);
    expect(table([more]).split("\n").at(-1)).toMatch(/a map \(peak_mb 2048, limit_mb 2048\)$/);
  });

  it("are a table that lines up", () => {
    expect(table([figure])).toBe(
      [
        "suite   case  ours  baseline  unit    ratio  against",
        "online  get   1.23      1230  us/get  0.00x  a map",
      ].join("\n"),
    );
  });

  it("name machine and date", () => {
    expect(describeMachine(new Date("2026-11-22T03:04:05Z"))).toMatch(/ x .*Node \d+.*, 2026-11-22T03:04Z$/);
  });
});

it("suites are folders with an index, and an unknown one is told the others", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tondo-suites-"));
  try {
    for (const [name, text] of [
      ["one", "export default { name: 'one', cases: [] };"],
      ["two", "export const nothing = 1;"],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "index.ts"), text);
    }
    mkdirSync(join(folder, "harness"));
    expect(await loadSuite(folder, "one")).toEqual({ name: "one", cases: [] });
    await expect(loadSuite(folder, "two")).rejects.toThrow("no suite as its default export");
    await expect(loadSuite(folder, "three")).rejects.toThrow('no suite "three"; there are: one, two');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, parseProject, type ProjectPlan } from "../../../src/dsl/index.ts";
import { schedule } from "../../../src/featurestore/schedule/index.ts";
import { longestGap } from "./naive-cron.ts";

const minute = 60_000_000;
const hour = 60 * minute;
const text = `entity shop (shop: string)
events sales { parquet "sales.parquet" at sold_at columns (shop: string, sold_at: timestamp) }
events visits {
  postgres "public.visits" cursor seen_at
  at seen_at
  columns (shop: string, seen_at: timestamp)
}
snapshot places { csv "places.csv" at since columns (shop: string, since: timestamp, city: string) }
table plans { csv "plans.csv" columns (shop: string, plan: string) }
group shop:till from sales by shop { n_1h = count() over 1h }
group shop:door from visits by shop { n_2h = count() over 2h }
group shop:place from places by shop { city }
group shop:plan from plans by shop { plan }
group shop:future from sales by shop { next_1h = count() over next 1h }
`;

function project(more = ""): ProjectPlan {
  const { plan, diagnostics } = compile(parseProject([{ path: "p.tondo", text: text + more }]), new Map());
  if (plan === undefined) throw new Error(JSON.stringify(diagnostics));
  return plan;
}

const both = `vector v { key shop: shop
  a = @shop:till:n_1h
  b = @shop:door:n_2h
  c = len(@shop:place:city ?? "")
  d = len(@shop:plan:plan ?? "")
}
`;

describe("schedule", () => {
  it("puts groups of a like interval into one job, the most frequent first", () => {
    const promises = {
      "shop:till": hour,
      "shop:door": 8 * hour,
      "shop:place": 63 * minute,
      "shop:plan": 4 * 24 * hour,
    };
    const planned = schedule({ project: project(), promises: new Map(Object.entries(promises)) });
    expect(planned).toEqual({
      margin: 0.5,
      timeZone: "Etc/UTC",
      jobs: [
        {
          ...{ name: "30m", everyMinutes: 30, cron: "*/30 * * * *", extracts: [], deadlineSeconds: 3600 },
          groups: [
            { group: "shop:place", slaMicros: 63 * minute },
            { group: "shop:till", slaMicros: hour },
          ],
        },
        {
          ...{ name: "4h", everyMinutes: 240, cron: "15 */4 * * *", extracts: ["visits"], deadlineSeconds: 8 * 3600 },
          groups: [{ group: "shop:door", slaMicros: 8 * hour }],
        },
        {
          ...{ name: "2d", everyMinutes: 2880, cron: "45 0 * * 0,1,3,5", extracts: [], deadlineSeconds: 4 * 86_400 },
          groups: [{ group: "shop:plan", slaMicros: 4 * 24 * hour }],
        },
      ],
      warnings: [],
    });
  });

  it("says what it leaves out", () => {
    const promises = new Map([["shop:till", hour]]);
    expect(schedule({ project: project(both), promises }).warnings).toEqual([
      "no sla, and so not scheduled: shop:door, shop:place, shop:plan",
    ]);
    const none = schedule({ project: project(), promises: new Map() });
    expect(none.jobs).toEqual([]);
    expect(none.warnings).toEqual(["no sla, and so not scheduled: shop:door, shop:place, shop:plan, shop:till"]);
  });

  it("refuses what whole minutes cannot keep, all of it at once, and takes the least that they can", () => {
    const promises = new Map([
      ["shop:till", 2 * minute - 1],
      ["shop:door", 90_000_000],
      ["shop:place", 2 * minute],
    ]);
    const wanted = { project: project(), promises };
    expect(() => schedule(wanted)).toThrow(
      expect.objectContaining({
        code: "SLA_TOO_SHORT",
        message:
          "what starts at whole minutes cannot keep with a margin of 0.5: shop:door (sla 90s), shop:till (sla 119999999us)",
      }),
    );
    expect(schedule({ ...wanted, groups: ["shop:place"] }).jobs[0]).toMatchObject({ cron: "* * * * *", name: "1m" });
    expect(schedule({ ...wanted, margin: 0.25 }).jobs).toMatchObject([{ everyMinutes: 1 }]);
    expect(() => schedule({ ...wanted, groups: ["shop:plaice"] })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_GROUP" }),
    );
    expect(() => schedule({ ...wanted, groups: ["shop:future"] })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    for (const margin of [-0.1, 1, NaN, Infinity])
      expect(() => schedule({ ...wanted, margin })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  it("takes margins as they are meant, not as floats multiply", () => {
    const at = (margin: number): number | undefined =>
      schedule({ project: project(), promises: new Map([["shop:till", hour]]), margin }).jobs[0]?.everyMinutes;
    expect([0, 0.1, 0.8, 0.9].map(at)).toEqual([60, 30, 12, 6]);
  });

  it("keeps every sla: what cron starts leaves the margin to the load", () => {
    const plan = project(both);
    const names = ["shop:till", "shop:door", "shop:place", "shop:plan"];
    const sla = fc.oneof(
      fc.integer({ min: 4 * minute, max: 3 * hour }),
      fc.integer({ min: hour, max: 30 * 24 * hour }),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.tuple(sla, sla, sla, sla), fc.double({ min: 0, max: 0.7, noNaN: true }), (slas, margin) => {
        const promises = new Map(names.flatMap((name, i) => (slas[i] === undefined ? [] : [[name, slas[i]] as const])));
        const { jobs: planned } = schedule({ project: plan, promises, margin });
        for (const { cron, groups, everyMinutes, deadlineSeconds } of planned) {
          const gap = longestGap(cron) * minute;
          expect(gap).toBe(everyMinutes * minute);
          const least = Math.min(...groups.map(({ slaMicros }) => slaMicros ?? Infinity));
          expect(gap).toBeLessThanOrEqual(least - Math.floor(least * margin));
          expect(deadlineSeconds).toBe(Math.floor(least / 1e6));
        }
        const scheduled = planned.flatMap(({ groups }) => groups.map(({ group }) => group));
        expect(new Set(scheduled).size).toBe(scheduled.length);
        for (const name of promises.keys()) expect(scheduled).toContain(name);
      }),
      { numRuns: 60 },
    );
  });
});

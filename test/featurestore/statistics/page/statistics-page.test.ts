import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { featureStats, type FeatureStats, statisticsPage } from "../../../../src/featurestore/index.ts";
import { loadVega } from "../../../../src/featurestore/statistics/page/vega-module.ts";
import { writeStatisticsSet } from "./statistics-set.ts";

let folder: string;
let stats: FeatureStats;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-page-"));
  await writeStatisticsSet(join(folder, "set"));
  stats = await featureStats({ set: "set", folder });
});
afterAll(() => rm(folder, { recursive: true }));

describe("statisticsPage", () => {
  it("is one page that loads nothing and runs nothing, the same each time", async () => {
    const page = await statisticsPage(stats);
    expect(await statisticsPage(stats)).toBe(page);
    expect(page).not.toMatch(/<script|<link|<iframe|<img|<[^>"]*\son\w+=|javascript:|@import|url\(/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    const [first, ...more] = page.match(/https?:\/\/[^"<\s]*/g) ?? [];
    expect(new Set([first, ...more])).toEqual(new Set(["http://www.w3.org/2000/svg"]));
  });

  it("shows names and values of files as text", async () => {
    const page = await statisticsPage(stats);
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(page).toContain("&lt;/style&gt;&lt;b&gt;");
    expect(page).not.toContain("<img src=x");
    expect(page).not.toContain("\u202e");
  });

  it("shows values that look like markup in charts, too, as text", async () => {
    const charts = (await statisticsPage(stats)).match(/<svg [\s\S]*?<\/svg>/g) ?? [];
    const named = charts.filter((chart) => chart.includes("&lt;img"));
    expect(named).toHaveLength(1);
    for (const chart of charts) expect(chart).not.toMatch(/<[^>]* (?:role|aria-(?!hidden)[a-z]+)=/);
    for (const [chart = ""] of [named]) {
      expect(chart).toContain('>a role="</text>');
      expect(chart.match(/<text/g)?.length).toBe(chart.match(/<\/text>/g)?.length);
    }
  });

  it("names long columns by their ends, which differ", async () => {
    const [strengths = ""] = (await statisticsPage(stats)).split("<h2>Drift</h2>");
    expect(strengths).toContain(">…_a_long_name_7d</text>");
    expect(strengths).toContain(">store__restaurant__kitchen__a_feature_with_a_long_name_7d</th>");
  });

  it("has beside each chart its numbers as a table", async () => {
    const page = await statisticsPage(stats);
    const parts = page.split('<div class="chart"').slice(1);
    expect(parts.length).toBeGreaterThan(stats.columns.length);
    for (const part of parts)
      expect(part).toMatch(/^ role="img" aria-label="[^"]*(number|table)[\s\S]*?<\/svg>[\s\S]*?<table>/);
    const histogram = stats.columns.find(({ name }) => name === "normal")?.numbers?.histogram;
    const table = page.split(/<caption>\s*Histogram of normal/)[1]?.split("</table>")[0] ?? "";
    const counts = [...table.matchAll(/<\/th>\s*<td class="n">([\d,]+)<\/td>/g)].map(([, n = ""]) =>
      Number(n.replaceAll(",", "")),
    );
    expect(counts).toEqual(histogram?.counts);
  });

  it("also shows what has no rows, and what is compared with nothing", async () => {
    const nothing = await featureStats({ set: "set", folder, from: "2100-01-01T00:00:00Z", against: null });
    const page = await statisticsPage(nothing);
    expect(page).toContain("No row has a value.");
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(page).not.toContain("<h2>Drift</h2>");
    expect(await statisticsPage({ ...stats, columns: [], associations: [] })).toContain("<h2>Columns</h2>");
    expect(await statisticsPage(stats)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("says what to install where vega is not there", async () => {
    const gone = Object.assign(new Error("no vega"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(loadVega(() => Promise.reject(gone))).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      hint: "Run: npm install vega@6",
    });
    await expect(loadVega(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });
});

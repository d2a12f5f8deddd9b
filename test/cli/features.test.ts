import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FeatureStats } from "../../src/featurestore/index.ts";
import { open } from "../../src/open.ts";
import { holdoutFrom, type OrdersProject, ordersProject, step, trainingSetArguments } from "./orders-project.ts";
import { errorOf, tondo, tondoWith } from "./run-tondo.ts";

let project: OrdersProject;
let folder: string;
beforeAll(async () => {
  project = await ordersProject("applied");
  ({ folder } = project);
  await step(folder, ...trainingSetArguments, "--raw");
});
afterAll(() => project[Symbol.asyncDispose]());

async function stats(...argv: readonly string[]): Promise<FeatureStats> {
  return (await step(folder, "features", "stats", ...argv)) as unknown as FeatureStats;
}

describe("tondo features stats", () => {
  it("shows what columns hold, how they drift, and what goes with each label", async () => {
    const { out } = await tondo(folder, "features", "stats", "training/eta");
    expect(out).toMatch(
      /^eta: 5,\d{3} train rows of training\/eta, 2024-01-01 [\d:]+ to 2024-02-15 [\d:]+\nagainst eta: 1,\d{3} holdout rows/,
    );
    expect(out).toMatch(/\nprep +slot +float\? +100\.0 % +[\d,]+ .*[▁▂▃▄▅▆▇█]+\n/);
    expect(out).toMatch(/\nlate +label +bool\? .* false 8\d\.\d %, true 1\d\.\d %\n/);
    expect(out).toMatch(/\nDrift\nCOLUMN +PSI +KS +P +TV +PRESENT +THERE\n[^\n]+(stable|moderate)\n/);
    expect(out).toMatch(/\nWhat goes with minutes\nFEATURE +STRENGTH +PEARSON .*\nkm +0\.6\d+ .* Pearson\n/);
    expect(out).toContain("\nWhat goes with late\n");
    // Colours change no alignment and nothing else.
    const { out: coloured } = await tondoWith({ folder, colours: true }, "features", "stats", "training/eta");
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(out);
  });

  it("prints the same as JSON, with moments as ISO 8601, and again to the letter", async () => {
    const { out } = await tondo(folder, "features", "stats", "training/eta", "--json");
    expect((await tondo(folder, "features", "stats", "training/eta", "--json", "--threads", "1")).out).toBe(out);
    const found = JSON.parse(out) as FeatureStats;
    expect(found.subject).toMatchObject({
      folder: "training/eta",
      part: "train",
      first: expect.stringMatching(/^2024-01-01T.*Z$/) as string,
    });
    expect(found.columns.map(({ role }) => role)).toContain("raw");
    const strengths = found.associations
      .filter(({ label }) => label === "minutes")
      .map(({ strength }) => strength ?? 0);
    expect(strengths).toEqual(strengths.toSorted((a, b) => b - a));
  });

  it("compares periods, parts, sets, or nothing", async () => {
    const one = ["--columns", "prep", "--label", "minutes"];
    const periods = await stats(
      "training/eta",
      ...one,
      "--part",
      "all",
      "--to",
      holdoutFrom,
      "--against-from",
      holdoutFrom,
    );
    const parts = await stats("training/eta", ...one, "--against-part", "holdout");
    expect(periods.columns[0]?.drift).toEqual(parts.columns[0]?.drift);
    expect(periods.columns.map(({ name }) => name)).toEqual(["prep", "minutes"]);
    const itself = await stats("training/eta", ...one, "--against", "training/eta");
    expect(itself.columns[0]?.drift).toMatchObject({ psi: 0, verdict: "stable" });
    expect((await stats("training/eta", ...one, "--no-drift")).against).toBeNull();
  });

  it("describes a vector on rows and keeps no training set", async () => {
    const before = await readdir(folder);
    const found = await stats("eta", "--rows", "data/deliveries.parquet", "--columns", "km,prep", "--no-drift");
    expect(found.subject).toMatchObject({ folder: null, vector: "eta", rows: 7033 });
    expect(found.columns.map(({ name }) => name)).toEqual(["prep", "km", "minutes", "late"]);
    expect(await readdir(folder)).toEqual(before);
  });

  it("is what an opened project answers too", async () => {
    await using opened = await open({ folder });
    const asked = { columns: ["km"], labels: ["minutes"], against: null } as const;
    const found = await opened.featureStats({ set: "training/eta", ...asked });
    const shown = await stats("training/eta", "--columns", "km", "--label", "minutes", "--no-drift");
    expect(found.columns).toEqual(shown.columns);
    expect(found.associations).toEqual(shown.associations);
  });

  it("writes a page", async () => {
    const made = await step(folder, "features", "stats", "training/eta", "--html", "pages/eta.html");
    expect(made["html"]).toBe("pages/eta.html");
    expect(await readFile(join(folder, "pages/eta.html"), "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/i);
    const { out } = await tondo(
      folder,
      "features",
      "stats",
      "training/eta",
      "--columns",
      "km",
      "--html",
      "pages/eta.html",
    );
    expect(out).toMatch(/\n\nwrote pages\/eta.html\n$/);
  });

  it.each([
    [["stat", "training/eta"], "USAGE", /no "stat"/, /Did you mean "stats"/],
    [["stats"], "USAGE", /SET is missing/, undefined],
    [["stats", "training/eta", "--part", "hold-out"], "USAGE", /"hold-out" is no part/, /holdout/],
    [["stats", "training/eta", "--no-drift", "--against-part", "train"], "USAGE", /compares with nothing/, undefined],
    [["stats", "training/eta", "--from", "yesterday"], "USAGE", /--from/, undefined],
    [["stats", "training/eta", "--at-column", "t"], "USAGE", /goes with --rows/, undefined],
    [["stats", "eta", "--rows", "data/deliveries.parquet", "--part", "all"], "USAGE", /--part goes with/, undefined],
    [["stats", "training/eta", "--bins", "1001"], "INVALID_ARGUMENT", /bins: 1001/, undefined],
    [["stats", "training/eta", "--columns", "prepp"], "INVALID_ARGUMENT", /"prepp"/, /Did you mean "prep"/],
    [["stats", "training"], "MANIFEST_INVALID", /no training set/, /tondo training-set/],
    [["stats", "etaa", "--rows", "data/deliveries.parquet"], "UNKNOWN_VECTOR", /"etaa"/, /eta/],
  ] as const)("says what is wrong with %j", async (argv, code, message, hint) => {
    const ran = await tondo(folder, "features", ...argv, "--json");
    expect(ran.code).toBe(code === "USAGE" ? 2 : 1);
    const error = errorOf(ran);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    if (hint !== undefined) expect(error.hint).toMatch(hint);
  });
});

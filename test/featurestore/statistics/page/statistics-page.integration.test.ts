import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { featureStats, statisticsPage } from "../../../../src/featurestore/index.ts";
import { type Browser, openBrowser } from "../../../servers/chromium.ts";
import { measure, type Seen } from "./measure-page.ts";
import { writeStatisticsSet } from "./statistics-set.ts";

describe("the page of statistics in Chromium", () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-page-"));
    await writeStatisticsSet(join(folder, "set"));
    await writeFile(join(folder, "page.html"), await statisticsPage(await featureStats({ set: "set", folder })));
    browser = await openBrowser();
    // The first time, it may have to be fetched.
  }, 600_000);
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it.each([
    { width: 400, scheme: "light" },
    { width: 400, scheme: "dark" },
    { width: 1600, scheme: "light" },
    { width: 1600, scheme: "dark" },
  ] as const)("is readable at $width, $scheme", async (screen) => {
    const seen = (await browser.look(join(folder, "page.html"), screen, measure)) as Seen;
    expect(seen.overflows).toEqual([]);
    expect(seen.charts).toBeGreaterThan(12);
    expect(seen.smallest).toBeGreaterThan(9);
    expect(seen.outside).toEqual([]);
    // What WCAG 2.2 asks of text.
    expect(seen.contrast).toBeGreaterThan(4.5);
    expect(seen.bar).toBe(screen.scheme === "light" ? "rgb(47, 111, 183)" : "rgb(106, 169, 238)");
    expect(seen.columns).toBe(screen.width === 400 ? 1 : 4);
    expect(browser.complaints).toEqual([]);
  });
});

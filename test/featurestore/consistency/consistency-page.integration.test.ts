import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consistencyPage } from "../../../src/featurestore/index.ts";
import { type Browser, openBrowser } from "../../servers/chromium.ts";
import { measure, type Seen } from "../statistics/page/measure-page.ts";
import { shownReport } from "./shown-report.ts";

describe("the page of a comparison in Chromium", () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-page-"));
    await writeFile(join(folder, "page.html"), await consistencyPage(shownReport));
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
    expect(seen.charts).toBe(3);
    expect(seen.smallest).toBeGreaterThan(9);
    expect(seen.outside).toEqual([]);
    // What WCAG 2.2 asks of text.
    expect(seen.contrast).toBeGreaterThan(4.5);
    expect(seen.bar).toBe(screen.scheme === "light" ? "rgb(26, 127, 75)" : "rgb(92, 203, 146)");
    expect(browser.complaints).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { consistencyPage, consistencyText } from "../../../src/featurestore/index.ts";
import { shownReport } from "./shown-report.ts";

describe("consistencyPage", () => {
  it("is one page that loads nothing and runs nothing, the same each time", async () => {
    const page = await consistencyPage(shownReport);
    expect(await consistencyPage(shownReport)).toBe(page);
    expect(page).not.toMatch(/<script|<link|<iframe|<img|<[^>"]*\son\w+=|javascript:|@import|url\(/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(new Set(page.match(/https?:\/\/[^"<\s]*/g))).toEqual(new Set(["http://www.w3.org/2000/svg"]));
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it("shows the verdict, warnings, counts and examples, and names of files as text", async () => {
    const page = await consistencyPage(shownReport);
    expect(page).toContain('<p class="wrong">2 of 6 features and slots differ in 1,200 requests</p>');
    expect(page).toContain("kitchen: the file &lt;b&gt; was rewritten");
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(page).toContain("&lt;/style&gt;&lt;b&gt;");
    expect(page).toMatch(/>50\.0 % not equal<[\s\S]*>statuses disagree<[\s\S]*>within tolerance<[\s\S]*>not compared</);
    // What differs by one bit is shown as two values, and what is hidden as none.
    expect(page).toMatch(/<td class="t">0\.30000000000000004<\/td>\s*<td class="t">0\.3<\/td>/);
    expect(page).toContain("not shown");
    expect(page).toContain("the log has no slot &quot;prep&quot;");
  });

  it("has beside each chart its numbers as a table, and of what is equal as well", async () => {
    const page = await consistencyPage(shownReport);
    const parts = page.split('<div class="chart"').slice(1);
    expect(parts).toHaveLength(3);
    for (const part of parts) expect(part).toMatch(/^ role="img" aria-label="[^"]*numbers are in the table"/);
    expect(page.match(/<table>/g)?.length).toBe(4);
    // Of 600 rows that are not equal of 1,200 the bars are half as long as that of what all are.
    expect(page).toContain(">…_a_long_name_7d</text>");
    const fine = await consistencyPage({
      ...shownReport,
      consistent: true,
      features: [],
      notCompared: [],
      warnings: [],
    });
    expect(fine).toContain('<p class="fine">1 of 1 features and slots are as served in 1,200 requests</p>');
    expect(fine.split('<div class="chart"')).toHaveLength(2);
    const nothing = await consistencyPage({
      ...shownReport,
      features: [],
      slots: [],
      first: null,
      last: null,
      rows: 0,
    });
    expect(nothing).toContain("nothing was compared: there is nothing to say of 0 requests");
  });
});

describe("consistencyText", () => {
  it("says what differs with values to the last digit, and shows no sign that a terminal obeys", () => {
    const text = consistencyText({
      ...shownReport,
      warnings: [{ code: "no-load", message: "a \u001b[31mred\u001b[0m warning", rows: 1 }],
    });
    expect(text.split("\n")).toEqual([
      "eta: 2 of 6 features and slots differ in 1,200 requests",
      "  store__restaurant__kitchen__a_feature_with_a_long_name_7d: 600 of 1,200 rows differ, 200 missing in the log alone, 100 missing in training alone, by at most 5.551115123125783e-17, relative 1.85e-16, 4 statuses disagree, 30 of them where agreement was never promised",
      '    request <img src=x onerror=alert(1)> at 2024-03-01T00:00:00.000Z, store "</style><b>": served 0.30000000000000004, training gives 0.3',
      "    request at 2024-03-01T00:00:00.000Z: values not shown (agreement was never promised for it)",
      "  store__restaurant__kitchen__flags: 0 of 1,200 rows differ, 3 statuses disagree",
      "warning: a \\u{1b}[31mred\\u{1b}[0m warning",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import {
  asTondoError,
  errorText,
  jsonLine,
  pairs,
  printable,
  progressLines,
  spanText,
  styleOf,
  table,
  valueText,
} from "../../../src/cli/output/index.ts";
import { TondoError } from "../../../src/core/index.ts";

const plain = styleOf(false);

describe("table", () => {
  it("aligns columns, also of colours and wide characters", () => {
    const red = styleOf(true).red("ab");
    expect(
      table(
        [{ name: "A" }, { name: "N", align: "right" }],
        [
          [red, "1"],
          ["東京", "12345"],
          ["é", ""],
        ],
      ),
    ).toBe([`A         N`, `${red}        1`, `東京  12345`, `é`].join("\n"));
    expect(
      pairs([
        ["a", "1"],
        ["long", "2"],
      ]),
    ).toBe("a     1\nlong  2");
  });
});

describe("progress", () => {
  const run = (live: boolean): string => {
    let text = "";
    let time = 0;
    const progress = progressLines({
      write: (part) => (text += part),
      live,
      columns: 60,
      style: plain,
      now: () => time,
    });
    progress.start("reading", 1000);
    time = 50;
    progress.update(1);
    time = 11_000;
    progress.update(500);
    time = 12_000;
    progress.finish("1000 rows");
    progress.start("writing");
    progress.close();
    return text;
  };
  it("redraws one line on a terminal, with rate and estimate", () => {
    expect(run(true).split("\r\u001b[K")).toEqual([
      "reading: 0 of 1,000 …",
      "reading: 500 of 1,000, 45/s, about 11 s left …",
      "✓ reading: 1000 rows (12 s)\nwriting …",
      "",
    ]);
  });
  it("writes plain lines elsewhere, one each ten seconds", () => {
    expect(run(false)).toBe("reading: 500 of 1,000, 45/s, about 11 s left …\nreading: 1000 rows (12 s)\n");
  });
});

describe("what a step is busy with", () => {
  const lines = (live: boolean): string => {
    let text = "";
    let time = 0;
    const write = (part: string): void => {
      text += part;
    };
    const progress = progressLines({ write, live, columns: 80, style: plain, now: () => time });
    progress.start("joining features", 3);
    for (let i = 0; i <= 40; i++) {
      time = i * 300;
      progress.within?.({ name: "joining key:windows", rows: i * 360_000, total: 33_000_000 });
    }
    progress.update(1);
    time += 300;
    progress.within?.({ name: "joining key:other", rows: 5 });
    time += 1000;
    progress.within?.({ name: "joining key:other", rows: 950 });
    progress.finish("9 rows");
    return text;
  };
  it("is shown with percent, rate and estimate", () => {
    const drawn = lines(true).split("\r\u001b[K");
    expect(drawn).toHaveLength(1 + 40 + 3);
    expect(drawn[40]).toBe("joining key:windows (1 of 3): 43 %, 1.2M rows/s, 0:16 left …");
    expect(drawn[42]).toBe("joining key:other (2 of 3): 950 rows, 945 rows/s …");
    expect(drawn.at(-1)).toBe("✓ joining features: 9 rows (13 s)\n");
  });
  it("is no flood elsewhere", () => {
    expect(lines(false)).toBe(
      "joining key:windows (1 of 3): 37 %, 1.2M rows/s, 0:18 left …\njoining features: 9 rows (13 s)\n",
    );
  });
});

describe("texts", () => {
  it("shows an error with where and hint, and no control characters of files", () => {
    const error = new TondoError("IO_FAILED", "no \u001b[2J file", { where: "/a", hint: "Look." });
    expect(errorText(error, plain)).toBe("error[IO_FAILED]: no \\u{1b}[2J file\n  --> /a\n  hint: Look.\n");
    expect(printable("a\u202eb\nc")).toBe("a\\u{202e}b\nc");
  });
  it("calls what has no code a defect, with its stack", () => {
    const error = asTondoError(new RangeError("off by one"));
    expect(error.code).toBe("INTERNAL");
    expect(error.message).toMatch(/off by one\n +at /);
    expect(error.hint).toContain("report");
  });
  it("writes values for people and for programs", () => {
    expect(valueText(1709233200000000, "timestamp")).toBe("2024-02-29T19:00:00.000Z");
    expect(valueText(19782, "date")).toBe("2024-02-29");
    expect(valueText(5_400_000_000, "duration")).toBe("90m");
    expect(valueText(1 / 3, "float")).toBe("0.333333");
    expect(valueText(null, "int")).toBe("-");
    expect(valueText(2n ** 60n, "int")).toBe("1152921504606846976");
    expect(valueText(["a", "\u001b[31mred"], "list<string>")).not.toContain("\u001b");
    expect(valueText([true, false], "list<bool>")).toBe("[true, false]");
    expect(valueText([19782], "list<date>")).toBe("[2024-02-29]");
    expect(valueText([], "list<int>")).toBe("[]");
    expect(valueText(Array.from({ length: 20 }, (_, i) => i / 3).slice(0, 9), "embedding(9)")).toBe(
      "[0, 0.333333, 0.666667, 1, 1.33333, 1.66667, 2, 2.33333, ... 1 more]",
    );
    expect(jsonLine({ list: [1, 2n ** 60n] })).toBe('{"list":[1,"1152921504606846976"]}\n');
    expect(jsonLine({ a: 5n, b: 2n ** 60n, c: NaN })).toBe('{"a":5,"b":"1152921504606846976","c":null}\n');
    expect([0.04, 59.6, 61, 3700, 90_000].map(spanText)).toEqual([
      "0.0 s",
      "60 s",
      "1 min 1 s",
      "1 h 1 min",
      "1 d 1 h",
    ]);
  });
});

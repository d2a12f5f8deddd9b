import { describe, expect, it } from "vitest";
import { styleOf } from "../../../src/cli/output/index.ts";
import { failureWarnings } from "../../../src/cli/stream/failure-warnings.ts";
import { StreamLine } from "../../../src/cli/stream/stream-line.ts";
import { TondoError } from "../../../src/core/index.ts";
import type { StreamMetrics } from "../../../src/featurestore/index.ts";

const counts = { read: 0, repeated: 0, waiting: 0, erased: 0, dead: 0, lag: 0 };

const metrics = (applied: number, more: Partial<typeof counts> = {}, failing?: { code: string }): StreamMetrics => ({
  partitions: [
    { source: "orders", topic: "orders", partition: "0", ...counts, ...more, applied },
    { source: "orders", topic: "orders", partition: "1", ...counts, applied: 1000 },
  ],
  sources: [
    {
      ...{ source: "orders", flushes: 0, failures: 0, fenced: 0, late: 0, buffered: { events: 0, bytes: 0 } },
      lastFlush: { events: 0, bytes: 0, seconds: 0 },
      ...(failing === undefined ? {} : { failing: { ...failing, message: "it does", since: 0 } }),
    },
  ],
});

describe("the line of a stream", () => {
  const drawn = (
    live: boolean,
    columns: number,
    work: (line: StreamLine, at: (ms: number) => void) => void,
  ): string => {
    let text = "";
    let ms = 0;
    const write = (part: string): void => void (text += part);
    const line = new StreamLine({ ...{ write, live, columns, style: styleOf(false) }, now: () => ms });
    work(line, (now) => (ms = now));
    return text;
  };

  it("is rewritten where it changes, with the rate of the last seconds", () => {
    const text = drawn(true, 80, (line, at) => {
      line.draw(metrics(0));
      line.draw(metrics(0));
      at(1000);
      line.draw(metrics(250, { lag: 12 }));
      at(60_000);
      line.draw(metrics(250));
      at(63_000);
      line.draw(metrics(295, { dead: 1 }, { code: "STORE_FULL" }));
      line.close();
    });
    expect(text.split("\r\u001b[K")).toEqual([
      "1,000 events applied, 0/s, lag 0",
      "1,250 events applied, 250/s, lag 12",
      "1,250 events applied, 0/s, lag 0",
      "1,295 events applied, 15/s, lag 0, 1 dead letter, failing: orders STORE_FULL",
      "",
    ]);
  });

  it("stays below what is said, and within the terminal", () => {
    const text = drawn(true, 21, (line) => {
      line.draw(metrics(0));
      line.say("one thing");
    });
    expect(text).toBe("1,000 events applied\r\u001b[Kone thing\n1,000 events applied");
  });

  it("is not drawn where it cannot be rewritten", () => {
    const text = drawn(false, 80, (line) => {
      line.draw(metrics(0));
      line.say("one thing");
      line.close();
    });
    expect(text).toBe("one thing\n");
  });
});

describe("warnings of what is tried again", () => {
  it("come once for a message and source, and again where it had not come for a while", () => {
    const said: string[] = [];
    let ms = 0;
    const warn = failureWarnings(
      (text) => said.push(text),
      styleOf(false),
      () => ms,
    );
    const full = new TondoError("STORE_FULL", "no room", { hint: "Make some." });
    for (ms = 0; ms <= 300_000; ms += 5000) warn("orders", full);
    warn("sales", full);
    warn("orders", new TondoError("STORE_UNAVAILABLE", "no\nanswer\u001b[2J"));
    warn("orders", full);
    ms += 60_000;
    warn("orders", full);
    expect(said).toEqual([
      "warning: orders: [STORE_FULL] no room; it is tried again. Make some.",
      "warning: sales: [STORE_FULL] no room; it is tried again. Make some.",
      expect.stringMatching(
        /^warning: orders: \[STORE_UNAVAILABLE\] no answer[^\u001b]*; it is tried again\.$/,
      ) as string,
      "warning: orders: [STORE_FULL] no room; it is tried again. Make some.",
      "warning: orders: [STORE_FULL] no room; it is tried again. Make some.",
    ]);
  });
});

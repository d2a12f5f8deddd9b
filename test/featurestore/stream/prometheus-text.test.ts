import { describe, expect, it } from "vitest";
import { type PartitionMetrics, prometheusText, type SourceMetrics } from "../../../src/featurestore/index.ts";

const partition = (over: Partial<PartitionMetrics> = {}): PartitionMetrics => ({
  ...{ source: "orders", topic: "shop-orders", partition: "0" },
  ...{ read: 12, applied: 9, repeated: 1, dead: 2, waiting: 3, erased: 4, lag: 7, watermark: 1_700_000_000_500_000 },
  ...over,
});

const source = (over: Partial<SourceMetrics> = {}): SourceMetrics => ({
  ...{ source: "orders", flushes: 5, failures: 6, fenced: 1, late: 2 },
  lastFlush: { events: 3, bytes: 400, seconds: 0.0125 },
  buffered: { events: 1, bytes: 80 },
  ...over,
});

/** The samples of a text, by name and labels; every line must be one of the format's, and every sample there once. */
function samplesOf(text: string): Readonly<Record<string, number>> {
  const samples = new Map<string, number>();
  const typed = new Set<string>();
  expect(text.endsWith("\n")).toBe(true);
  for (const line of text.slice(0, -1).split("\n")) {
    const [, commented, kind] = /^# (?:HELP|TYPE) (\w+) (.+)$/.exec(line) ?? [];
    if (commented !== undefined) {
      if (line.startsWith("# TYPE")) {
        expect(kind).toBe(commented.endsWith("_total") ? "counter" : "gauge");
        expect(typed.has(commented)).toBe(false);
        typed.add(commented);
      }
      continue;
    }
    const [, sample = "", name = "", value] =
      /^((\w+)\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\}) (\S+)$/.exec(line) ?? [];
    expect([line, typed.has(name), samples.has(sample)]).toEqual([line, true, false]);
    samples.set(sample, Number(value));
  }
  return Object.fromEntries(samples);
}

describe("Prometheus' text of a stream", () => {
  it("has each number of each partition and source, counters by their ending", () => {
    const samples = samplesOf(prometheusText({ sources: [source()], partitions: [partition()] }));
    const at = 'source="orders",topic="shop-orders",partition="0"';
    expect(samples).toEqual({
      [`tondo_stream_events_read_total{${at}}`]: 12,
      [`tondo_stream_events_applied_total{${at}}`]: 9,
      [`tondo_stream_events_repeated_total{${at}}`]: 1,
      [`tondo_stream_events_dead_total{${at}}`]: 2,
      [`tondo_stream_events_waiting_total{${at}}`]: 3,
      [`tondo_stream_events_erased_total{${at}}`]: 4,
      [`tondo_stream_lag{${at}}`]: 7,
      [`tondo_stream_watermark_seconds{${at}}`]: 1_700_000_000.5,
      'tondo_stream_flushes_total{source="orders"}': 5,
      'tondo_stream_flushes_late_total{source="orders"}': 2,
      'tondo_stream_failures_total{source="orders"}': 6,
      'tondo_stream_fenced_total{source="orders"}': 1,
      'tondo_stream_failing{source="orders"}': 0,
      'tondo_stream_last_flush_events{source="orders"}': 3,
      'tondo_stream_last_flush_bytes{source="orders"}': 400,
      'tondo_stream_last_flush_seconds{source="orders"}': 0.0125,
      'tondo_stream_buffered_events{source="orders"}': 1,
      'tondo_stream_buffered_bytes{source="orders"}': 80,
    });
  });

  it("writes the lines of a family behind its own help and type", () => {
    const text = prometheusText({ sources: [], partitions: [partition(), partition({ partition: "1", read: 1 })] });
    expect(text).toContain(
      [
        "# HELP tondo_stream_events_read_total Events that were read.",
        "# TYPE tondo_stream_events_read_total counter",
        'tondo_stream_events_read_total{source="orders",topic="shop-orders",partition="0"} 12',
        'tondo_stream_events_read_total{source="orders",topic="shop-orders",partition="1"} 1',
        "# HELP tondo_stream_events_applied_total",
      ].join("\n"),
    );
  });

  it("says nothing where nothing was read", () => {
    expect(prometheusText({ sources: [], partitions: [] })).toBe("");
  });

  it("says since when it fails, and no watermark before the first event", () => {
    const failing = { code: "STORE_FULL", message: "no room\n# TYPE", since: 1_700_000_000_000_000 };
    const text = prometheusText({ sources: [source({ failing })], partitions: [] });
    const samples = samplesOf(text);
    expect(samples['tondo_stream_failing{source="orders"}']).toBe(1);
    expect(samples['tondo_stream_failing_since_seconds{source="orders"}']).toBe(1_700_000_000);
    // A message is another each time, and a label's values are kept for good.
    expect(text).not.toContain("no room");
    const { watermark: _, ...fresh } = partition();
    expect(prometheusText({ sources: [], partitions: [fresh] })).not.toContain("watermark");
  });

  it("escapes labels: nothing that a name holds ends it, or begins a line", () => {
    const hostile = 'a"} 1\n# TYPE b counter\n\\"{x="\\n';
    const samples = samplesOf(
      prometheusText({ sources: [], partitions: [partition({ partition: hostile, topic: "\ud800x\\" })] }),
    );
    const read = Object.keys(samples).filter((name) => name.startsWith("tondo_stream_events_read_total"));
    expect(read).toEqual([
      'tondo_stream_events_read_total{source="orders",topic="\ufffdx\\\\",partition="a\\"} 1\\n# TYPE b counter\\n\\\\\\"{x=\\"\\\\n"}',
    ]);
  });

  it("gives a source with several topics once: Prometheus takes none of a text that repeats a sample", () => {
    const failing = { code: "STORE_FULL", message: "full", since: 2_000_000 };
    const slow = { events: 1, bytes: 2, seconds: 3 };
    const text = prometheusText({ sources: [source(), source({ lastFlush: slow, failing })], partitions: [] });
    expect(samplesOf(text)).toMatchObject({
      'tondo_stream_flushes_total{source="orders"}': 10,
      'tondo_stream_failing{source="orders"}': 1,
      'tondo_stream_last_flush_seconds{source="orders"}': 3,
      'tondo_stream_buffered_bytes{source="orders"}': 160,
    });
  });
});

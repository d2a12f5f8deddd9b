import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { defaultStreamLimits, prometheusText, type StreamMetrics } from "../../src/featurestore/index.ts";
import { defaultKafkaLimits } from "../../src/kafka.ts";
import { runProgram, runShellBlocks } from "./shell-blocks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(join(root, "docs/streams.md"), "utf8");

it("docs/streams.md shows definitions, a program and commands that run one after the other, and say what it says", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tondo-streams-"));
  try {
    const [, definitions = ""] = /```tondo\n(.*?)```/s.exec(page) ?? [];
    await writeFile(join(folder, "shop.tondo"), definitions);
    const at = page.indexOf("```ts\n");
    const [before, after] = [page.slice(0, at), page.slice(at)];
    expect(await runShellBlocks(before, folder)).toBe(1);
    const [, said = "nothing"] = /console\.log\(.*\/\/ (.*)\n/.exec(after) ?? [];
    expect(await runProgram(page, folder)).toEqual({ stdout: `${said}\n`, stderr: "" });
    expect(await runShellBlocks(after, folder)).toBe(5);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);

it("docs/streams.md shows a schema of Avro that has the columns of its definitions, and how it is given", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tondo-streams-"));
  try {
    const [, definitions = ""] = /```tondo\n(.*?)```/s.exec(page) ?? [];
    const [, schema = ""] = /```json\n(.*?)```/s.exec(page) ?? [];
    await writeFile(join(folder, "shop.tondo"), definitions);
    await mkdir(join(folder, "schemas"));
    const [before] = page.split("With nothing to start");
    expect(await runShellBlocks(before ?? "", folder)).toBe(1);
    // Nothing answers there: schemas are read and held against columns before.
    const program = page.replace("127.0.0.1:9092", "127.0.0.1:1");
    const said = async (text: string): Promise<string> => {
      await writeFile(join(folder, "schemas", "orders.avsc"), text);
      return runProgram(program, folder, 1).then(
        String,
        (error: unknown) => (error as { readonly stderr: string }).stderr,
      );
    };
    expect(await said(schema.replace("timestamp-micros", "time-micros"))).toContain(
      'no value of the field "ordered_at"',
    );
    expect(await said(schema)).toContain("EVENTS_UNAVAILABLE");
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);

it("docs/streams.md names the limits as they are", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| ([\d,]+) +\|/gm)].map(([, name, value]) => [
    name,
    Number(value?.replaceAll(",", "")),
  ]);
  expect(Object.fromEntries(rows)).toEqual({ ...defaultStreamLimits, ...defaultKafkaLimits });
});

it("docs/streams.md names all metrics, with their labels", () => {
  const metrics: StreamMetrics = {
    partitions: [
      {
        ...{ source: "s", topic: "t", partition: "0", read: 0, applied: 0, repeated: 0, dead: 0 },
        ...{ waiting: 0, erased: 0, lag: 0, watermark: 0 },
      },
    ],
    sources: [
      {
        ...{ source: "s", flushes: 0, failures: 0, fenced: 0, late: 0, buffered: { events: 0, bytes: 0 } },
        lastFlush: { events: 0, bytes: 0, seconds: 0 },
        failing: { code: "STORE_FULL", message: "full", since: 0 },
      },
    ],
  };
  const said = [...page.matchAll(/^\| `(tondo_stream_\w+)` +\| ([a-z, ]+?) +\|/gm)].map(
    ([, name, labels]) => [name, labels] as const,
  );
  const there = [...prometheusText(metrics).matchAll(/^(\w+)\{(.*)\} /gm)].map(
    ([, name, labels = ""]) => [name, [...labels.matchAll(/(\w+)=/g)].map(([, label]) => label).join(", ")] as const,
  );
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(there));
});

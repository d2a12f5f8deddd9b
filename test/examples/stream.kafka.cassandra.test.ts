import { spawn } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../examples/stream/answers.ts";
import { printSummary } from "../../examples/stream/print-summary.ts";
import type { Summary } from "../../examples/stream/run-stream.ts";
import { kafkaClient } from "../servers/kafka-client.ts";
import { readTopic, type ReadMessage } from "../servers/read-topic.ts";
import { sharedCassandra } from "../servers/shared-cassandra.ts";
import { sharedKafka } from "../servers/shared-kafka.ts";

const examples = join(import.meta.dirname, "../../examples/stream");

/** Runs the example as people do. */
async function run(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const environment = { PATH: process.env["PATH"] ?? "" };
  const child = spawn(process.execPath, [join(examples, "main.ts"), ...args], { env: environment });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

/** An order as it lies in the file or in the topic. */
interface Order {
  readonly order_id: string;
  readonly restaurant: string;
  readonly courier: string;
  readonly at: number;
  readonly minutes: number;
  readonly price: number;
  readonly tip: number | null;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How far a window reaches back, and by which steps it moves: docs/time-contract.md. */
const windows = { "1h": [hour, 5 * minute], "1d": [24 * hour, hour], "7d": [7 * 24 * hour, hour] } as const;

describe("the example of streams, on a real Kafka and a real Cassandra", () => {
  let folder: string;
  let summary: Summary;
  /** What was delivered by the file and by the messages that are orders, each once, as it was said last. */
  let orders: readonly Order[];
  let letters: readonly ReadMessage[];
  let kitchens: readonly ReadMessage[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-example-"));
    await copyFile(join(examples, "features.tondo"), join(folder, "features.tondo"));
    const { bootstrap } = await sharedKafka();
    const { contactPoint } = await sharedCassandra();
    const { code, out, err } = await run(
      ...["--kafka", bootstrap, "--cassandra", contactPoint, "--folder", folder, "--json"],
    );
    if (code !== 0) throw new Error(`it ended with ${String(code)}: ${out}\n${err}`);
    summary = JSON.parse(out) as Summary;
    const kafka = kafkaClient({ bootstrap });
    const messages = await readTopic({ kafka, topic: "tondo-example-orders" });
    orders = lastVersions([...(await past(join(folder, "data/orders.csv"))), ...messages.flatMap(orderOf)]);
    letters = await readTopic({ kafka, topic: "tondo-example-orders.dead-letters" });
    kitchens = await readTopic({ kafka, topic: "tondo-example-kitchens" });
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("serves what training has, in each request, and would not were rows known when they happened", () => {
    expect(summary.agreement).toEqual({ compared: 300, agree: 300, differences: [] });
    expect(summary.declared.compared).toBe(300);
    expect(summary.declared.agree).toBeLessThan(150);
  });

  it("applies each event once, and keeps what is none", () => {
    expect(summary.served).toMatchObject({ messages: 128, applied: 126, dead: 2 });
    expect(summary.loggedBack).toEqual({ orders: 118, kitchens: 8 });
    expect(letters.map(({ key }) => String(key)).sort()).toEqual(["rubbish-0", "rubbish-1"]);
    expect(summary.letters).toEqual([
      { key: "rubbish-0", value: "delivered!!1", reason: "the event is no JSON" },
      expect.objectContaining({ key: "rubbish-1", reason: 'column "price" is no float' }),
    ]);
  });

  it("changes features with each wave", () => {
    const seen = summary.served.watched.map(({ values }) => values["store__restaurant__orders__orders_1h"]);
    expect(seen).toEqual([0, 7, 15, 20]);
  });

  it("serves in the end what a naive reading of file and topics gives, and the same once that was loaded", () => {
    expect(orders).toHaveLength(summary.past + 116);
    for (const answers of [summary.streamed, summary.loaded]) {
      expect(new Set(answers.map(({ store }) => store)).size).toBe(6);
      for (const answer of answers) expect(answer.values).toEqual(expected(answer));
    }
  });

  it("prints what its README shows", async () => {
    const out = new PassThrough();
    printSummary(summary, out);
    out.end();
    const printed = (await text(out)).trim().split("\n");
    const [, shown = ""] =
      /```text\n(Streamed .*?)```/s.exec(await readFile(join(examples, "README.md"), "utf8")) ?? [];
    for (const [i, line] of shown.trim().split("\n").entries())
      expect(isShown(printed[i] ?? "", line) ? line : printed[i]).toBe(line);
  });

  it("says what it lacks, and how to have it", async () => {
    const { bootstrap } = await sharedKafka();
    const said = async (...args: readonly string[]): Promise<unknown> => {
      const { code, out, err } = await run(...args);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toContain("npm run example:stream");
      return /error\[(\w+)\]: ([^:]*)/.exec(err)?.slice(1);
    };
    expect(await said()).toEqual(["USAGE", expect.stringContaining("where Kafka is")]);
    expect(await said("--kafka", bootstrap)).toEqual(["USAGE", expect.stringContaining("where Cassandra is")]);
    expect(await said("--kafka", "127.0.0.1:1", "--cassandra", "127.0.0.1:1")).toEqual([
      "EVENTS_UNAVAILABLE",
      expect.stringContaining("no Kafka answers"),
    ]);
    expect(await said("--kafka", bootstrap, "--cassandra", "127.0.0.1:1")).toEqual([
      "STORE_UNAVAILABLE",
      expect.stringContaining("no Cassandra answers"),
    ]);
  });

  /** All values of a request, from the rows alone. */
  function expected({ at, store, rider }: Answer): Record<string, unknown> {
    const moment = Date.parse(at);
    const within = (own: readonly Order[], window: keyof typeof windows): readonly Order[] => {
      const [width, hop] = windows[window];
      const from = Math.floor((moment - width) / hop) * hop;
      return own.filter((order) => order.at >= from && order.at < moment);
    };
    const ofStore = orders.filter(({ restaurant }) => restaurant === store);
    const ofRider = orders.filter(({ courier }) => courier === rider);
    const restaurant = {
      orders_1h: within(ofStore, "1h").length,
      orders_1d: within(ofStore, "1d").length,
      orders_7d: within(ofStore, "7d").length,
      revenue_1h: sum(within(ofStore, "1h").map(({ price }) => price)),
      revenue_7d: sum(within(ofStore, "7d").map(({ price }) => price)),
      minutes_1h: mean(within(ofStore, "1h").map(({ minutes }) => minutes)),
      minutes_7d: mean(within(ofStore, "7d").map(({ minutes }) => minutes)),
      slowest_1d: largest(within(ofStore, "1d").map(({ minutes }) => minutes)),
      late_1h: mean(within(ofStore, "1h").map(({ minutes }) => (minutes > 40 ? 1 : 0))),
      couriers_1d: distinct(within(ofStore, "1d").map(({ courier }) => courier)),
    };
    const courier = {
      rides_1h: within(ofRider, "1h").length,
      rides_7d: within(ofRider, "7d").length,
      tips_1d: sum(within(ofRider, "1d").flatMap(({ tip }) => tip ?? [])),
      best_tip_7d: largest(within(ofRider, "7d").flatMap(({ tip }) => tip ?? [])),
      restaurants_1h: distinct(within(ofRider, "1h").map((order) => order.restaurant)),
      last_price_1d: [...within(ofRider, "1d")].sort((one, other) => one.at - other.at).at(-1)?.price ?? null,
    };
    return {
      ...named("store__restaurant__orders__", restaurant),
      ...named("rider__courier__rides__", courier),
      ...named("store__restaurant__kitchen__", kitchenOf(store)),
    };
  }

  /** The state that its topic said last; none of a restaurant that it says is no more. */
  function kitchenOf(store: string): Record<string, unknown> {
    const last = kitchens.filter(({ key }) => String(key) === store).at(-1);
    const { cooks, menu } = JSON.parse(String(last?.value ?? "{}")) as Record<string, unknown>;
    return { cooks: cooks ?? null, menu: menu ?? null };
  }
});

async function past(file: string): Promise<readonly Order[]> {
  const [, ...lines] = (await readFile(file, "utf8")).trim().split("\n");
  return lines.map((line): Order => {
    const [order_id = "", restaurant = "", courier = "", at = "", minutes, price, tip] = line.split(",");
    const numbers = { minutes: Number(minutes), price: Number(price), tip: tip === "" ? null : Number(tip) };
    return { order_id, restaurant, courier, at: Date.parse(at), ...numbers };
  });
}

/** The order that a message is; none where it is rubbish. */
function orderOf({ value }: ReadMessage): readonly Order[] {
  const text = String(value);
  if (!text.startsWith("{")) return [];
  const { delivered_at, ...order } = JSON.parse(text) as Order & { readonly delivered_at: string };
  return typeof order.price === "number" ? [{ ...order, at: Date.parse(delivered_at) }] : [];
}

function lastVersions(all: readonly Order[]): readonly Order[] {
  return [...new Map(all.map((order) => [order.order_id, order])).values()];
}

/** Whether a line was printed as it is shown: `…` stands for anything. */
function isShown(printed: string, shown: string): boolean {
  const [first = "", ...rest] = shown.split("…");
  const last = rest.at(-1);
  return last === undefined ? printed === shown : printed.startsWith(first) && printed.endsWith(last);
}

/** Added exactly, as whole numbers of 2^-62, and rounded once. */
function sum(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return Number(values.reduce((total, value) => total + BigInt(value * 2 ** 62), 0n)) / 2 ** 62;
}

function mean(values: readonly number[]): number | null {
  const total = sum(values);
  return total === null ? null : total / values.length;
}

function largest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}

function distinct(values: readonly string[]): number | null {
  return values.length === 0 ? null : new Set(values).size;
}

function named(prefix: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}

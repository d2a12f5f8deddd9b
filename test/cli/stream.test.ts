import { rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  order,
  sales,
  secondsAgo,
  type StreamedOrders,
  streamedOrders,
} from "../featurestore/stream/streamed-orders.ts";
import { errorOf, jsonOf, type Ran, spawnTondo, tondo, tondoWith } from "./run-tondo.ts";

const at = ["--events", "events"];

/** Waits until something is so, for some seconds. */
async function until<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let left = 400; left > 0; left--) {
    const found = await ask();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error("it did not come");
}

/** What is served of a shop, shortly: what was applied counts from a moment a little ahead. */
const expectSales = (tondo: StreamedOrders["tondo"]): ReturnType<typeof expect.poll> =>
  expect.poll(() => sales(tondo, "north"));

const metricsUrl = (err: string): string | undefined => /metrics: (http:\S+)\n/.exec(err)?.[1];

async function sampleOf(url: string, name: string): Promise<number | undefined> {
  const text = await (await fetch(url)).text();
  const found = new RegExp(`^tondo_stream_${name}\\{.*\\} (\\S+)$`, "m").exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

describe("a stream", () => {
  let shop: StreamedOrders;
  beforeAll(async () => {
    shop = await streamedOrders();
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 10), "nonsense");
    await shop.append("two.ndjson", order("b", "north", secondsAgo(50), 2));
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  it("applies what is there with --until-empty, and says what became of it", async () => {
    const ran = await tondo(shop.folder, "stream", ...at, "--until-empty", "--max-delay", "20ms");
    expect(ran).toMatchObject({ code: 0, err: "" });
    // On a machine that is busy a flush may come late, which is said below.
    expect(ran.out.split("\n\n")[0]?.trimEnd()).toBe(
      [
        "SOURCE  TOPIC   PARTITION   READ  APPLIED  REPEATED  DEAD  WAITING  LAG",
        "orders  orders  one.ndjson     2        1         0     1        0    0",
        "orders  orders  two.ndjson     1        1         0     0        0    0",
      ].join("\n"),
    );
    await expectSales(shop.tondo).toEqual([2, 12]);
    const again = await tondo(shop.folder, "stream", ...at, "--until-empty", "--source", "orders", "--json");
    expect(jsonOf(again)).toEqual({ ended: "empty", sources: [expect.anything()], partitions: [] });
    expect((await tondo(shop.folder, "stream", ...at, "--until-empty")).out).toBe("nothing was read\n");
  });

  it("says how far topics are read, in tables and as JSON", async () => {
    const { code, out } = await tondo(shop.folder, "stream", "status", ...at);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^SOURCE +TOPIC +PARTITION +FIRST +NEXT +END +LAG +NOT APPLIED +EPOCH +WORKER\norders +orders +one\.ndjson +0 +(\d+) +\1 +0 +1 +\d+ +\S.*\n/,
    );
    expect(out).toMatch(
      /\n\nGROUP +SOURCE +GENERATION +CUT \(UTC\)\nshop:sales +orders +1 +\d{4}-\d\d-\d\d [\d:]{8}\n$/,
    );
    const environment = { TONDO_EVENTS: "events" };
    const json = jsonOf(await tondoWith({ folder: shop.folder, environment }, "stream", "status", "--json"));
    expect(json).toMatchObject({
      partitions: [{ source: "orders", partition: "one.ndjson", lag: 0, notApplied: 1 }, { notApplied: 0 }],
      groups: [{ group: "shop:sales", generation: 1, cut: expect.stringMatching(/Z$/) as string }],
    });
  });

  it("applies dead letters that can be, and says why the others cannot", async () => {
    const ran = await tondo(shop.folder, "stream", "replay-dead-letters", ...at, "--source", "orders");
    expect(ran.code).toBe(0);
    expect(ran.out).toBe(
      [
        "SOURCE  TOPIC   LETTERS  APPLIED  REPEATED  STILL DEAD",
        "orders  orders        1        0         0           1",
        "",
        "orders: 1 letter: the event is no JSON",
        "",
      ].join("\n"),
    );
    expect(jsonOf(await tondo(shop.folder, "stream", "replay-dead-letters", ...at, "--json"))).toMatchObject({
      topics: [{ letters: 1, applied: 0, dead: [{ letters: 1, reason: "the event is no JSON" }] }],
    });
  });

  it("is read from elsewhere after a reset, and applies nothing twice", async () => {
    const reset = await tondo(shop.folder, "stream", "reset", "orders", "--to", "earliest", ...at);
    expect(reset).toMatchObject({ code: 0, err: "" });
    expect(reset.out).toMatch(
      /^TOPIC +PARTITION +FROM +TO\norders +one\.ndjson +\d+ +0\norders +two\.ndjson +\d+ +0\n$/,
    );
    const read = await tondo(shop.folder, "stream", ...at, "--until-empty", "--json");
    expect(jsonOf(read)).toMatchObject({
      partitions: [
        { repeated: 1, dead: 1, applied: 0 },
        { repeated: 1, applied: 0 },
      ],
    });
    await expectSales(shop.tondo).toEqual([2, 12]);
    const one = ["--partition", "two.ndjson", "--topic", "orders"];
    const moved = await tondo(shop.folder, "stream", "reset", "orders", "--to", "0", ...one, ...at, "--json");
    expect(jsonOf(moved)).toMatchObject({ source: "orders", partitions: [{ partition: "two.ndjson", to: 0 }] });
    const later = new Date(Date.now() + 60_000).toISOString();
    const passed = jsonOf(await tondo(shop.folder, "stream", "reset", "orders", "--to", later, ...at, "--json"));
    expect(passed).toMatchObject({ partitions: [{ partition: "one.ndjson" }, { from: 0 }] });
  });

  it("reads a topic anew that was made anew", async () => {
    await using other = await streamedOrders({ id: "" });
    await other.append("one.ndjson", order("a", "north", secondsAgo(60), 10));
    await tondo(other.folder, "stream", ...at, "--until-empty");
    await tondo(other.folder, "stream", "reset", "orders", "--to", "earliest", "--new-topic", ...at);
    await tondo(other.folder, "stream", ...at, "--until-empty");
    await expectSales(other.tondo).toEqual([2, 20]);
  });
});

describe("a stream that runs", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("applies what it has read when %s comes, and ends with 0", async (signal) => {
    await using shop = await streamedOrders();
    // What is read waits for an hour.
    const args = ["stream", ...at, "--max-delay", "1h", "--metrics", "0", "--json"];
    const ran = await spawnTondo(shop.folder, args, {
      stopWhen: async (err) => {
        const url = await until(() => metricsUrl(err()));
        await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 10));
        await until(async () => ((await sampleOf(url, "events_read_total")) === 1 ? true : undefined));
        expect(await sampleOf(url, "events_applied_total")).toBe(0);
        return signal;
      },
    });
    expect(ran.code).toBe(0);
    expect(jsonOf(ran)).toMatchObject({ ended: "interrupted", partitions: [{ read: 1, applied: 1 }] });
    await expectSales(shop.tondo).toEqual([1, 10]);
  });

  it("serves its metrics, and nothing else, until it ends", async () => {
    await using shop = await streamedOrders();
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 10));
    let url = "";
    const ran = await spawnTondo(shop.folder, ["stream", ...at, "--max-delay", "10ms", "--metrics", "127.0.0.1:0"], {
      stopWhen: async (err) => {
        url = await until(() => metricsUrl(err()));
        expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
        await until(async () => ((await sampleOf(url, "events_applied_total")) === 1 ? true : undefined));
        const { status, headers } = await fetch(`${url}?a=b`);
        expect([status, headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
        const posted = await fetch(url, { method: "POST", body: "x" });
        expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET"]);
        for (const path of ["/", "/metrics/more", "/nothing"])
          expect((await fetch(new URL(path, url), { method: "POST" })).status).toBe(404);
        return "SIGINT";
      },
    });
    expect(ran).toMatchObject({ code: 0, err: `metrics: ${url}\n` });
    await expect(fetch(url)).rejects.toThrow();
  });

  it("ends after --for; what --until-empty waits for is not applied by then, perhaps", async () => {
    await using shop = await streamedOrders();
    const brief = await tondo(shop.folder, "stream", ...at, "--for", "100ms", "--json");
    expect([brief.code, jsonOf(brief)["ended"]]).toEqual([0, "time"]);
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 10));
    const slow = ["stream", ...at, "--for", "1s", "--until-empty", "--max-delay", "1h"];
    const ran = await tondo(shop.folder, ...slow, "--json");
    expect([ran.code, jsonOf(ran)]).toMatchObject([3, { ended: "time", partitions: [{ applied: 1 }] }]);
  });

  it("waits with --until-empty for what was there when it started, and not for what comes later", async () => {
    await using shop = await streamedOrders();
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 10));
    const over = new AbortController();
    const feeding = (async (): Promise<void> => {
      for (let i = 0; !over.signal.aborted; i++) {
        await shop.append("two.ndjson", order(`b${String(i)}`, "south", secondsAgo(1), 1));
        await sleep(5);
      }
    })();
    const ran = await tondo(shop.folder, "stream", ...at, "--until-empty", "--max-delay", "10ms", "--json");
    over.abort();
    await feeding;
    expect(jsonOf(ran)).toMatchObject({ ended: "empty" });
    await expectSales(shop.tondo).toEqual([1, 10]);
  });

  it("fails where it cannot go on", async () => {
    await using shop = await streamedOrders();
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 10));
    expect((await tondo(shop.folder, "stream", ...at, "--until-empty")).code).toBe(0);
    await truncate(join(shop.events, "orders", "one.ndjson"), 3);
    const ran = await tondo(shop.folder, "stream", ...at, "--json");
    expect([ran.code, errorOf(ran).code]).toEqual([1, "EVENTS_GONE"]);
  });

  it("warns of what it tries again, on standard error, and goes on once that goes well", async () => {
    await using shop = await streamedOrders();
    const abort = new AbortController();
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 10));
    // A file where the folder of dead letters would be.
    await shop.append("one.ndjson", "nonsense");
    const blocked = join(shop.events, "orders.dead-letters");
    await writeFile(blocked, "");
    const options = { folder: shop.folder, signal: abort.signal };
    const running = tondoWith(options, "stream", ...at, "--max-delay", "10ms", "--json");
    await sleep(1500);
    await rm(blocked);
    await until(async () => ((await sales(shop.tondo, "north"))[0] === 1 ? true : undefined));
    abort.abort();
    const ran = await running;
    expect([ran.code, jsonOf(ran)["ended"]]).toEqual([0, "interrupted"]);
    expect(ran.err).toMatch(/^warning: orders: \[IO_FAILED\] .*; it is tried again\.\n$/);
    expect((jsonOf(ran)["sources"] as { failures: number }[])[0]?.failures).toBeGreaterThan(1);
  });
});

describe("what is called wrongly", () => {
  let shop: StreamedOrders;
  beforeAll(async () => {
    shop = await streamedOrders();
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  it.each<[argv: readonly string[], message: RegExp]>([
    [["statsu", ...at], /no action "statsu"/],
    [["status", "orders", ...at], /"orders" is one argument too many/],
    [[], /not said where topics are/],
    [["--kafka", "a:1", ...at], /given both/],
    [["reset", "--to", "earliest", ...at], /SOURCE is missing/],
    [["reset", "orders", ...at], /--to PLACE is missing/],
    [["reset", "orders", "--to", "yesterday", ...at], /--to: "yesterday" is neither/],
    [["reset", "orders", "--to", "2024-03-01T12:00", ...at], /neither/],
    [["reset", "orders", "--to", "latest", "--source", "orders", ...at], /--source does not go with stream reset/],
    [["status", "--for", "1s", ...at], /--for does not go with stream status/],
    [["--to", "latest", ...at], /--to does not go with a stream that runs/],
    [["--new-topic", ...at], /--new-topic does not go with/],
    [["replay-dead-letters", "--until-empty", ...at], /--until-empty does not go with/],
    [["--max-delay", "5", ...at], /--max-delay: "5" is no duration/],
    [["--max-delay=-5s", ...at], /--max-delay: "-5s" is no time/],
    [["--max-delay", "2d", ...at], /a day at the most/],
    [["--for", "long", ...at], /--for: "long" is no duration/],
    [["--metrics", "70000", ...at], /--metrics: "70000" is no port/],
    [["--metrics", "a b:1", ...at], /is no port/],
  ])("is refused: %j", async (argv, message) => {
    const ran: Ran = await tondo(shop.folder, "stream", ...argv, "--json");
    expect([ran.code, errorOf(ran)]).toMatchObject([
      2,
      { code: "USAGE", message: expect.stringMatching(message) as string },
    ]);
  });

  it("is told apart from what is not there", async () => {
    const codeOf = async (...argv: readonly string[]): Promise<[number, string]> => {
      const ran = await tondo(shop.folder, "stream", ...argv, "--json");
      return [ran.code, errorOf(ran).code];
    };
    expect(await codeOf("--events", "nowhere")).toEqual([1, "TOPIC_MISSING"]);
    expect(await codeOf(...at, "--source", "order")).toEqual([1, "INVALID_ARGUMENT"]);
    expect(await codeOf("reset", "orders", "--to", "5", ...at)).toEqual([1, "INVALID_ARGUMENT"]);
    const server = createServer().listen(0, "127.0.0.1");
    const { port } = await until(() => (server.address() as { port: number } | null) ?? undefined);
    expect(await codeOf(...at, "--metrics", String(port))).toEqual([1, "IO_FAILED"]);
    server.close();
  });
});

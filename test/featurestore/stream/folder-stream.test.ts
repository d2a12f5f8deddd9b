import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { order, sales, secondsAgo, type StreamedOrders, streamedOrders, untilPassed } from "./streamed-orders.ts";

const limits = { maxDelayMs: 20 };

describe("a stream from a folder", () => {
  it("applies what is there and what is appended, each event once, in the process that reads and in others", async () => {
    await using shop = await streamedOrders();
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 10), order("b", "south", secondsAgo(50), 20));
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 2);
    expect(await sales(shop.tondo, "north")).toEqual([1, 10]);
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 12.5));
    await shop.append("two.ndjson", order("c", "north", secondsAgo(1), 1));
    await untilPassed(stream, 4);
    await using other = await shop.again();
    expect(await sales(other, "south")).toEqual([1, 20]);
    // The first order came anew at another moment: it is another event.
    expect((await sales(other, "north"))[0]).toBe(3);
  });

  it("says from when on requests see what it applied", async () => {
    await using shop = await streamedOrders();
    await using stream = await shop.tondo.stream({ limits });
    expect(stream.metrics.sources[0]).not.toHaveProperty("appliedAt");
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 10));
    await untilPassed(stream, 1);
    const appliedAt = stream.metrics.sources[0]?.appliedAt ?? 0;
    const features = await shop.tondo.features();
    const ask = async (at: number): Promise<unknown> =>
      (await features.get(["shop:sales:n"], { shop: "north" }, { at: BigInt(at) })).values["shop:sales:n"].value;
    expect([await ask(appliedAt - 1), await ask(appliedAt)]).toEqual([0, 1]);
  });

  it("goes on from where it was left, also behind a load, and applies nothing twice", async () => {
    await using shop = await streamedOrders({ id: "" });
    const at = secondsAgo(60);
    await shop.append("one.ndjson", order("a", "north", at, 10));
    {
      await using stream = await shop.tondo.stream({ limits });
      await untilPassed(stream, 1);
    }
    await shop.append("one.ndjson", order("b", "north", at, 10));
    await shop.tondo.materialize();
    expect(await sales(shop.tondo, "north")).toEqual([1, 10]);
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 1);
    expect(await sales(shop.tondo, "north")).toEqual([2, 20]);
    await shop.tondo.materialize();
    expect(await sales(shop.tondo, "north")).toEqual([2, 20]);
  });

  it("keeps what cannot be applied as dead letters, with the reason and no value of it, and goes on", async () => {
    await using shop = await streamedOrders();
    await shop.append(
      "one.ndjson",
      "no json at all",
      order("a", "north", secondsAgo(60), 10),
      '{"shop":"north","order_id":"b","price":5}',
      '{"shop":"north","order_id":"c","ordered":"2026-11-23","price":"secret"}',
      order("d", "north", new Date(Date.now() + 10 * 86_400_000), 1),
      order("e", "north", secondsAgo(5), 1),
    );
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 6);
    expect(await sales(shop.tondo, "north")).toEqual([2, 11]);
    expect(stream.metrics.partitions).toMatchObject([{ applied: 2, dead: 4, read: 6, lag: 0 }]);
    const kept = join(shop.events, "orders.dead-letters");
    const [name = ""] = await readdir(kept);
    const letters = (await readFile(join(kept, name), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly code: string; readonly reason: string; readonly offset: number });
    expect(letters.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => "INPUT_INVALID"));
    expect(letters.map(({ reason }) => reason).join("\n")).not.toContain("secret");
    expect(letters.map(({ offset }) => offset)[0]).toBe(0);
  });
});

describe("how far a folder is read", () => {
  it("is said, and moved: back to what was not applied, forward past what is not wanted, while it is read", async () => {
    await using shop = await streamedOrders({ id: "" });
    const lines = ["a", "b", "c"].map((id) => order(id, "north", secondsAgo(60), 1));
    await shop.append("one.ndjson", ...lines);
    expect((await shop.tondo.streamStatus()).partitions).toMatchObject([{ partition: "one.ndjson", epoch: 0 }]);
    await shop.tondo.resetStream({ source: "orders", to: "latest" });
    await using stream = await shop.tondo.stream({ limits });
    await shop.append("one.ndjson", order("d", "north", secondsAgo(1), 10));
    await untilPassed(stream, 1);
    expect(await sales(shop.tondo, "north")).toEqual([1, 10]);
    const size = lines.join("").length + 3;
    expect((await shop.tondo.streamStatus()).partitions).toMatchObject([{ notApplied: size, lag: 0 }]);
    await shop.tondo.resetStream({ source: "orders", to: "earliest" });
    await untilPassed(stream, 5);
    expect(await sales(shop.tondo, "north")).toEqual([4, 13]);
    await shop.append("one.ndjson", order("e", "north", secondsAgo(1), 100));
    await untilPassed(stream, 6);
    expect(await sales(shop.tondo, "north")).toEqual([5, 113]);
    const { partitions, groups } = await shop.tondo.streamStatus();
    expect(partitions).toMatchObject([{ notApplied: 0, lag: 0, source: "orders", topic: "orders" }]);
    expect(groups).toMatchObject([{ group: "shop:sales", source: "orders", generation: 1 }]);
  });
});

describe("dead letters", () => {
  it("are applied once definitions are mended, each once, and what is still none stays", async () => {
    await using shop = await streamedOrders();
    const late = order("a", "north", new Date(Date.now() + 2 * 86_400_000), 10);
    await shop.append("one.ndjson", "nothing", late, order("b", "north", secondsAgo(5), 1));
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 3);
    const strict = await shop.tondo.replayDeadLetters();
    expect(strict).toMatchObject([{ source: "orders", letters: 2, applied: 0, repeated: 0 }]);
    expect(strict[0]?.dead.map(({ letters }) => letters)).toEqual([1, 1]);
    const lenient = { limits: { maxFuture: 10 * 86_400_000_000 } };
    expect(await shop.tondo.replayDeadLetters(lenient)).toMatchObject([{ letters: 2, applied: 1, repeated: 0 }]);
    expect(await shop.tondo.replayDeadLetters(lenient)).toMatchObject([
      { letters: 2, applied: 0, repeated: 1, dead: [{ reason: "the event is no JSON", letters: 1 }] },
    ]);
    const reader = await shop.tondo.features();
    const at = BigInt(Date.now() + 2 * 86_400_000 + 60_000) * 1000n;
    const { values } = await reader.get(["shop:sales:total"], { shop: "north" }, { at });
    expect(values["shop:sales:total"].value).toBe(10);
  });
});

describe("two groups of workers over one store", () => {
  it("go on also where events wait for longer than they are left alone", async () => {
    await using shop = await streamedOrders({ id: "" });
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 1));
    const slow = { maxDelayMs: 700 };
    await using one = await shop.tondo.stream({ limits: slow, group: "one" });
    await using other = await shop.tondo.stream({ limits: slow, group: "other" });
    for (let n = 0; n < 4; n++) {
      await shop.append("one.ndjson", order(String(n), "north", secondsAgo(60), 1));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await untilLagIsGone(shop);
    expect(await sales(shop.tondo, "north")).toEqual([5, 5]);
    expect((one.metrics.sources[0]?.fenced ?? 0) + (other.metrics.sources[0]?.fenced ?? 0)).toBeGreaterThan(0);
  });

  it("take partitions from each other, and apply each event once all the same", async () => {
    await using shop = await streamedOrders({ id: "" });
    const at = secondsAgo(60);
    for (let file = 0; file < 4; file++) await shop.append(`${String(file)}.ndjson`, order("a", "north", at, 1));
    await using one = await shop.tondo.stream({ limits, group: "one" });
    await using other = await shop.tondo.stream({ limits, group: "other" });
    for (let n = 0; n < 40; n++) {
      await shop.append(`${String(n % 4)}.ndjson`, order(String(n), "north", at, 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await untilLagIsGone(shop);
    expect(await sales(shop.tondo, "north")).toEqual([44, 44]);
    expect(one.metrics.sources[0]?.fenced).toBeGreaterThan(0);
    expect(other.metrics.sources[0]?.fenced).toBeGreaterThan(0);
  });
});

async function untilLagIsGone({ tondo }: StreamedOrders): Promise<void> {
  for (let left = 400; ; left--) {
    const { partitions } = await tondo.streamStatus();
    if (partitions.every(({ lag }) => lag === 0)) break;
    if (left === 0) throw new Error(`it is not read: ${JSON.stringify(partitions)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await new Promise((resolve) => setTimeout(resolve, 60));
}

describe("definitions that change while a stream runs", () => {
  it("have events come in a group that was added, and in a column that it reads, from its first load on", async () => {
    await using shop = await streamedOrders();
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 1));
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 1);
    const path = join(shop.folder, "shop.tondo");
    const text = (await readFile(path, "utf8")).replace("price: float", "price: float, kind: string");
    const added = 'group shop:sold from orders by shop { sales = count() over 1h where kind == "sale" }';
    await writeFile(path, `${text}${added}\n`);
    await writeFile(join(shop.folder, "orders.csv"), "shop,ordered,order_id,price,kind\n");
    await using other = await shop.again();
    await other.apply();
    await other.materialize();
    const sold = { ...(JSON.parse(order("b", "north", secondsAgo(50), 2)) as object), kind: "sale" };
    await shop.append("one.ndjson", JSON.stringify(sold));
    await untilPassed(stream, 2);
    const reader = await other.features();
    const names = ["shop:sales:n", "shop:sold:sales"];
    const { values } = await reader.get(names, { shop: "north" });
    expect(names.map((name) => values[name]?.value)).toEqual([2, 1]);
    expect(stream.metrics.sources).toMatchObject([{ failures: 0 }]);
  });
});

describe("a stream that is stopped", () => {
  it("ends in time while it cannot go on, and what it had read is read again", async () => {
    await using shop = await streamedOrders({ id: "" });
    const many = Array.from({ length: 3000 }, (_, i) => order(String(i), "north", secondsAgo(60), 1));
    // As many as fill the buffer: no more are read.
    await shop.append("one.ndjson", ...many);
    const stream = await shop.tondo.stream({
      limits: { ...limits, maxRowsPerKey: 1, stopMs: 500, bufferBytes: 1000, retryMs: 100 },
    });
    for (let left = 200; stream.metrics.sources[0]?.failing === undefined; left--) {
      if (left === 0) throw new Error("it does not fail");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const began = performance.now();
    await stream.stop();
    expect(performance.now() - began).toBeLessThan(3000);
    // A limit that was exceeded has smaller flushes be tried: what one key may have is there.
    expect(Number((await sales(shop.tondo, "north"))[0])).toBeLessThanOrEqual(1);
    await using again = await shop.tondo.stream({ limits });
    await untilPassed(again, 2999);
    expect(await sales(shop.tondo, "north")).toEqual([3000, 3000]);
  });
});

describe("a reset of a folder", () => {
  it("that comes while much is read is not lost", async () => {
    await using shop = await streamedOrders({ id: "" });
    const some = (from: number): readonly string[] =>
      Array.from({ length: 5000 }, (_, i) => order(String(from + i), "north", secondsAgo(60), 1));
    await shop.append("one.ndjson", ...some(0));
    await shop.tondo.resetStream({ source: "orders", to: "latest" });
    await shop.append("one.ndjson", ...some(5000));
    const own = { maxDelayMs: 1, flushEvents: 50, bufferBytes: 20_000 };
    await using stream = await shop.tondo.stream({ limits: own });
    await untilPassed(stream, 200);
    for (let reset = 0; reset < 5; reset++) {
      await shop.tondo.resetStream({ source: "orders", to: "earliest" });
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await untilLagIsGone(shop);
    expect(await sales(shop.tondo, "north")).toEqual([10_000, 10_000]);
  });

  it("is refused of a file that was made anew, unless that is said", async () => {
    await using shop = await streamedOrders({ id: "" });
    await shop.append("one.ndjson", ...["a", "b", "c"].map((id) => order(id, "north", secondsAgo(60), 1)));
    {
      await using stream = await shop.tondo.stream({ limits });
      await untilPassed(stream, 3);
    }
    await writeFile(join(shop.events, "orders", "one.ndjson"), `${order("d", "north", secondsAgo(60), 10)}\n`);
    const reset = { source: "orders", to: "earliest" } as const;
    await expect(shop.tondo.resetStream(reset)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      hint: expect.stringContaining("--new-topic") as string,
    });
    await shop.tondo.resetStream({ ...reset, isNewTopic: true });
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 1);
    expect(await sales(shop.tondo, "north")).toEqual([4, 13]);
  });
});

describe("files with an event a line", () => {
  it("are read up to their last whole line", async () => {
    await using shop = await streamedOrders({ id: "" });
    const whole = order("a", "north", secondsAgo(60), 1);
    const rest = order("b", "north", secondsAgo(60), 10);
    await shop.append("one.ndjson", whole);
    const path = join(shop.events, "orders", "one.ndjson");
    await appendFile(path, rest.slice(0, 20));
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stream.metrics.partitions).toMatchObject([{ applied: 1, dead: 0 }]);
    await appendFile(path, `${rest.slice(20)}\n\n`);
    await untilPassed(stream, 2);
    expect(await sales(shop.tondo, "north")).toEqual([2, 11]);
  });

  it("are not read on where one has become shorter", async () => {
    await using shop = await streamedOrders({ id: "" });
    await shop.append("one.ndjson", order("a", "north", secondsAgo(60), 1), order("b", "north", secondsAgo(60), 1));
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 2);
    await writeFile(join(shop.events, "orders", "one.ndjson"), `${order("c", "north", secondsAgo(60), 1)}\n`);
    await expect(stream.failed).rejects.toMatchObject({ code: "EVENTS_GONE", details: { partition: "one.ndjson" } });
  });
});

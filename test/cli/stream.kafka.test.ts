import { describe, expect, it } from "vitest";
import { order, sales, secondsAgo, streamedOrders } from "../featurestore/stream/streamed-orders.ts";
import { freshTopic } from "../servers/fresh-topic.ts";
import { errorOf, jsonOf, spawnTondo, tondo, tondoWith } from "./run-tondo.ts";

describe("tondo stream, from Kafka", () => {
  it("applies what is there, says how far it is, and is told from where to read", async () => {
    await using topic = await freshTopic();
    await using shop = await streamedOrders({ topic: topic.topic });
    const at = ["--kafka", topic.bootstrap];
    const values = [order("a", "north", secondsAgo(60), 10), "nonsense", order("b", "north", secondsAgo(50), 2)];
    await topic.producer.send({
      topic: topic.topic,
      messages: values.map((value, i) => ({ key: String(i), value })),
    });
    // As it is run: what a client leaves open would keep the process from ending.
    const ran = await spawnTondo(shop.folder, ["stream", ...at, "--until-empty", "--json"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    const { ended, partitions, sources } = jsonOf(ran) as {
      readonly ended: string;
      readonly partitions: readonly { readonly partition: string; readonly applied: number; readonly dead: number }[];
      readonly sources: readonly { readonly appliedAt: string }[];
    };
    const names = partitions.map(({ partition }) => partition);
    expect(names).toEqual([...names].sort());
    expect(Math.abs(Date.parse(sources[0]?.appliedAt ?? "") - Date.now())).toBeLessThan(60_000);
    const sum = (of: "applied" | "dead"): number => partitions.reduce((total, one) => total + one[of], 0);
    expect([ended, sum("applied"), sum("dead")]).toEqual(["empty", 2, 1]);
    await expect.poll(() => sales(shop.tondo, "north")).toEqual([2, 12]);

    const environment = { TONDO_KAFKA: topic.bootstrap };
    const status = jsonOf(await tondoWith({ folder: shop.folder, environment }, "stream", "status", "--json"));
    const stand = status["partitions"] as readonly { readonly partition: string; readonly lag: number }[];
    expect(stand.map(({ partition, lag }) => [partition, lag])).toEqual(["0", "1", "2", "3"].map((name) => [name, 0]));
    const reset = jsonOf(await tondo(shop.folder, "stream", "reset", "orders", "--to", "earliest", ...at, "--json"));
    expect((reset["partitions"] as { to: number }[]).map(({ to }) => to)).toEqual([0, 0, 0, 0]);
    expect(jsonOf(await tondo(shop.folder, "stream", "replay-dead-letters", ...at, "--json"))).toMatchObject({
      topics: [{ source: "orders", letters: 1, applied: 0 }],
    });
  });

  it("says that Kafka cannot be reached, and that there is no topic", async () => {
    await using topic = await freshTopic({ partitions: 1 });
    await using shop = await streamedOrders({ topic: `${topic.topic}-none` });
    const codeOf = async (broker: string): Promise<unknown> => {
      const ran = await tondo(shop.folder, "stream", "status", "--kafka", broker, "--json");
      return [ran.code, errorOf(ran).code];
    };
    expect(await codeOf(topic.bootstrap)).toEqual([1, "TOPIC_MISSING"]);
    expect(await codeOf("127.0.0.1:1")).toEqual([1, "EVENTS_UNAVAILABLE"]);
  });
});

import { type Client, types } from "cassandra-driver";
import type { RunningKafka } from "../../test/servers/kafka.ts";
import { prepared } from "../online/cassandra-world.ts";
import { eachBareEvent } from "./bare-events.ts";

/** How many writes are under way at once. */
const atOnce = 256;

type Write = readonly [query: string, params: readonly unknown[]];

/**
 * The hand-written floor over Cassandra: a loop of kafkajs that parses the same JSON and writes each row twice at the same intervals, under its key for requests and in the order of moments for training. It
 * does so by single writes, many at once, without anything that orders them, has them stand together or finds what was left behind.
 *
 * @param tables `rows` of `key`, `k`, `t` and `text`; `log` of `part`, `k` and `text`
 */
export async function bareCassandra(
  kafka: RunningKafka,
  client: Client,
  { rows, log }: { readonly rows: string; readonly log: string },
  group: string,
  total: number,
): Promise<number> {
  const insertRow = `INSERT INTO ${rows} (key, k, t, text) VALUES (?, ?, ?, ?)`;
  const insertLog = `INSERT INTO ${log} (part, k, text) VALUES (?, ?, ?)`;
  let flushes = 0;
  return eachBareEvent(kafka, group, total, async (events) => {
    const all = events.flatMap(({ shop, t, k, text, origin }): readonly Write[] => {
      const moment = types.Long.fromNumber(k);
      return [
        [insertRow, [Buffer.from(shop), moment, types.Long.fromNumber(t), text]],
        [insertLog, [flushes, moment, `from ${origin}\n${text}`]],
      ];
    });
    let next = 0;
    const write = async (): Promise<void> => {
      for (let one = all[next++]; one !== undefined; one = all[next++])
        await client.execute(one[0], [...one[1]], prepared);
    };
    await Promise.all(Array.from({ length: atOnce }, write));
    flushes++;
  });
}

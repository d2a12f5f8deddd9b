import { equal } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { systemClock } from "../../src/index.ts";
import { CassandraStore } from "../../src/featurestore/online/cassandra/index.ts";
import { firstPosition, type StreamPosition } from "../../src/featurestore/online/stream-position.ts";
import { scaled } from "../harness/scale.ts";
import type { Case } from "../harness/suite.ts";
import { startServer } from "../online/cassandra-world.ts";
import { ProcessorTime } from "./processor-time.ts";

/** How many pushes one call makes, at the least. */
const pushes = scaled(200, 40);

/** A store in a Cassandra of one node, of which what is done in its order is measured. */
interface OrderedStore {
  readonly store: CassandraStore;
  readonly used: ProcessorTime;
  readonly close: () => Promise<void>;
}

async function orderedStore(): Promise<OrderedStore> {
  const server = await startServer();
  const { contactPoint, localDataCenter } = server;
  const keyspace = `order_${randomUUID().slice(0, 8)}`;
  const store = await CassandraStore.open({
    ...{ contactPoints: [contactPoint], localDataCenter, keyspace, createKeyspace: true },
    limits: { pushTries: 1000 },
  });
  const close = async (): Promise<void> => {
    await store.close();
    await server.stop();
  };
  return { store, used: new ProcessorTime(server.pid), close };
}

/** What it costs that partitions change hands: all at once are taken over in the order of the store, against the pause of five seconds that the simulation has. */
export function takeovers(partitions: number): Case {
  return {
    name: `takeovers-${String(partitions)}`,
    against: "5 s for all of them",
    unit: "ms/partition",
    rounds: 5,
    async setup() {
      const { store, used, close } = await orderedStore();
      const { pushed } = store;
      let epochs = 0;
      const take = async (partition: number): Promise<void> => {
        await pushed.positions("orders");
        const change = (stored: StreamPosition = firstPosition(0)): StreamPosition => ({
          ...stored,
          epoch: stored.epoch + 1,
        });
        await pushed.move("orders", [{ topic: "orders", partition: String(partition), change }]);
      };
      const work = async (): Promise<void> => {
        await Promise.all(Array.from({ length: partitions }, (_, partition) => take(partition)));
        epochs++;
      };
      return {
        pieces: partitions,
        ours: () => used.during(partitions, work),
        baseline: { nanoseconds: 5e9 },
        verify: async () => {
          await work();
          for (const { position } of await pushed.positions("orders")) equal(position.epoch, epochs);
        },
        also: () => used.used,
        close,
      };
    },
  };
}

/**
 * What the order of a store costs by itself: pushes of one row that comes in no group, by so many at once, against as long as one may take where a million events a second come by flushes of
 * ten thousand.
 */
export function decisions(pushers: number): Case {
  return {
    name: `decisions-${String(pushers)}`,
    against: "10 ms a flush: a million events a second by flushes of ten thousand",
    unit: "ms/flush",
    rounds: 5,
    async setup() {
      const { store, used, close } = await orderedStore();
      const push = async (): Promise<number> => {
        const { first, last } = await store.pushed.push({
          ...{ source: "orders", texts: ["{}"], groups: [], choose: () => [], clock: systemClock },
        });
        return last - first;
      };
      const each = Math.ceil(pushes / pushers);
      const work = async (): Promise<void> => {
        const pusher = async (): Promise<void> => {
          for (let i = 0; i < each; i++) await push();
        };
        await Promise.all(Array.from({ length: pushers }, pusher));
      };
      return {
        pieces: each * pushers,
        ours: () => used.during(each * pushers, work),
        baseline: { nanoseconds: each * pushers * 10e6 },
        verify: async () => equal(await push(), 0),
        also: () => used.used,
        close,
      };
    },
  };
}

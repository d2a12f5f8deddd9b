import type { Micros } from "../../../core/index.ts";
import { pushedTables, quoteName } from "./cassandra-schema.ts";
import type { PartitionReads } from "./partition-reads.ts";
import type { PushOrder } from "./push-order.ts";
import type { Session } from "./session.ts";

const doing = "reading since when pushed rows count";

/**
 * Since when the rows of batches count. That never changes once a batch stands, so it is looked up once: beside the keys of the batch, where it is told once it stands; and serially, in the order of
 * pushes, where it is not told so far.
 */
export class BatchMoments {
  readonly #reads: PartitionReads;
  readonly #order: PushOrder;
  readonly #table: string;
  readonly #query: string;
  /** The oldest first. */
  readonly #known: Map<string, Micros> = new Map<string, Micros>();
  readonly #most: number;
  readonly #underWay: Map<string, Promise<Micros | undefined>> = new Map<string, Promise<Micros | undefined>>();

  constructor(session: Session, reads: PartitionReads, order: PushOrder) {
    this.#reads = reads;
    this.#order = order;
    this.#table = pushedTables.keys;
    const name = `${quoteName(session.settled.keyspace)}.${quoteName(this.#table)}`;
    this.#query = `SELECT first FROM ${name} WHERE push = ? LIMIT 1`;
    this.#most = session.settled.limits.batchesKnown;
  }

  /** Knows from now on since when a batch counts. */
  learn(batch: string, first: Micros): void {
    this.#known.set(batch, first);
    if (this.#known.size <= this.#most) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
  }

  /** The moments of the first rows of those batches that stand. One of which that was forgotten between two looks is not among them. */
  async of(batches: Iterable<string>): Promise<ReadonlyMap<string, Micros>> {
    const found = new Map<string, Micros>();
    const asked = await Promise.all(
      Array.from(new Set(batches), async (batch) => [batch, await this.#told(batch)] as const),
    );
    const open: string[] = [];
    for (const [batch, first] of asked) {
      if (first === undefined) open.push(batch);
      else found.set(batch, first);
    }
    for (const [batch, { first }] of await this.#order.states(open, doing)) {
      if (first === undefined) continue;
      this.learn(batch, first);
      found.set(batch, first);
    }
    return found;
  }

  /** What is told of a batch, asked once however many want to know. */
  #told(batch: string): Promise<Micros | undefined> | Micros {
    const known = this.#known.get(batch);
    if (known !== undefined) return known;
    const underWay = this.#underWay.get(batch);
    if (underWay !== undefined) return underWay;
    const asking = this.#ask(batch).finally(() => this.#underWay.delete(batch));
    this.#underWay.set(batch, asking);
    return asking;
  }

  async #ask(batch: string): Promise<Micros | undefined> {
    const [row] = await this.#reads.rows(this.#table, this.#query, [batch], Infinity);
    const first = (row?.["first"] ?? undefined) as Micros | undefined;
    if (first !== undefined) this.learn(batch, first);
    return first;
  }
}

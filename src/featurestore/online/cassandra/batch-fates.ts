import { type Micros, TondoError } from "../../../core/index.ts";
import type { BatchState, PushOrder } from "./push-order.ts";
import type { BegunBatch, PushedTables } from "./pushed-tables.ts";
import type { Session } from "./session.ts";

/** How many batches are looked up at once. */
const statesAtOnce = 100;

/** What became of batches: they stand, are refused, or are not decided so far; and what follows from that for what they wrote. */
export class BatchFates {
  readonly #session: Session;
  readonly #tables: PushedTables;
  readonly #order: PushOrder;

  constructor(session: Session, tables: PushedTables, order: PushOrder) {
    this.#session = session;
    this.#tables = tables;
    this.#order = order;
  }

  /** Goes through the batches of a scope, with what became of each; `visit` says whether the scope has nothing of it any more. */
  async each(
    scope: string,
    doing: string,
    visit: (batch: BegunBatch, state: BatchState | undefined) => Promise<boolean>,
    how: "count" | undefined,
  ): Promise<void> {
    for await (const { hour, batches } of this.#tables.begun(scope, doing)) {
      let left = batches.length;
      for (let at = 0; at < batches.length; at += statesAtOnce) {
        const some = batches.slice(at, at + statesAtOnce);
        const names = some.map(({ batch }) => batch);
        const states = await this.#order.states(names, doing);
        for (const one of some) {
          if (!(await visit(one, states.get(one.batch)))) continue;
          await this.#tables.removeBatch(scope, one, doing);
          left--;
        }
      }
      if (left === 0 && how === undefined) await this.#tables.removeHour(scope, hour, doing);
    }
  }

  /** What became of a batch: as it stands in the order, or as is told where it was forgotten there. One that is neither is refused, where its push must be over; `undefined` as long as that is open. */
  async stateOf(
    one: BegunBatch,
    known: BatchState | undefined,
    how: "count" | undefined,
    doing: string,
  ): Promise<Pick<BatchState, "first" | "isTold"> | undefined> {
    if (known !== undefined) return known;
    const told = await this.#tables.told(one.batch, doing);
    if (told !== undefined) return { first: told, isTold: true };
    if (how === "count") return undefined;
    const state = await this.refuse(one, doing);
    if (state === undefined || state.first !== undefined) return state;
    // What is not in the order was forgotten, perhaps, between two looks: it was told before.
    const first = await this.#tables.told(one.batch, doing);
    return { first, isTold: first !== undefined };
  }

  /**
   * Ends a batch that is neither standing nor refused, where its push must be over. It may have been forgotten, too: then it is told since when its rows count, and that it is refused is no matter of
   * theirs.
   */
  async refuse(one: BegunBatch, doing: string): Promise<BatchState | undefined> {
    if (!this.#mustBeOver(one)) return undefined;
    await this.#order.refuse(one.batch, doing);
    return (await this.#order.states([one.batch], doing)).get(one.batch);
  }

  /** Whether it is told since when a batch counts that stands, and nobody tells it any more; of one whose push must be over it is told here. */
  async isTold(
    one: BegunBatch,
    { isTold }: Pick<BatchState, "isTold">,
    first: Micros,
    doing: string,
  ): Promise<boolean> {
    if (isTold) return true;
    if (!this.#mustBeOver(one)) return false;
    await this.#tables.tell(one.batch, first, doing);
    await this.#order.told(one.batch, first, doing);
    return true;
  }

  /** Tells since when a batch counts that stands. Where that fails it stands all the same: who reads its rows looks it up in the order, and who goes through them next tells it. */
  async tell(batch: string, first: Micros, doing: string): Promise<void> {
    try {
      await this.#tables.tell(batch, first, doing);
      await this.#order.told(batch, first, doing);
    } catch (error) {
      if (!(error instanceof TondoError) || error.code !== "STORE_UNAVAILABLE") throw error;
    }
  }

  /** Whether whoever pushed a batch has ended, or died. Twice as long as it may take: clocks differ. */
  #mustBeOver({ began }: BegunBatch): boolean {
    return Date.now() - began >= 2 * this.#session.settled.limits.pushTimeoutMs;
  }
}

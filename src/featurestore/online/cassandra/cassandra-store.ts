import { type Micros, TondoError } from "../../../core/index.ts";
import { decodePointer } from "../group-pointer.ts";
import type {
  GenerationRecords,
  GenerationWriter,
  OnlineStore,
  PointerSwitch,
  RecordBatch,
  StoreView,
} from "../online-store.ts";
import { cassandraError } from "./cassandra-error.ts";
import type { CassandraOptions } from "./cassandra-options.ts";
import { createGenerationCql, dropGenerationCql, quoteName } from "./cassandra-schema.ts";
import { BatchMoments } from "./batch-moments.ts";
import { CassandraPushed } from "./cassandra-pushed.ts";
import { CassandraView, type ReadOverlay } from "./cassandra-view.ts";
import { ControlTable, type GenerationEntry, type GroupState } from "./control-table.ts";
import { RecordScan } from "./copy-records.ts";
import { generationTable } from "./generation-table.ts";
import { KeyErasure } from "./key-erasure.ts";
import { Lease, newHolder } from "./lease.ts";
import { openSchema } from "./open-schema.ts";
import { PointerCache, type PointerSnapshot } from "./pointer-cache.ts";
import { pointerReader } from "./read-pointers.ts";
import { type ReadQueries, readQueries, PartitionReads } from "./partition-reads.ts";
import { PushOrder } from "./push-order.ts";
import { PushedReads } from "./pushed-reads.ts";
import { overlayScope } from "./pushed-scope.ts";
import { RecordWrites } from "./record-writes.ts";
import { Session } from "./session.ts";
import { settleOptions } from "./settle-options.ts";

/** How often a change of the control table is tried again where others change it at the same time. */
const tries = 8;

/**
 * The online store of many machines: a keyspace of Apache Cassandra.
 *
 * Layout: the table `groups` holds, in one partition a store, the pointers, who loads which group until when, and the generations; each generation has a table of
 * its own, written once and removed whole. Pointers are read anew every `pointerAgeMs` at the latest. A generation that is dropped stays for `holdMs`,
 * and answers count for half of that, so that no reader takes what is removed for what never was.
 */
export class CassandraStore implements OnlineStore {
  readonly kind = "cassandra";
  readonly staleness: Micros;
  readonly switchLead: Micros;
  readonly afterErasure: string =
    "Cassandra marks what was erased and removes it by compaction once gc_grace_seconds (ten days, unless a table says otherwise) are over; " +
    "snapshots, which nodes make of tables that are dropped too, keep what they held: nodetool clearsnapshot";
  readonly #session: Session;
  readonly #control: ControlTable;
  readonly #reads: PartitionReads;
  readonly #writes: RecordWrites;
  readonly #scan: RecordScan;
  readonly #erasure: KeyErasure;
  readonly pushed: CassandraPushed;
  readonly #pushedReads: PushedReads;
  readonly #pointers: PointerCache;
  readonly #leases: Map<string, Lease> = new Map<string, Lease>();
  readonly #queries: Map<string, Map<number, ReadQueries>> = new Map<string, Map<number, ReadQueries>>();
  readonly #timers: Set<NodeJS.Timeout> = new Set<NodeJS.Timeout>();

  private constructor(session: Session) {
    this.#session = session;
    this.#control = new ControlTable(session);
    this.staleness = session.settled.limits.pointerAgeMs * 1000;
    // A second is for the write, and for clocks that differ.
    this.switchLead = this.staleness + 1_000_000;
    this.#pointers = new PointerCache(pointerReader(session), session.settled.limits.pointerAgeMs);
    this.#reads = new PartitionReads(session, () => {
      this.#pointers.forget();
    });
    this.#writes = new RecordWrites(session);
    this.#scan = new RecordScan(session);
    this.#erasure = new KeyErasure(session);
    const order = new PushOrder(session);
    const moments = new BatchMoments(session, this.#reads, order);
    this.pushed = new CassandraPushed({ session, control: this.#control, order, moments }, this.staleness, () => {
      this.#pointers.forget();
    });
    this.#pushedReads = new PushedReads(session, this.#reads, moments);
  }

  /**
   * Connects, and makes what is not there as far as the options say so.
   *
   * @example `const store = await CassandraStore.open({ contactPoints: ["10.0.0.1"], localDataCenter: "dc1", createKeyspace: true });`
   * @throws TondoError `DRIVER_MISSING`, `INVALID_ARGUMENT`, `STORE_UNAVAILABLE`, `STORE_DENIED`, `STORE_MISSING`, `DATABASE_NEWER`, `STORE_FAILED`
   */
  static async open(options: CassandraOptions): Promise<CassandraStore> {
    const session = await Session.open(settleOptions(options));
    try {
      await openSchema(session);
      return new CassandraStore(session);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  view(groups: readonly string[]): StoreView | Promise<StoreView> {
    const known = this.#pointers.current(groups);
    if (known !== undefined) return this.#viewOf(known);
    return this.#pointers.refresh(groups).then((snapshot) => this.#viewOf(snapshot));
  }

  async begin(group: string): Promise<GenerationWriter> {
    const doing = `loading ${group}`;
    const { keyspace, limits } = this.#session.settled;
    for (let left = tries; left > 0; left--) {
      const state = await this.#control.read(group, doing);
      if (state.holder !== null) throw busy(group, state);
      const generation = Math.max(state.next ?? 1, (state.current ?? 0) + 1);
      const claim = { group, generation, holder: newHolder() };
      const since = performance.now();
      const until = (): Date => new Date(Date.now() + limits.leaseMs);
      if (!(await this.#control.claim(claim, state, until(), doing))) continue;
      const lease = new Lease(claim, limits.leaseMs, since, () => this.#control.renew(claim, until()));
      this.#leases.set(group, lease);
      try {
        await this.#clear(group, state.generations, doing);
        const table = this.#table(group, generation);
        await this.#session.define(doing, createGenerationCql(keyspace, table, group));
        const name = `${quoteName(keyspace)}.${quoteName(table)}`;
        const write = async (batch: RecordBatch): Promise<void> => {
          if (lease.isLost) throw lost(group);
          await this.#writes.write(name, batch, doing);
        };
        return {
          generation,
          current: state.pointer === null ? undefined : decodePointer(state.pointer),
          write,
          copy: async (from, change, signal) => {
            const known = state.generations.some((one) => one.generation === from && one.state === "ready");
            if (!known) throw notThere(group, from);
            const source = `${quoteName(keyspace)}.${quoteName(this.#table(group, from))}`;
            await this.#scan.copy(source, change, write, doing, signal);
          },
        };
      } catch (error) {
        // Where it cannot be given back now, it runs out.
        await this.drop(group, generation).catch(() => undefined);
        throw error;
      }
    }
    throw new TondoError("HOME_BUSY", `${group}: others keep changing it`, { hint: "Try again in a while." });
  }

  async switchPointers(switches: readonly PointerSwitch[]): Promise<boolean> {
    if (switches.length === 0) return true;
    const leaseOf = ({ pointer }: PointerSwitch): Lease | undefined => {
      const lease = this.#leases.get(pointer.group);
      return lease?.claim.generation === pointer.generation ? lease : undefined;
    };
    const done = await this.#control.switch(switches, (one) => leaseOf(one)?.claim.holder);
    if (!done) return false;
    for (const one of switches) if (leaseOf(one) !== undefined) this.#endLease(one.pointer.group);
    this.#pointers.forget();
    return true;
  }

  async generations(group: string): Promise<readonly number[]> {
    const { generations } = await this.#control.read(group, `listing the generations of ${group}`);
    return generations
      .filter(({ state }) => state === "ready")
      .map(({ generation }) => generation)
      .sort((a, b) => a - b);
  }

  async drop(group: string, generation: number): Promise<void> {
    try {
      await this.#drop(group, generation);
    } catch (error) {
      // What was given up and cannot be said so now runs out: it is not to be held on to for as long as this process lives.
      if (this.#leases.get(group)?.claim.generation === generation) this.#endLease(group);
      throw error;
    }
  }

  async #drop(group: string, generation: number): Promise<void> {
    const doing = `dropping a generation of ${group}`;
    const { holdMs } = this.#session.settled.limits;
    for (let left = tries; left > 0; left--) {
      const state = await this.#control.read(group, doing);
      if (state.current === generation) {
        throw new TondoError("INVALID_ARGUMENT", `generation ${String(generation)} of ${group} is the current one`, {
          hint: "Load the group anew first.",
        });
      }
      const entry = state.generations.find((one) => one.generation === generation);
      if (entry === undefined || entry.state === "dropped") {
        await this.#clear(
          group,
          state.generations.filter(({ state: is }) => is === "dropped"),
          doing,
        );
        return;
      }
      const claim = this.#leases.get(group)?.claim;
      const holder = claim?.generation === generation && claim.holder === state.holder ? claim.holder : undefined;
      if (entry.state === "loading" && state.holder !== null && holder === undefined) throw busy(group, state);
      if (!(await this.#control.retire(group, entry, state, { ms: holdMs, holder }, doing))) continue;
      if (holder !== undefined) this.#endLease(group);
      if (entry.state === "ready") this.#clearLater(group, holdMs);
      else await this.#remove(group, generation, doing);
      return;
    }
    throw new TondoError("HOME_BUSY", `${group}: others keep changing it`, { hint: "Try again in a while." });
  }

  groups(): Promise<readonly string[]> {
    return this.#control.groups("listing groups");
  }

  async recordsOf(group: string, keys: readonly Uint8Array[]): Promise<readonly GenerationRecords[]> {
    const doing = `looking for a key in ${group}`;
    const { generations } = await this.#control.read(group, doing);
    const found: GenerationRecords[] = [];
    for (const { generation } of [...generations].sort((a, b) => a.generation - b.generation)) {
      const records = await this.#erasure.count(this.#table(group, generation), keys, doing);
      found.push({ generation, records });
    }
    return found;
  }

  async erase(group: string, keys: readonly Uint8Array[]): Promise<void> {
    const doing = `erasing from ${group}`;
    const before = await this.#control.read(group, doing);
    if (before.holder !== null) throw busy(group, before);
    for (const { generation } of before.generations) {
      await this.#erasure.erase(this.#table(group, generation), keys, doing);
    }
    // What a load has read before the keys were known as erased it may write after they were looked for.
    const after = await this.#control.read(group, doing);
    if (after.holder !== null || after.next !== before.next) throw busy(group, after);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const open = [...this.#leases.values()].map(({ claim }) => claim);
    // A load that was not finished is given up: nobody has to wait until its lease runs out, which it does where this fails.
    await Promise.allSettled(open.map(({ group, generation }) => this.drop(group, generation)));
    for (const group of [...this.#leases.keys()]) this.#endLease(group);
    try {
      await this.#session.close();
    } catch (error) {
      throw cassandraError(error, "closing the online store", this.#session.settled.where);
    }
  }

  #viewOf(snapshot: PointerSnapshot): StoreView {
    const until = snapshot.readAt + this.#session.settled.limits.holdMs / 2;
    return new CassandraView(snapshot, until, this.#reads, this.#queriesOf, this.#readOverlay);
  }

  readonly #readOverlay: ReadOverlay = (group, overlay, keys, upTo, until, visit) =>
    this.#pushedReads.read(overlayScope(this.#session.settled.store, group, overlay), keys, upTo, until, visit);

  /** Texts of queries are made once: the driver knows what it has prepared by them. */
  readonly #queriesOf = (group: string, generation: number): ReadQueries => {
    let ofGroup = this.#queries.get(group);
    const known = ofGroup?.get(generation);
    if (known !== undefined) return known;
    // Only two generations of a group can be read at any time.
    if (ofGroup === undefined || ofGroup.size > 3) {
      ofGroup = new Map();
      this.#queries.set(group, ofGroup);
    }
    const queries = readQueries(this.#session.settled.keyspace, this.#table(group, generation));
    ofGroup.set(generation, queries);
    return queries;
  };

  #table(group: string, generation: number): string {
    return generationTable(this.#session.settled.store, group, generation);
  }

  #endLease(group: string): void {
    this.#leases.get(group)?.end();
    this.#leases.delete(group);
  }

  /** Removes what loads that died left behind, and what was dropped and nobody reads any more. */
  async #clear(group: string, generations: readonly GenerationEntry[], doing: string): Promise<void> {
    for (const { generation, state, isHeld } of generations) {
      if (state === "ready" || isHeld) continue;
      if (state === "loading" && !(await this.#control.abandon(group, generation, doing))) continue;
      await this.#remove(group, generation, doing);
    }
  }

  async #remove(group: string, generation: number, doing: string): Promise<void> {
    const { keyspace } = this.#session.settled;
    await this.#session.define(doing, dropGenerationCql(keyspace, this.#table(group, generation)));
    await this.#control.forget(group, generation, doing);
  }

  /** Removes what was dropped once nobody reads it any more; where this process ends before, the next load of the group does. */
  #clearLater(group: string, afterMs: number): void {
    const doing = `clearing up after ${group}`;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#control
        .read(group, doing)
        .then(({ generations }) =>
          this.#clear(
            group,
            generations.filter(({ state }) => state === "dropped"),
            doing,
          ),
        )
        // The next load of the group does it.
        .catch(() => undefined);
    }, afterMs + 3000).unref();
    this.#timers.add(timer);
  }
}

function busy(group: string, { holder, heldUntil }: GroupState): TondoError {
  const until = heldUntil?.toISOString();
  return new TondoError("HOME_BUSY", `${group} is being loaded by ${holder ?? "somebody else"}`, {
    hint:
      until === undefined
        ? "Wait until that load has ended."
        : `Wait until that load has ended; if it has died, until ${until}, when its claim runs out.`,
    details: { group, holder, ...(until === undefined ? {} : { until }) },
  });
}

function notThere(group: string, generation: number): TondoError {
  return new TondoError("GENERATION_GONE", `${group} has no generation ${String(generation)} to copy records of`, {
    hint: "Load the group again.",
  });
}

function lost(group: string): TondoError {
  return new TondoError("HOME_BUSY", `the load of ${group} stood still for so long that its claim ran out`, {
    hint: "Load it again; raise `leaseMs` where this process may stand still for longer.",
    details: { group },
  });
}

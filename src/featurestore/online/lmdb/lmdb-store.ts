import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Database, open, type RootDatabase, type Transaction } from "lmdb";
import { type Micros, TondoError } from "../../../core/index.ts";
import { decodePointer, encodePointer, type GroupPointer, nextGeneration } from "../group-pointer.ts";
import type { GenerationRecords, GenerationWriter, OnlineStore, PointerSwitch, StoreView } from "../online-store.ts";
import type { PushedStore } from "../pushed-store.ts";
import { BatchWriter } from "./batch-writer.ts";
import { checkFile } from "./check-file.ts";
import { copySlot, type OpenViewed } from "./copy-slot.ts";
import { lmdbError } from "./lmdb-error.ts";
import { defaultLmdbLimits, type LmdbOptions } from "./lmdb-options.ts";
import { LmdbPushed } from "./lmdb-pushed.ts";
import { writeFailure } from "./write-failure.ts";
import { type FindSlot, type KnownGroup, LmdbView, type ReadableDatabase, readFast } from "./lmdb-view.ts";
import {
  type Bytes,
  databases,
  groupsIn,
  overlayKey,
  overlayName,
  pointerKey,
  recordsUnder,
  slotCount,
  slotKey,
  slotName,
  switchesKey,
} from "./lmdb-layout.ts";

const number = new Float64Array(1);
const numberBytes = new Uint8Array(number.buffer);

/** How long a view is shared, milliseconds: a turn of the event loop may be long. What is pushed is waited for as long. */
const sharedMs = 10;

const binary = { encoding: "binary", keyEncoding: "binary" } as const;

/**
 * The online store of one machine: an LMDB environment. Several processes may read it beside one that writes; what was
 * switched to is on the disk.
 *
 * Layout: the database `meta` holds the pointers, a number that changes with each of them, and which generation each slot
 * holds; each group has three databases, its slots, of which generation `g` takes number `g mod 3`: the current one, the
 * one before it and the one being written. A slot is emptied by giving back its pages, and readers' transactions keep
 * what they see. Beside the slots lies its overlay, with what was pushed; the log of that is one database for all groups.
 */
export class LmdbStore implements OnlineStore {
  readonly kind = "lmdb";
  readonly staleness: Micros = sharedMs * 1000;
  readonly switchLead: Micros;
  readonly pushed: PushedStore;
  readonly afterErasure: string =
    "LMDB gives the pages of what was erased back to be written over, and does not wipe them: until then their bytes stand in the file, " +
    "and compaction makes one without them";
  readonly #root: RootDatabase<Bytes, Bytes>;
  readonly #meta: Database<Bytes, Bytes>;
  readonly #folder: string;
  readonly #readOnly: boolean;
  readonly #slots: Map<string, Database<Bytes, Bytes>> = new Map<string, Database<Bytes, Bytes>>();
  readonly #writers: Map<string, BatchWriter> = new Map<string, BatchWriter>();
  /** Groups as of {@link #seen}, also those that have no pointer. */
  #groups: Map<string, KnownGroup> = new Map<string, KnownGroup>();
  #seen = -1;
  /** What those share who read in the same turn of the event loop: the driver reads all of them in one transaction. */
  #turn: LmdbView | undefined;
  #turnBegan = 0;

  private constructor(root: RootDatabase<Bytes, Bytes>, meta: Database<Bytes, Bytes>, options: LmdbOptions) {
    this.#root = root;
    this.#meta = meta;
    this.#folder = options.folder;
    this.#readOnly = options.readOnly === true;
    this.switchLead = (options.limits?.switchLeadMs ?? defaultLmdbLimits.switchLeadMs) * 1000;
    this.pushed = new LmdbPushed({
      ...{
        root,
        meta,
        staleness: this.staleness,
        lead: (options.limits?.pushLeadMs ?? defaultLmdbLimits.pushLeadMs) * 1000,
      },
      openDatabase: (name, create) => this.#open(name, create),
      writing: (doing, work) => this.#writing(doing, work),
      pointer: (group) => this.#currentPointer(group),
      switched: () => this.#meta.putSync(switchesKey, Buffer.from(Float64Array.of(this.#switches() + 1).buffer)),
      readAnew: () => {
        this.#readAnew();
      },
    });
  }

  /**
   * Opens a store.
   * @throws TondoError `IO_FAILED`, `STORE_CORRUPT`, `STORE_BUSY` where as many processes read it as may; `GROUP_NOT_MATERIALIZED` where one that is only to be read is not there
   */
  static open(options: LmdbOptions): LmdbStore {
    const { folder, readOnly = false } = options;
    const limits = { ...defaultLmdbLimits, ...options.limits };
    if (readOnly && !existsSync(join(folder, "data.mdb"))) throw nothingThere(folder);
    checkFile(folder, readOnly);
    try {
      const root = open<Bytes, Bytes>({
        path: folder,
        ...binary,
        readOnly,
        // A name with a dot in it would else be taken for a file's.
        noSubdir: false,
        // Batches are waited for until they are visible; what is switched to is flushed first.
        separateFlushed: true,
        // Of the batch that it would make of a turn the driver drops the promise: where the disk is full nobody could handle it, and the process would end.
        eventTurnBatching: false,
        maxDbs: databases(limits.groups),
        maxReaders: limits.readers,
        mapSize: limits.mapBytes,
      });
      const meta = root.openDB({ name: "meta", ...binary }) as Database<Bytes, Bytes> | undefined;
      if (meta === undefined) {
        void root.close();
        throw nothingThere(folder);
      }
      return new LmdbStore(root, meta, options);
    } catch (error) {
      throw lmdbError(error, "opening the online store", folder);
    }
  }

  view(groups: readonly string[]): StoreView {
    const began = performance.now();
    if (this.#turn !== undefined && began - this.#turnBegan <= sharedMs && this.#knows(groups))
      return this.#turn.share();
    // The driver keeps a transaction of its own until its timer comes: that may be later than the turn's end.
    this.#readAnew();
    try {
      for (;;) {
        const transaction = this.#root.useReadTransaction();
        const switches = this.#switches({ transaction });
        if (switches === this.#seen && this.#knows(groups)) {
          this.#turnBegan = began;
          this.#turn = new LmdbView(transaction, this.#groups, this.#otherSlot);
          setImmediate(this.#endTurn);
          return this.#turn.share();
        }
        // Which databases are open is settled when a transaction begins: open them, then look again.
        this.#learn(groups, switches, transaction);
      }
    } catch (error) {
      throw lmdbError(error, "reading the online store", this.#folder);
    }
  }

  async begin(group: string): Promise<GenerationWriter> {
    return this.#writing(`loading ${group}`, async () => {
      // Readers that died holding a transaction would keep old pages alive for ever.
      this.#root.readerCheck();
      const current = this.#currentPointer(group);
      const held = [current?.generation, current?.previous].map((one) => (one === undefined ? -1 : one % slotCount));
      let generation = nextGeneration(current);
      while (held.includes(generation % slotCount)) generation++;
      const slot = this.#openSlot(group, generation, true);
      if (slot === undefined) throw new TondoError("INTERNAL", `no slot for ${group}`);
      await this.#root.batch(() => {
        void this.#meta.put(slotKey(group, generation), Buffer.from(String(generation)));
        void slot.clearAsync();
      });
      const writer = this.#writer(slotName(group, generation));
      return {
        generation,
        current,
        isDoneWithBatches: true,
        write: (batch) => this.#writing(`loading ${group}`, () => writer.write(batch)),
        copy: (from, change, signal) =>
          this.#writing(`loading ${group}`, async () => {
            const bytes = this.#meta.getBinary(slotKey(group, from));
            const isThere = bytes !== undefined && Buffer.from(bytes).toString() === String(from);
            if (!isThere || this.#openSlot(group, from, false) === undefined) throw notThere(group, from);
            const open: OpenViewed = (decode) => {
              // The driver's types do not know that a database may have what decodes its values, nor `create`.
              const encoder = { encode: (value: Bytes) => value, decode };
              const options = { name: slotName(group, from), keyEncoding: "binary" as const, create: false, encoder };
              return this.#root.openDB<Bytes, Bytes>(options);
            };
            await copySlot(open, change, (batch) => writer.write(batch), signal);
          }),
      };
    });
  }

  async switchPointers(switches: readonly PointerSwitch[]): Promise<boolean> {
    return this.#writing("switching to what was loaded", async () => {
      // A pointer must never be on the disk before the records it names.
      await this.#root.flushed;
      const done = this.#root.transactionSync(() => {
        for (const { pointer, expected } of switches) {
          if (this.#currentPointer(pointer.group)?.generation !== expected) return false;
        }
        for (const { pointer } of switches) {
          this.#meta.putSync(pointerKey(pointer.group), Buffer.from(encodePointer(pointer)));
        }
        this.#meta.putSync(switchesKey, Buffer.from(Float64Array.of(this.#switches() + 1).buffer));
        return true;
      });
      await this.#root.flushed;
      this.#readAnew();
      return done;
    });
  }

  async generations(group: string): Promise<readonly number[]> {
    this.#readAnew();
    const found: number[] = [];
    for (let slot = 0; slot < slotCount; slot++) {
      const bytes = this.#meta.getBinary(slotKey(group, slot));
      if (bytes !== undefined) found.push(Number(Buffer.from(bytes).toString()));
    }
    return found.sort((a, b) => a - b);
  }

  async drop(group: string, generation: number): Promise<void> {
    return this.#writing(`dropping a generation of ${group}`, async () => {
      if (this.#currentPointer(group)?.generation === generation) {
        throw new TondoError("INVALID_ARGUMENT", `generation ${String(generation)} of ${group} is the current one`, {
          hint: "Load the group anew first.",
        });
      }
      if (!(await this.generations(group)).includes(generation)) return;
      const slot = this.#openSlot(group, generation, true);
      await this.#root.batch(() => {
        void this.#meta.remove(slotKey(group, generation));
        void slot?.clearAsync();
      });
      await this.#root.flushed;
    });
  }

  async groups(): Promise<readonly string[]> {
    this.#readAnew();
    return groupsIn(this.#meta);
  }

  async recordsOf(group: string, keys: readonly Bytes[]): Promise<readonly GenerationRecords[]> {
    const found: GenerationRecords[] = [];
    for (const generation of await this.generations(group)) {
      const slot = this.#openSlot(group, generation, false);
      const records = slot === undefined ? 0 : recordsUnder(slot, keys).length;
      found.push({ generation, records });
    }
    return found;
  }

  async erase(group: string, keys: readonly Bytes[]): Promise<void> {
    return this.#writing(`erasing from ${group}`, async () => {
      const slots = (await this.generations(group)).flatMap((one) => this.#openSlot(group, one, false) ?? []);
      this.#root.transactionSync(() => {
        for (const slot of slots) for (const key of recordsUnder(slot, keys)) slot.removeSync(key);
      });
      await this.#root.flushed;
      this.#readAnew();
    });
  }

  async close(): Promise<void> {
    this.#endTurn();
    await this.#root.close();
  }

  /** How often pointers were switched, in a transaction or now. */
  #switches(options?: { readonly transaction: Transaction }): number {
    const meta: ReadableDatabase = this.#meta;
    const bytes = options === undefined ? this.#meta.getBinary(switchesKey) : meta.getBinaryFast(switchesKey, options);
    if (bytes === undefined) return 0;
    // Each read begins with this: it makes nothing.
    for (let i = 0; i < 8; i++) numberBytes[i] = bytes[i] ?? 0;
    return number[0] ?? 0;
  }

  readonly #endTurn = (): void => {
    this.#turn?.close();
    this.#turn = undefined;
  };

  /** What was written is seen by whoever reads from now on. */
  #readAnew(): void {
    this.#endTurn();
    this.#root.resetReadTxn();
  }

  #knows(groups: readonly string[]): boolean {
    for (const group of groups) if (!this.#groups.has(group)) return false;
    return true;
  }

  readonly #otherSlot: FindSlot = (group, generation) => this.#slots.get(slotName(group, generation));

  /** Reads pointers in a transaction, ends it, and opens the databases that they need. */
  #learn(groups: readonly string[], switches: number, transaction: Transaction): void {
    const known = new Map(switches === this.#seen ? this.#groups : []);
    const pointers: (GroupPointer | undefined)[] = [];
    const overlays: (readonly string[])[] = [];
    try {
      for (const group of groups) {
        const bytes = readFast(this.#meta, pointerKey(group), { transaction });
        const pointer = bytes === undefined ? undefined : decodePointer(bytes);
        pointers.push(pointer);
        const named = [pointer?.overlay, pointer?.before?.overlay].filter((one) => one !== undefined);
        overlays.push(
          [...new Set(named)].filter(
            (one) => readFast(this.#meta, overlayKey(group, one), { transaction }) !== undefined,
          ),
        );
      }
    } finally {
      transaction.done();
      this.#root.resetReadTxn();
    }
    for (const [i, group] of groups.entries()) {
      const pointer = pointers[i];
      if (pointer?.previous !== undefined) this.#openSlot(group, pointer.previous, false);
      const slot = pointer === undefined ? undefined : this.#openSlot(group, pointer.generation, false);
      const pushed = new Map<string, Database<Bytes, Bytes>>();
      for (const one of overlays[i] ?? []) {
        const overlay = this.#open(overlayName(group, one), false);
        if (overlay !== undefined) pushed.set(one, overlay);
      }
      known.set(group, { pointer, slot, pushed });
    }
    this.#groups = known;
    this.#seen = switches;
  }

  #currentPointer(group: string): GroupPointer | undefined {
    const bytes = this.#meta.getBinary(pointerKey(group));
    return bytes === undefined ? undefined : decodePointer(bytes);
  }

  #openSlot(group: string, generation: number, create: boolean): Database<Bytes, Bytes> | undefined {
    return this.#open(slotName(group, generation), create);
  }

  #writer(name: string): BatchWriter {
    const known = this.#writers.get(name);
    if (known !== undefined) return known;
    const writer = new BatchWriter(this.#root, name);
    this.#writers.set(name, writer);
    return writer;
  }

  #open(name: string, create: boolean): Database<Bytes, Bytes> | undefined {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    // The driver's types do not know `create`, nor that there may be none.
    const options = { name, ...binary, create };
    const slot = this.#root.openDB<Bytes, Bytes>(options) as Database<Bytes, Bytes> | undefined;
    if (slot !== undefined) this.#slots.set(name, slot);
    return slot;
  }

  async #writing<T>(doing: string, work: () => Promise<T>): Promise<T> {
    if (this.#readOnly) {
      throw new TondoError("INVALID_ARGUMENT", `${doing}: the online store was opened to be read only`, {
        hint: "Open it without `readOnly` in the process that loads.",
      });
    }
    try {
      return await work();
    } catch (error) {
      const failure = await writeFailure(error, doing, this.#folder);
      await this.#goOn();
      throw failure;
    }
  }

  /** A transaction that failed leaves the driver waiting for its flush for ever, until another one is done: one that writes nothing needs no room. */
  async #goOn(): Promise<void> {
    try {
      await this.#root.batch(() => undefined);
    } catch (error) {
      // Who writes is told of what failed first.
      await writeFailure(error, "going on", this.#folder);
    }
  }
}

function notThere(group: string, generation: number): TondoError {
  return new TondoError("GENERATION_GONE", `${group} has no generation ${String(generation)} to copy records of`, {
    hint: "Load the group again.",
  });
}

function nothingThere(folder: string): TondoError {
  return new TondoError("GROUP_NOT_MATERIALIZED", "there is no online store yet", {
    where: folder,
    hint: "Materialize first.",
  });
}

import type { Micros } from "../../core/index.ts";
import type { GroupPointer } from "./group-pointer.ts";
import type { PushedStore } from "./pushed-store.ts";

/**
 * What every online store does: it keeps for each group a few generations of records by key, and one pointer that says
 * which generation is current. Records are bytes to it; pointers are read, and moved together or not at all.
 *
 * Where an answer may be a value or a promise, a store that has it at once gives the value: a read costs it no promise.
 */
export interface OnlineStore {
  /** `"lmdb"`, say: for messages. */
  readonly kind: string;

  /** How long before it is given a view may have been opened, microseconds: what was switched to since it does not show. */
  readonly staleness: Micros;

  /** How long ahead of its moment a switch is to be written, microseconds, so that all views of that moment show it: {@link staleness}, and what a write takes. */
  readonly switchLead: Micros;

  /**
   * Opens a view on some groups. Within one view pointers and the records of the generations they name belong
   * together, whatever is loaded meanwhile. To be closed soon; where it was given at once it is read at once, too.
   */
  view(groups: readonly string[]): StoreView | Promise<StoreView>;

  /**
   * Begins a generation of a group, which nobody reads before a pointer names it; remains of one that was never finished go first.
   * @throws TondoError `STORE_FULL`, as all that writes does, where there is no room: what was current still is
   */
  begin(group: string): Promise<GenerationWriter>;

  /**
   * Moves pointers, all of them or none, once their generations' records are durable. `false` where one of the groups is
   * not at its expected generation any more; nothing has changed then. Durable when it returns.
   */
  switchPointers(switches: readonly PointerSwitch[]): Promise<boolean>;

  /** The generations of a group that hold records, current or not, ascending. */
  generations(group: string): Promise<readonly number[]>;

  /**
   * Removes a generation's records.
   * @throws TondoError `INVALID_ARGUMENT` for the current one
   */
  drop(group: string, generation: number): Promise<void>;

  /** The groups of which the store keeps a pointer or records, defined or not any more, ascending. */
  groups(): Promise<readonly string[]>;

  /**
   * How many records some keys have in each generation that there is: current or kept, being loaded, given up, or about to go; ascending. It is
   * read from the store itself, whatever is known of earlier reads: the proof of an erasure. No key may begin with another.
   */
  recordsOf(group: string, keys: readonly Uint8Array[]): Promise<readonly GenerationRecords[]>;

  /**
   * Removes all that some keys have in every generation of a group; where they have nothing, nothing happens. Durable when it returns. The group must not be
   * loaded meanwhile: what is written then may hold the keys.
   *
   * @throws TondoError `HOME_BUSY` where the store knows that it is, or was while this went on: to be done again
   */
  erase(group: string, keys: readonly Uint8Array[]): Promise<void>;

  /** Where rows lie that programs push; absent where this store takes none. */
  readonly pushed?: PushedStore;

  /** What of records that were erased may still be read from disks, and for how long: a sentence for people. */
  readonly afterErasure: string;

  close(): Promise<void>;
}

/** How many records of some keys a generation holds. */
export interface GenerationRecords {
  readonly generation: number;
  readonly records: number;
}

/** A view on pointers and records that belong together; see {@link OnlineStore.view}. */
export interface StoreView {
  /** The pointer of one of the groups that the view was opened on. */
  pointer(group: string): GroupPointer | undefined;

  /**
   * Reads the records of some keys of a generation. `visit` gets the index of each key once, in any order, with its
   * record, which is valid during the call only, or `undefined` where there is none.
   */
  read(group: string, generation: number, keys: readonly Uint8Array[], visit: RecordVisitor): void | Promise<void>;

  /**
   * Reads what is pushed to a group under some keys, beside its generations: `visit` gets the index of each key that has a record, which is valid during the
   * call only. `overlay` is what a pointer names; rows of moments behind `upTo` may be left out, or rows that came since the view was opened be given. Absent where the store takes no
   * rows.
   */
  readPushed?(
    group: string,
    overlay: string,
    keys: readonly Uint8Array[],
    upTo: Micros,
    visit: PushedVisitor,
  ): void | Promise<void>;

  close(): void;
}

/** See {@link StoreView.readPushed}. */
export type PushedVisitor = (index: number, record: Uint8Array) => void;

/** See {@link StoreView.read}. */
export type RecordVisitor = (index: number, record: Uint8Array | undefined) => void;

/** Writes the records of one new generation. */
export interface GenerationWriter {
  readonly generation: number;
  /** The generation that is current now, and the one before it. */
  readonly current: GroupPointer | undefined;
  /** Whether it is done with a batch's memory once that is written; else it may read it still, to send it again say. */
  readonly isDoneWithBatches?: boolean;
  /** Writes a batch in one transaction. Its bytes must not change before the promise is settled. Sorted keys are faster. */
  write(batch: RecordBatch): Promise<void>;
  /**
   * Copies the records of another generation of the group, batch by batch, each as `change` gives it. What a generation holds beside the records of keys comes, too.
   *
   * @throws TondoError `GENERATION_GONE` where that generation is not there, `ABORTED`, and what `change` throws: some may have been copied then
   */
  copy(from: number, change: RecordChange, signal?: AbortSignal): Promise<void>;
}

/**
 * What becomes of a record that is copied: its bytes, the same or others, or `undefined` where it is left out. Asked of each record once, in any order. What it is given is valid
 * during the call only; what it gives must not change before the copy is done, unless it is what it was given.
 */
export type RecordChange = (key: Uint8Array, record: Uint8Array) => Uint8Array | undefined;

/** Records to write, value `i` under key `i`. */
export interface RecordBatch {
  readonly keys: PackedBytes;
  readonly values: PackedBytes;
}

/** Pieces of bytes one behind the other: piece `i` ends at `ends[i]`, where the next begins; the first begins at 0. An object for each would cost more than to write it. */
export interface PackedBytes {
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
}

/** Records of which there are few. */
export function recordBatch(keys: readonly Uint8Array[], values: readonly Uint8Array[]): RecordBatch {
  return { keys: packed(keys), values: packed(values) };
}

function packed(pieces: readonly Uint8Array[]): PackedBytes {
  let end = 0;
  return { bytes: Buffer.concat(pieces), ends: pieces.map(({ length }) => (end += length)) };
}

/** Piece `i` of some. */
export function pieceOf({ bytes, ends }: PackedBytes, i: number): Uint8Array {
  return bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]);
}

/** A pointer to be moved. */
export interface PointerSwitch {
  readonly pointer: GroupPointer;
  /** The generation that must be current; absent where there must be none yet. */
  readonly expected?: number;
}

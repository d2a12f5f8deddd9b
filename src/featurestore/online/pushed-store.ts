import type { Micros } from "../../core/index.ts";
import type { PushedRow } from "./codec/index.ts";
import type { GroupPointer } from "./group-pointer.ts";
import type { PlacedPosition, StreamMove, StreamPosition } from "./stream-position.ts";

/**
 * Rows that programs push, as a store keeps them: twice. By group and key beside the generations, for requests: the overlay. And by source in the order of their moments, for
 * loads and training sets, until they lie in files: the log.
 */
export interface PushedStore {
  /** How long ahead of its moment a row is written, microseconds, so that all views of that moment show it: the store's staleness, and what a write takes. */
  readonly lead: Micros;

  /**
   * Says which groups are fed by which source from now on, before a load of them chooses its moment: what is pushed from then on comes in them, whoever pushes it. Durable when it returns.
   *
   * @returns of each behind which moment all that is pushed comes in it: that of the last row before it was first said so
   */
  feed(feeds: readonly NewFeed[]): Promise<readonly Micros[]>;

  /** Says that rows of its source came in a group no longer, unless that was said anew since it was read. Durable when it returns. */
  starve(group: string, feed: Feed): Promise<void>;

  /**
   * Writes rows into overlays and log, all or none. Each has a moment of its own, larger than all before it in this store. Durable when it returns.
   *
   * @throws what `choose`, `admit` and a move's `change` throw: nothing is written then
   */
  push(push: Push): Promise<Pushed>;

  /** How far a source has been read from the partitions of its topics, in no order. */
  positions(source: string): Promise<readonly PlacedPosition[]>;

  /**
   * Changes how far a source has been read, all of it or nothing. Durable when it returns.
   *
   * @returns the positions that came of it
   * @throws what a `change` throws: nothing is written then
   */
  move(source: string, moves: readonly StreamMove[]): Promise<readonly StreamPosition[]>;

  /** A name of this store that no other has, the same for ever. */
  identity(): Promise<string>;

  /**
   * Sees to it that whatever is pushed from now on has a moment behind this one: what has a smaller one is there then.
   *
   * @param loads the groups that are about to be loaded as of it: rows that are folded from now on are folded apart on both sides of it
   * @returns by group up to which moment rows were folded before, where some may have been folded on both sides of it: a load as of it could not tell them apart, and none of these is begun
   */
  close(moment: Micros, loads?: readonly NewLoad[]): Promise<ReadonlyMap<string, Micros>>;

  /** Removes what rows of a key came to that were folded, or counts those rows; gives how many they were. Durable when it returns. */
  dropFolded?(group: string, overlay: string, key: Uint8Array, how?: "count"): Promise<number>;

  /** The oldest rows in the log of a source that are behind a moment. */
  logged(source: string, after: Micros, limit: number): Promise<readonly LoggedRow[]>;

  /** Removes rows from the log of a source, or counts them; gives how many there were. Durable when it returns. */
  dropLogged(source: string, isWanted: (row: LoggedRow) => boolean, how?: "count"): Promise<number>;

  /** What the overlays of a group are called that rows were ever pushed to, also by definitions that are no more. */
  overlays(group: string): Promise<readonly string[]>;

  /** Removes rows from the overlay of a group, or counts them; gives how many there were. Durable when it returns. */
  drop(group: string, overlay: string, isWanted: (row: PushedRow) => boolean, how?: "count"): Promise<number>;

  /** Says up to which moment both generations that are kept hold the rows of an overlay: these go once no view needs them any more. */
  retire(group: string, overlay: string, upTo: Micros): Promise<void>;

  /**
   * Says that a home puts rows of the log into files, which only one may: the others' files lack them. Gives the one that does, the first that said so. Absent where no other home has
   * the store.
   */
  takenBy?(home: string): Promise<string>;
}

/** A row in the log of a source. Where it is asked whether it is to be removed, `k` is no number while it is not known whether it will count. */
export type LoggedRow = Pick<PushedRow, "k" | "text">;

/** A load that is about to be made of a group: what its pushed rows are filed under, and a digest of the layout that it will have. */
export interface NewLoad {
  readonly group: string;
  readonly overlay: string;
  readonly layout: string;
}

/** The moment of a load that was begun, and what the group is read by once it is there. */
export interface LoadCut {
  readonly at: Micros;
  readonly layout: string;
}

/** What is held of a key: the record of its rows, and that of what others came to which were folded. */
export interface HeldRows {
  readonly record: Uint8Array;
  readonly folds?: Uint8Array | undefined;
}

/** When rows are folded. */
export interface FoldingNow {
  readonly pointer: GroupPointer | undefined;
  readonly cuts: readonly LoadCut[];
  readonly now: Micros;
  /** How many rows the key has. */
  readonly rows: number;
}

/** Makes less of the rows of a key, where they are many. */
export interface RowFolding {
  /** From how many rows on it is asked. */
  readonly rows: number;
  /** Asked within a write. Gives what is held from now on; `undefined` where that is what is held. */
  readonly fold: (held: HeldRows, now: FoldingNow) => HeldRows | undefined;
}

/** What a source is to a group. */
export interface Feed {
  readonly source: string;
  /** What pointers call the overlay; `null` where rows were pushed that did not come in the group, so that it must be loaded anew. */
  readonly overlay: string | null;
  /** Rows of later moments come in it. */
  readonly since: Micros;
  /** As of which moment it is about to be loaded, where that had not come: no row comes in it that is not behind that. */
  readonly asOf?: Micros;
  /** Another one each time it is said. */
  readonly id: string;
}

/** Which source is to feed a group. */
export interface NewFeed {
  readonly group: string;
  readonly source: string;
  readonly overlay: string;
  readonly asOf?: Micros;
}

/** Rows to be pushed. */
export interface Push {
  readonly source: string;
  /** The columns of each row as JSON. */
  readonly texts: readonly string[];
  /** What the log has of each row, where that is more than its text. */
  readonly logged?: readonly string[];
  /** The groups that they may come in. */
  readonly groups: readonly PushedGroup[];
  /**
   * Asked within the write: which of `groups` they come in.
   *
   * @param feeds by group what was said of those that are fed by the source
   * @param pointers what is current of each of `groups`
   * @throws where whoever pushes knows of other groups than those that are fed
   */
  readonly choose: (
    feeds: ReadonlyMap<string, Feed>,
    pointers: readonly (GroupPointer | undefined)[],
  ) => readonly PushedGroup[];
  /** The clock, asked once the store is ready to write. */
  readonly clock: () => Micros;
  /** How far the source has been read once these rows are written. */
  readonly moves?: readonly StreamMove[] | undefined;
}

/** Where rows come in a group. */
export interface PushedGroup {
  readonly group: string;
  /** What pointers call the overlay: other definitions of its keys have another one. */
  readonly overlay: string;
  /** By key the rows, by their places in the push, with when they happened. */
  readonly keys: readonly { readonly key: Uint8Array; readonly rows: readonly PushedPlace[] }[];
  /**
   * Asked within the write, of each key: whether the group takes rows.
   *
   * @param pointer what is current of it
   * @param first the moment of the first row
   * @param held how many rows the key has in the overlay since the load
   * @throws TondoError where it does not
   */
  readonly admit: (pointer: GroupPointer | undefined, first: Micros, held: number) => void;
  /** How many rows of a key are admitted, at the most. */
  readonly mostHeld: number;
  /** Absent where rows are never folded. A store may do without. */
  readonly folding?: RowFolding | undefined;
}

/** A row of a push in a group. */
export interface PushedPlace {
  readonly place: number;
  readonly t: Micros;
}

/** What became of a push. */
export interface Pushed {
  /** The moments of its first and its last row. */
  readonly first: Micros;
  readonly last: Micros;
  /** From when on all who read see it, by the clock: what counts from an earlier moment came late. */
  readonly seenFrom: Micros;
}

import { canonicalJson, type Micros, sha256, TondoError } from "../../core/index.ts";
import type { GroupPlan, SourcePlan } from "../../dsl/index.ts";
import type { GroupLayout } from "./group-layout.ts";
import { recentHorizon } from "./recent-rows.ts";

/** What a load counted. */
export interface LoadCounts {
  /** Rows of the source that records were made of: of an incremental load those of the keys that it computed. */
  readonly rows: number;
  readonly keys: number;
  /** Tiles, or versions of rows. */
  readonly parts: number;
  /** Bytes of records, without their keys. */
  readonly bytes: number;
  /** Keys left out since they are longer than a store takes; a request for one is refused, also where it computes its key. */
  readonly keysTooLong: number;
  /** Keys left out since they were erased, of an incremental load among those that it computed; absent where there were none. */
  readonly keysErased?: number;
  /** Rows that happened before what loads with `since` were to take in, and wait for one that takes them in; absent where there were none. */
  readonly rowsWaiting?: number;
}

/**
 * What is current of a group: one generation of records, as of a moment. It is written once all its records are, and
 * replaced as a whole.
 */
export interface GroupPointer {
  /** The form of this pointer. */
  readonly version: 1;
  /** `entity:group`. */
  readonly group: string;
  readonly generation: number;
  /** The generation before it, kept for rollback; absent where there is none. */
  readonly previous?: number;
  /** The pointer of that generation, which a rollback goes back to. Pointers that earlier programs wrote lack it. */
  readonly before?: EarlierPointer;
  /** That this generation was gone back to. */
  readonly rolledBack?: Rollback;
  /** The moment up to which the group's history is in. */
  readonly asOf: Micros;
  /** A table only: the last moment after `asOf` for which a load found the same inputs, so that these records are as of it, too. */
  readonly confirmed?: Micros;
  /** From when on requests are answered by it, and until then by the one before: chosen ahead of the switch, so that all who read know of it by then. Absent: from `asOf` on. */
  readonly appliedAt?: Micros;
  /** What the rows that are pushed beside it are filed under: a digest of how keys are made. Loads of earlier programs do not say, and take none. */
  readonly overlay?: string;
  /** A source with `id` only: how far back the rows of tiles are kept beside them, since later versions may replace them. */
  readonly recentFrom?: Micros;
  /** Behind which moment all that is pushed comes in the group as it is; absent where that is not behind the moment of the generation before it. */
  readonly fedSince?: Micros;
  /** The moment of the last row in the files of pushed rows that it read; absent where there were none. Loads of earlier programs do not say. */
  readonly pushedUntil?: Micros;
  /** When it was loaded, by the machine's clock. */
  readonly loadedAt: Micros;
  /** A digest of all that decided the records: definitions, files, moment. */
  readonly inputs: string;
  /** A digest of the keys that were left out since they were erased; absent where there were none. */
  readonly erased?: string;
  readonly layout: GroupLayout;
  readonly counts: LoadCounts;
}

/** The pointer of a generation that another one has replaced, without what was before it. */
export type EarlierPointer = Omit<GroupPointer, "previous" | "before">;

/** A rollback: from which generation, when and by whom. */
export interface Rollback {
  readonly from: number;
  /** By the machine's clock. */
  readonly at: Micros;
  readonly by: string;
}

/** A pointer as the one that replaces it keeps it. */
export function earlierPointer({ previous: _previous, before: _before, ...rest }: GroupPointer): EarlierPointer {
  return rest;
}

/** What the rows that are pushed to a group are filed under: another one where they are of another source, and keys, times, identities or deletions are made otherwise. */
export function overlayOf(group: GroupPlan, source: SourcePlan): string {
  const { name, at = null, deleted = null, id } = source;
  // Without the rows that loads keep since they take ids, what is pushed could not be told apart from what is loaded.
  const identity = id === undefined ? {} : { id, recent: recentHorizon };
  return sha256(canonicalJson({ source: name, key: group.key, at, deleted, ...identity })).slice(0, 16);
}

/** What answers requests of a moment: what a pointer names, or what was current before it where its own moment has not come. */
export function pointerAt(pointer: GroupPointer, at: Micros): GroupPointer {
  const { appliedAt, before } = pointer;
  return appliedAt !== undefined && at < appliedAt && before !== undefined ? before : pointer;
}

/**
 * The first moment that a generation answers for: from its switch on, since until then the one before it did. That one answers where a pointer has it; it is not there any more behind a rollback,
 * and of two loads before.
 */
export function firstMoment({ asOf, appliedAt }: Pick<GroupPointer, "asOf" | "appliedAt">): Micros {
  return appliedAt ?? asOf;
}

/** The least number for a group's next generation: none that was ever current is given again, also where it was gone back behind it. */
export function nextGeneration(current: GroupPointer | undefined): number {
  return Math.max(current?.generation ?? 0, current?.rolledBack?.from ?? 0) + 1;
}

/** The name of a group as stores know it. */
export function groupName(group: { readonly entity: string; readonly name: string }): string {
  return `${group.entity}:${group.name}`;
}

/** Whether two pointers name the same records: the number of a generation may come again, after a rollback say. */
export function isSameLoad(a: GroupPointer, b: GroupPointer): boolean {
  return a === b || (a.generation === b.generation && a.loadedAt === b.loadedAt && a.inputs === b.inputs);
}

/** A pointer as bytes. */
export function encodePointer(pointer: GroupPointer): Uint8Array {
  return new TextEncoder().encode(canonicalJson(pointer));
}

/**
 * A pointer from its bytes.
 * @throws TondoError `STORE_CORRUPT`
 */
export function decodePointer(bytes: Uint8Array): GroupPointer {
  let parsed: Partial<GroupPointer> | null;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Partial<GroupPointer> | null;
  } catch (error) {
    throw damaged("is no JSON", error);
  }
  if (typeof parsed !== "object" || parsed === null) throw damaged("is no object");
  if (parsed.version !== 1) throw damaged(`is of version ${String(parsed.version)}, and this program knows 1`);
  const { before } = parsed;
  if (!isWhole(parsed) || (before !== undefined && !isWhole(before))) throw damaged("lacks a part");
  return parsed as GroupPointer;
}

function isWhole(pointer: Partial<GroupPointer> | null): boolean {
  if (typeof pointer !== "object" || pointer === null) return false;
  const { group, generation, asOf, appliedAt, layout, rolledBack } = pointer;
  return (
    typeof group === "string" &&
    Number.isSafeInteger(generation) &&
    Number.isSafeInteger(asOf) &&
    Number.isSafeInteger(appliedAt ?? 0) &&
    Number.isSafeInteger(rolledBack?.from ?? 0) &&
    (layout?.kind === "rows" ? Array.isArray(layout.columns) : layout?.kind === "windows" && Array.isArray(layout.hops))
  );
}

function damaged(what: string, cause?: unknown): TondoError {
  return new TondoError("STORE_CORRUPT", `a group's pointer in the online store ${what}`, {
    hint: "Materialize the group again with the program that reads it.",
    cause,
  });
}

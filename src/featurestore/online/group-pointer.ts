import { canonicalJson, type Micros, TondoError } from "../../core/index.ts";
import type { GroupLayout } from "./group-layout.ts";

/** What a load counted. */
export interface LoadCounts {
  /** Rows of the source that are in what was loaded. */
  readonly rows: number;
  readonly keys: number;
  /** Tiles, or versions of rows. */
  readonly parts: number;
  /** Bytes of records, without their keys. */
  readonly bytes: number;
  /** Keys left out since they are longer than a store takes; a request for one is refused, also where it computes its key. */
  readonly keysTooLong: number;
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
  /** The moment up to which the group's history is in. */
  readonly asOf: Micros;
  /** When it was loaded, by the machine's clock. */
  readonly loadedAt: Micros;
  /** A digest of all that decided the records: definitions, files, moment. */
  readonly inputs: string;
  readonly layout: GroupLayout;
  readonly counts: LoadCounts;
}

/** The name of a group as stores know it. */
export function groupName(group: { readonly entity: string; readonly name: string }): string {
  return `${group.entity}:${group.name}`;
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
  const { group, generation, asOf, layout } = parsed;
  const isWhole =
    typeof group === "string" &&
    Number.isSafeInteger(generation) &&
    Number.isSafeInteger(asOf) &&
    (layout?.kind === "rows"
      ? Array.isArray(layout.columns)
      : layout?.kind === "windows" && Array.isArray(layout.hops));
  if (!isWhole) throw damaged("lacks a part");
  return parsed as GroupPointer;
}

function damaged(what: string, cause?: unknown): TondoError {
  return new TondoError("STORE_CORRUPT", `a group's pointer in the online store ${what}`, {
    hint: "Materialize the group again with the program that reads it.",
    cause,
  });
}

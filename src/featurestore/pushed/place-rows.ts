import { type Micros, parseTypeName } from "../../core/index.ts";
import { isMissingRaw, type Raw, type SourcePlan } from "../../dsl/index.ts";
import { maxKeyBytes, tryEncodeKey } from "../online/codec/index.ts";
import { recentKey } from "../online/recent-rows.ts";
import type { FedGroup, FedSource } from "./fed-source.ts";

/** A row in a group: under which key, and when it happened. */
export interface PlacedRow {
  /** `undefined` where a part of the key is missing: the row counts nowhere in the group. */
  readonly key: Uint8Array | undefined;
  readonly t: Micros;
}

/** Where some rows of a source come in its groups. */
export interface PlacedRows {
  /** By group, each row; of those with a problem, anything. */
  readonly groups: readonly (readonly PlacedRow[])[];
  /** By the place of a row, why it comes in none. */
  readonly problems: ReadonlyMap<number, RowProblem>;
}

/** Why a row comes in no group, of whatever place it is. */
export interface RowProblem {
  readonly code: "INPUT_INVALID" | "KEY_INVALID";
  /** The column that says it, where it is one. */
  readonly column: string | undefined;
  readonly what: string;
  readonly hint: string;
}

/**
 * Each row's key and time in the groups of its source.
 *
 * @param latest rows may not be dated later
 */
export function placeRows({ source, groups }: FedSource, texts: readonly string[], latest: Micros): PlacedRows {
  const problems = new Map<number, RowProblem>();
  return {
    groups: groups.map((group) => placeInGroup(source, group, texts, latest, problems)),
    problems,
  };
}

function placeInGroup(
  source: SourcePlan,
  { plan, program, name }: FedGroup,
  texts: readonly string[],
  latest: Micros,
  problems: Map<number, RowProblem>,
): readonly PlacedRow[] {
  const kinds = plan.key.map(({ type }) => parseTypeName(type).kind);
  const results = program.run(texts);
  const longest = source.id === undefined ? maxKeyBytes : maxKeyBytes - 1;
  return texts.map((_, i) => {
    const parts = kinds.map((_kind, part): Raw => results[part]?.[i] ?? null);
    const t = results[kinds.length]?.[i] ?? null;
    const invalid = (
      what: string,
      hint: string,
      column?: string,
      code: RowProblem["code"] = "INPUT_INVALID",
    ): PlacedRow => {
      if (!problems.has(i)) problems.set(i, { code, column, what, hint });
      return { key: undefined, t: NaN };
    };
    if (typeof t !== "number" || t !== t)
      return invalid(
        "gives no moment at which it happened",
        "Give the time that `at` of the source reads.",
        columnOf(source),
      );
    if (t > latest)
      return invalid(
        "is dated further ahead than rows may be",
        "Look at the clock it comes from, or raise the limit `maxFuture`.",
        columnOf(source),
      );
    if (parts.some(isMissingRaw)) return { key: undefined, t };
    const key = tryEncodeKey(kinds, parts);
    // Beside the record of a key lie its recent rows, under one byte more.
    if (key !== undefined && (source.id === undefined || recentKey(key) !== undefined)) return { key, t };
    return invalid(
      `has a key of ${name} that takes more than ${String(longest)} bytes`,
      "Use a shorter key: an identifier, or a hash of the text.",
      undefined,
      "KEY_INVALID",
    );
  });
}

function columnOf({ at }: SourcePlan): string | undefined {
  return at?.node === "column" ? at.name : undefined;
}

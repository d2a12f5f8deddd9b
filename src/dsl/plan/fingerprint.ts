import { canonicalJson, sha256, type TypeName } from "../../core/index.ts";
import type { Fitted } from "./expression-plan.ts";
import type { EntityPlan, GroupPlan, SourcePlan, StoredPlan, VectorPlan } from "./plan.ts";
import { columnsOf } from "./walk.ts";

/** A source's meaning: not where its files lie nor in how many places. What its columns are stands where they are read. */
function meaning({ transports, columns: _columns, pii: _pii, ...source }: SourcePlan): unknown {
  const known = new Set(transports.map((transport) => canonicalJson({ known: transport.known, lag: transport.lag })));
  return { ...source, known: [...known].sort() };
}

/** SHA-256 of the canonical form of what an entity is. */
export function entityFingerprint(entity: EntityPlan): string {
  return digest(withoutPii(entity));
}

/** SHA-256 of the canonical form of a source without its paths. */
export function sourceFingerprint(source: SourcePlan): string {
  return digest(meaning(source));
}

/** SHA-256 of all that decides the values of a group's features: its own plan and that of its source. */
export function groupFingerprint(group: GroupPlan, source: SourcePlan): string {
  return digest({ group, source: meaning(source) });
}

/**
 * SHA-256 of what decides one stored value of a group. Two groups' values may be read as one another's iff these agree;
 * what else the group stores does not matter, but for the columns that break its ties.
 */
export function storedFingerprint(group: GroupPlan, name: string, source: SourcePlan): string {
  const stored = group.stored.find((plan) => plan.name === name);
  const reads = tieBreaks(group, stored, source);
  return digest({
    group: { ...group, reads, stored: [], features: [] },
    // Numbers are in another order than texts, and large ints in another than the floats they round to.
    kinds: reads.map((name) => kindOf(source.columns[name])),
    stored: stored ?? null,
    source: meaning(source),
  });
}

/** A type but for whether it may be missing. */
function kindOf(type: TypeName | undefined): string | null {
  return type?.replace(/\?$/u, "") ?? null;
}

/**
 * The columns that decide which of the rows that compete a value is of. Competing rows are compared column by column, and those behind the last one that the value is
 * made of tell apart only rows that give the same. With `id` all columns say which rows are versions at all.
 */
function tieBreaks(group: GroupPlan, stored: StoredPlan | undefined, source: SourcePlan): readonly string[] {
  if (stored === undefined || source.id !== undefined) return group.reads;
  const own = new Set(stored.kind === "column" ? [stored.column] : columnsOf(stored.input));
  return group.reads.slice(0, group.reads.findLastIndex((name) => own.has(name)) + 1);
}

/** SHA-256 of the canonical plan of a vector, without paths. */
export function vectorFingerprint(vector: VectorPlan): string {
  return digest({
    ...withoutPii(vector),
    entities: vector.entities.map(withoutPii),
    sources: vector.sources.map(meaning),
  });
}

/** SHA-256 of what fitting found: with that of its vector, all that decides a slot's value. */
export function fittedFingerprint(fitted: Fitted): string {
  return digest(fitted);
}

/** Who may see a value changes none. */
function withoutPii<P extends { readonly pii?: readonly string[] }>({ pii: _pii, ...plan }: P): Omit<P, "pii"> {
  return plan;
}

function digest(value: unknown): string {
  return sha256(canonicalJson(value));
}

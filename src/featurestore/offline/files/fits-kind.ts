import { elementKind, isEmbedding, isList, type ValueKind } from "../../../core/index.ts";

/**
 * Whether values that a file has of a kind are read as those of another. A date is its midnight; ints are floats or durations where the definitions say so. So are they in lists, and a list of numbers is
 * an embedding: rows with another number of them have none.
 */
export function fitsKind(kind: ValueKind, wanted: ValueKind): boolean {
  if (isEmbedding(wanted)) return kind === "list<float>" || kind === "list<int>";
  if (isList(kind) && isList(wanted)) return fitsKind(elementKind(kind), elementKind(wanted));
  return (
    kind === wanted ||
    (kind === "int" && (wanted === "float" || wanted === "duration")) ||
    (kind === "date" && wanted === "timestamp")
  );
}

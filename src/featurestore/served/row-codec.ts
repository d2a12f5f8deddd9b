import { createHmac } from "node:crypto";
import { admit, type Status, type Value } from "../../core/index.ts";
import type { Raw, VectorPlan } from "../../dsl/index.ts";
import type { ServedAnswer, ServedScore } from "../online/index.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { ServedPii } from "./served-options.ts";
import { type ServedColumn, servedColumns, type ServedRole } from "./served-schema.ts";
import { type ValueReader, valueWriter } from "./value-codec.ts";

/** What each row of one vector says alike: it stands in the journal once. */
export const constantColumns: ReadonlySet<string> = new Set(["vector", "fingerprint"]);

/** Statuses by the byte that says them in a journal: more may be added behind these. */
const statuses: readonly Status[] = ["present", "missing", "expired", "not_found", "unavailable"];

/** An answer with what the log says of it. */
export interface LoggedAnswer extends Omit<ServedAnswer, "scored"> {
  readonly scored: ServedScore | undefined;
  readonly id: string;
  readonly loggedAt: number;
}

/** Writes one column of an answer. */
type ColumnWriter = (into: ByteWriter, logged: LoggedAnswer) => void;

/** Makes what writes an answer of a vector, column by column in their order; personal data is left out or hashed here, before it is kept anywhere. */
export function answerWriter(vector: VectorPlan, pii: ServedPii | undefined): ColumnWriter {
  const places = new Map(vector.reads.map(({ id }, place) => [id, place]));
  const writers = servedColumns(vector)
    .filter(({ name }) => !constantColumns.has(name))
    .map((column): ColumnWriter => {
      const { kind, role, of } = column;
      if (role === "status") {
        const place = places.get(of) ?? 0;
        return (into, { answer, base }) => {
          into.byte(statuses.indexOf(answer.statuses[base + place] ?? "unavailable"));
        };
      }
      const from = valueOf(column, role, places);
      const writeValue = valueWriter(kind);
      if (pii?.columns.has(column.name) !== true) {
        return (into, logged) => {
          writeValue(into, from(logged));
        };
      }
      const { hashKey } = pii;
      return (into, logged) => {
        const value = from(logged);
        const shown = hashKey === undefined || typeof value !== "string" ? null : hashed(value, hashKey);
        writeValue(into, shown);
      };
    });
  return (into, logged) => {
    for (const writeColumn of writers) writeColumn(into, logged);
  };
}

function hashed(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

function valueOf(
  { of, kind }: ServedColumn,
  role: Exclude<ServedRole, "status">,
  places: ReadonlyMap<string, number>,
): (logged: LoggedAnswer) => Raw | Value {
  const place = places.get(of) ?? 0;
  switch (role) {
    case "key":
    case "input":
      // Who prepares a vector gives its columns as they are: nobody else has looked at them.
      return ({ by, columns }) => (by === "prepare" ? admit(columns[of], kind) : columns[of]) ?? null;
    case "raw":
      return ({ answer, base }) => answer.values[base + place] ?? null;
    case "slot":
      return ({ scored }) => scored?.slots[of] ?? null;
    case "about":
      return aboutOf(of);
  }
}

function aboutOf(name: string): (logged: LoggedAnswer) => Raw | Value {
  switch (name) {
    case "request_id":
      return ({ id }) => id;
    case "served_by":
      return ({ by }) => by;
    case "requested_at":
      return ({ answer }) => answer.at;
    case "logged_at":
      return ({ loggedAt }) => loggedAt;
    case "model":
      return ({ scored }) => scored?.model ?? null;
    case "model_version":
      return ({ scored }) => scored?.version ?? null;
    case "tag":
      return ({ scored }) => scored?.tag ?? null;
    case "partition":
      return ({ scored }) => scored?.partition ?? null;
    case "partition_answered":
      return ({ scored }) => scored?.path ?? null;
    case "score":
      return ({ scored }) => scored?.score ?? null;
    default:
      throw new RangeError(`nothing is said of "${name}"`);
  }
}

/** The values of a row, in the order of its vector's columns. A row that is not whole throws a RangeError. */
export function readAnswer(
  from: ValueReader,
  columns: readonly ServedColumn[],
  constants: Readonly<Record<string, string>>,
): readonly Value[] {
  const values = columns.map(({ name, kind, role }): Value => {
    if (constantColumns.has(name)) return constants[name] ?? null;
    return role === "status" ? (statuses[from.byte()] ?? "unavailable") : from.value(kind);
  });
  if (!from.isAtEnd) throw new RangeError("a record goes on behind its columns");
  return values;
}

import { parseTypeName, TondoError } from "../../core/index.ts";
import { columnsOf, type GroupPlan, type Raw, toRaw } from "../../dsl/index.ts";
import type { FedSource } from "../pushed/index.ts";
import { admitJson } from "./decode-event.ts";
import type { EventColumns } from "./event-format.ts";
import type { LogEvent } from "./log-event.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The columns of an event without a value, by which a topic says that a state is no more: those of its key, when it came, and the column that says that a row deletes. Where the keys of all groups over the source are one
 * column, the event's key is that column's text; else it is a JSON object with a member a column.
 *
 * @throws TondoError `INPUT_INVALID` where the source says not by a column which rows delete, or the key is none
 */
export function tombstoneColumns({ source, groups }: FedSource, { key, arrivedAt }: LogEvent): EventColumns {
  const { kind, at, deleted, name } = source;
  if (kind !== "snapshot") throw new TondoError("INPUT_INVALID", "the event has no value");
  if (deleted?.node !== "column" || at?.node !== "column")
    throw new TondoError(
      "INPUT_INVALID",
      `the event has no value, and "${name}" says not by a column which rows delete`,
      {
        hint: "Say `deleted COLUMN`, of a bool, and `at COLUMN`.",
      },
    );
  const found = new Map<string, Raw>([
    [at.name, arrivedAt],
    [deleted.name, 1],
  ]);
  const columns = keyColumns(groups.map(({ plan }) => plan));
  const parts = partsOf(columns, textOf(key));
  for (const column of columns) {
    const { kind: own } = parseTypeName(source.columns[column] ?? "string");
    const admitted = Object.hasOwn(parts, column) ? admitJson(parts[column], own) : undefined;
    if (admitted === undefined || admitted === null)
      throw new TondoError("INPUT_INVALID", `the event has no value, and its key gives no column "${column}"`);
    found.set(column, toRaw(admitted, own));
  }
  return found;
}

/** The columns that keys of groups are made of. */
function keyColumns(groups: readonly GroupPlan[]): readonly string[] {
  return [...columnsOf(...groups.flatMap(({ key }) => key))];
}

function textOf(key: Uint8Array | null): string {
  if (key === null) throw new TondoError("INPUT_INVALID", "the event has neither key nor value");
  try {
    return decoder.decode(key);
  } catch (cause) {
    throw new TondoError("INPUT_INVALID", "the key of an event without a value is no UTF-8", { cause });
  }
}

function partsOf(columns: readonly string[], text: string): Readonly<Record<string, unknown>> {
  const [only] = columns;
  if (only !== undefined && columns.length === 1) return { [only]: text };
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
      return parsed as Readonly<Record<string, unknown>>;
  } catch {
    // The parser's own message quotes the key.
  }
  throw new TondoError("INPUT_INVALID", "the key of an event without a value is no JSON object");
}

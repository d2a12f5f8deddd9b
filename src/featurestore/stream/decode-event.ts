import {
  elementKind,
  isList,
  parseTypeName,
  toMicros,
  TondoError,
  type Value,
  type ValueKind,
} from "../../core/index.ts";
import { type Raw, type SourcePlan, toRaw } from "../../dsl/index.ts";
import { admitEvent, type EventDecoder, type EventFormat, noValue, oncePerSource } from "./event-format.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes events that are JSON objects, a member a column. Members that no feature reads are passed over, and one that is not there is missing. A `timestamp` is an ISO 8601 time with its offset, or
 * milliseconds since 1970; an `int` beyond 2^53 comes as a text of digits.
 *
 * Its function throws TondoError `INPUT_INVALID` with the column, and never with a value.
 *
 * @example `{"order_id":"o1","shop":"s1","ordered_at":"2026-11-23T12:00:00Z","price":9.5}`
 */
export function jsonDecoder(source: SourcePlan): EventDecoder {
  const columns = Object.entries(source.columns).map(([name, type]) => ({ name, kind: parseTypeName(type).kind }));
  return ({ value }) => {
    const given = objectOf(value);
    const found = new Map<string, Raw>();
    for (const { name, kind } of columns) {
      if (!Object.hasOwn(given, name)) continue;
      const admitted = admitJson(given[name], kind);
      if (admitted === undefined) throw noValue(name, kind, hintFor(kind));
      found.set(name, toRaw(admitted, kind));
    }
    return found;
  };
}

/** Events that are JSON, which they are where nothing else is said. */
export const jsonFormat: EventFormat = oncePerSource(jsonDecoder);

/** A member as a value of a kind; `undefined` where it is none. */
export function admitJson(value: unknown, kind: ValueKind): Value | undefined {
  return admitEvent(ofJson(value, kind), kind);
}

function objectOf(value: Uint8Array | null): Readonly<Record<string, unknown>> {
  if (value === null) throw new TondoError("INPUT_INVALID", "the event has no value");
  let text: string;
  try {
    text = decoder.decode(value);
  } catch (cause) {
    throw new TondoError("INPUT_INVALID", "the event is no UTF-8", { cause });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's own message quotes the event.
    throw new TondoError("INPUT_INVALID", "the event is no JSON");
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
    return parsed as Readonly<Record<string, unknown>>;
  throw new TondoError("INPUT_INVALID", "the event is no JSON object");
}

/** Beyond this many milliseconds (the year 2255) a moment is none: they are microseconds, for the most part. */
const lastMillisecond = 9_007_199_254_740;

const digits = /^-?\d{1,19}$/;

/** What JSON has no kind for comes by a text or number. What is none of its kind is given back as it is. */
function ofJson(value: unknown, kind: ValueKind): unknown {
  if (kind === "timestamp") return momentOf(value);
  // A number beyond 2^53 was rounded by the parser, and is none.
  if (kind === "int" && typeof value === "string") return digits.test(value) ? BigInt(value) : value;
  if (kind === "date") return typeof value === "string" ? daysOf(value) : value === null ? null : {};
  // What JSON says is larger than any float is.
  if (typeof value === "number" && !Number.isFinite(value)) return {};
  if (isList(kind) && Array.isArray(value)) return value.map((item: unknown) => ofJson(item, elementKind(kind)));
  return value;
}

function momentOf(value: unknown): unknown {
  if (typeof value === "number") {
    const micros = Math.round(value * 1000);
    return Math.abs(value) <= lastMillisecond && Number.isSafeInteger(micros) ? micros : {};
  }
  if (typeof value !== "string") return value === null ? null : {};
  try {
    return toMicros(value);
  } catch {
    return {};
  }
}

function daysOf(value: string): unknown {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return {};
  try {
    return toMicros(value) / 86_400_000_000;
  } catch {
    return {};
  }
}

function hintFor(kind: ValueKind): string | undefined {
  const hints: Partial<Record<string, string>> = {
    timestamp: "Give an ISO 8601 time with its offset, or milliseconds since 1970.",
    int: "Give a whole number, beyond 2^53 as a text of digits.",
    date: "Give YYYY-MM-DD.",
  };
  return hints[kind];
}

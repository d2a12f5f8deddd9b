import { admit, TondoError, typeName, type Value, type ValueKind } from "../../core/index.ts";
import type { Raw, SourcePlan } from "../../dsl/index.ts";
import type { LogEvent } from "./log-event.ts";

/** The columns of an event that a source's features read; those that it does not say are left out. */
export type EventColumns = ReadonlyMap<string, Raw>;

/**
 * Makes the columns of a source of its events. It throws TondoError `INPUT_INVALID` of one that is none, with the column and never with a value.
 */
export type EventDecoder = (event: LogEvent) => EventColumns;

/** How events are written: makes what decodes them as those of a source. It throws TondoError `SOURCE_CHANGED` where none can ever have a source's columns. */
export type EventFormat = (source: SourcePlan) => EventDecoder;

/** A format whose decoder of a source is made when it is first asked for. */
export function oncePerSource(make: EventFormat): EventFormat {
  const decoders = new WeakMap<SourcePlan, EventDecoder>();
  return (source) => {
    const known = decoders.get(source);
    if (known !== undefined) return known;
    const made = make(source);
    decoders.set(source, made);
    return made;
  };
}

/** What an event says as a value of a kind; `undefined` where it is none. Only `null` is missing: what the language cannot hold is none, and would be missing without a word. */
export function admitEvent(value: unknown, kind: ValueKind): Value | undefined {
  const admitted = admit(value, kind);
  return admitted === null && value !== null ? undefined : admitted;
}

/** That a column of an event is no value of its kind. */
export function noValue(column: string, kind: ValueKind, hint?: string): TondoError {
  return new TondoError("INPUT_INVALID", `column "${column}" is no ${typeName({ kind, optional: false })}`, {
    ...(hint === undefined ? {} : { hint }),
    details: { column },
  });
}

import { type Micros, TondoError, toMicros } from "../../core/index.ts";

/** The day of a moment that names none. */
const defaultDay = "2024-01-01";

/**
 * The moment that a text of a test says, in UTC; `undefined` where it says none.
 *
 * @example `parseMoment("12:00")` is noon on 2024-01-01, `parseMoment("2024-03-31 02:30")` and
 * `parseMoment("2024-03-31T02:30:00Z")` are the same
 */
export function parseMoment(text: string): Micros | undefined {
  const match = /^(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)Z?$/.exec(text);
  const [, day = defaultDay, time] = match ?? [];
  return time === undefined ? undefined : momentOf(`${day}T${time}Z`);
}

/** The day that a text says, in days since 1970; `undefined` where it says none. */
export function parseDay(text: string): number | undefined {
  const micros = /^\d{4}-\d{2}-\d{2}$/.test(text) ? momentOf(text) : undefined;
  return micros === undefined ? undefined : micros / 86_400_000_000;
}

function momentOf(text: string): Micros | undefined {
  try {
    return toMicros(text);
  } catch (error) {
    if (error instanceof TondoError) return undefined;
    throw error;
  }
}

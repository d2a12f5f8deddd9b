import { TondoError } from "./tondo-error.ts";

/** A moment in UTC as microseconds since 1970, exact in a double between the years 1684 and 2255. */
export type Micros = number;

/** A moment as callers give it: a `Date`, an ISO 8601 string with its offset, or microseconds since 1970 as a bigint. */
export type Moment = Date | string | bigint;

const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Microseconds since 1970 of a moment. A string without an offset is refused, since whose clock it shows would be
 * a guess; a bare date is midnight UTC.
 *
 * @throws TondoError `INVALID_ARGUMENT`
 * @example `toMicros("2001-06-20T12:00:00.5Z") // 993038400500000`
 */
export function toMicros(moment: Moment, name = "at"): Micros {
  if (moment instanceof Date) return checked(moment.getTime() * 1000, String(moment), name);
  if (typeof moment === "bigint") return checked(Number(moment), String(moment), name);
  const match = iso.exec(moment);
  if (match === null || (match[4] !== undefined && match[8] === undefined)) {
    throw new TondoError("INVALID_ARGUMENT", `${name}: "${moment}" is not a moment`, {
      hint: /^-?\d+$/.test(moment)
        ? "Give microseconds since 1970 as a bigint: BigInt(micros)."
        : 'Give an ISO 8601 time with its offset, such as "2001-06-20T12:00:00Z".',
    });
  }
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = match;
  const offset = zone === "Z" || zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const date = `${year ?? ""}-${month ?? ""}-${day ?? ""}`;
  const seconds = Date.parse(`${date}T${hour}:${minute}:${second}${offset}`);
  // Date.parse takes 31 February for 3 March: the calendar part must come back as it went in.
  const real = new Date(Date.parse(`${date}T00:00:00Z`));
  if (Number.isNaN(real.getTime()) || real.toISOString().slice(0, 10) !== date) return checked(NaN, moment, name);
  return checked(seconds * 1000 + Number(fraction.padEnd(6, "0")), moment, name);
}

function checked(micros: number, given: string, name: string): Micros {
  if (Number.isSafeInteger(micros)) return micros;
  throw new TondoError("INVALID_ARGUMENT", `${name}: "${given}" is no moment between the years 1684 and 2255`, {
    hint: "Check the date.",
  });
}

/** @example `formatMicros(993038400500000) // "2001-06-20T12:00:00.500Z"`; microseconds are shown where there are any. */
export function formatMicros(micros: Micros): string {
  const whole = Math.floor(micros / 1000);
  const rest = micros - whole * 1000;
  const text = new Date(whole).toISOString();
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}

/** The clock a program reads: microseconds since 1970. Tests hand in their own. */
export type Clock = () => Micros;

/** The machine's clock. */
export const systemClock: Clock = () => Date.now() * 1000;

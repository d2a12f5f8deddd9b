import { durationUnits, formatMicros, type Micros } from "../../core/index.ts";

/** A place on a cursor: an int, microseconds or days since 1970. */
export type CursorValue = bigint;

/** The kinds of columns whose values grow. */
export type CursorKind = "int" | "timestamp" | "date";

/** SQL of PostgreSQL for a place on a cursor; of moments without zone, UTC. */
export function cursorSql(value: CursorValue, kind: CursorKind, zoned: boolean): string {
  switch (kind) {
    case "int":
      return String(value);
    case "timestamp":
      return `${zoned ? "timestamptz" : "timestamp"} '${formatMicros(Number(value))
        .replace("T", " ")
        .replace("Z", zoned ? "+00" : "")}'`;
    case "date":
      return `date '${formatMicros(Number(value) * durationUnits.d).slice(0, 10)}'`;
  }
}

/** The places that a moment or date may have: within the years that the language knows. Sentinels such as 9999-12-31 lie outside. */
export function cursorDomain(kind: CursorKind, zoned: boolean): { readonly from?: string; readonly before?: string } {
  if (kind === "int") return {};
  const at = (date: string): string =>
    kind === "date" ? `date '${date}'` : `${zoned ? "timestamptz" : "timestamp"} '${date}${zoned ? " 00:00+00" : ""}'`;
  return { from: at("1685-01-01"), before: at("2255-01-01") };
}

/** How far back a place is read again: of dates the days that the lookback, microseconds, touches. */
export function lookedBack(value: CursorValue, kind: CursorKind, lookback: number): CursorValue {
  return value - BigInt(kind === "date" ? Math.ceil(lookback / durationUnits.d) : lookback);
}

/** The place from which on rows may still come: a moment in the future says nothing of those before it. */
export function watermarkOf(largest: CursorValue, kind: CursorKind, began: Micros): CursorValue {
  if (kind === "int") return largest;
  const now = BigInt(kind === "date" ? Math.floor(began / durationUnits.d) : began);
  return largest < now ? largest : now;
}

/** A place as a person reads it. */
export function cursorText(value: CursorValue, kind: CursorKind): string {
  if (kind === "int") return String(value);
  return kind === "timestamp"
    ? formatMicros(Number(value))
    : formatMicros(Number(value) * durationUnits.d).slice(0, 10);
}

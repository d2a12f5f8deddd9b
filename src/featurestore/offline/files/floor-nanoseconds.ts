import { floorDivide } from "./floor-sql.ts";

/** SQL of a moment in nanoseconds as microseconds. DuckDB's own conversion cuts towards 1970: a moment before it would come out a microsecond late. */
export function floorNanoseconds(value: string): string {
  const moment = `${value}::timestamp_ns`;
  return `case when isfinite(${moment}) then ${floorDivide(`epoch_ns(${moment})`, "1000")} end`;
}

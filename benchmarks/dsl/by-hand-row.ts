import type { RowCells } from "../../src/dsl/index.ts";
import { lowerCase } from "../../src/dsl/functions/text-case.ts";
import { clock as zoneClock } from "../../src/dsl/functions/time-zone.ts";
import { codePoints, edges, finite, haversine, kinds, turn, whole } from "./by-hand.ts";

/** What `vector five` reads and writes, in the order of its cells. */
export const fiveLeaves: readonly string[] = ["mean_7d", "n_1h", "km", "mean_1d", "items"];

/** What `vector twenty` reads, in the order of its cells by hand; `vector zones` reads `tz` too. */
export const twentyLeaves: readonly string[] = [
  ...["mean_7d", "mean_1d", "n_1h", "n_1d", "km", "items", "lat", "lon"],
  ...["profile__lat", "profile__lon", "seats", "rating", "name", "kind", "now", "tz"],
];

/** An int of a cell as a float. As ours must, it looks for one beyond ±(2^53 - 1), which stands beside the numbers. */
function int({ numbers, others }: RowCells, cell: number): number {
  const number = numbers[cell] as number;
  if (number === number) return number;
  const other = others[cell];
  return other === null ? NaN : Number(other);
}

/** `vector five` by hand, one row. */
export function fiveByHand(given: RowCells, { numbers: out }: RowCells): void {
  const { numbers } = given;
  const mean = numbers[0] as number;
  const count = int(given, 1);
  const km = numbers[2] as number;
  out[0] = finite(finite(mean * 2) + 1);
  out[1] = finite((count === count ? count : 0) / 60);
  out[2] = finite(km * km);
  out[3] = finite((numbers[3] as number) - mean);
  // Missing where it lies beyond doubles, as arithmetic of ints is.
  out[4] = whole((numbers[4] as number) + 1);
}

/** `vector twenty` by hand, one row. */
export function twentyByHandRow(given: RowCells, results: RowCells): void {
  alike(given, results);
  const { numbers } = given;
  const out = results.numbers;
  const rating = numbers[11] as number;
  out[10] = rating === rating ? 0 : 1;
  clock(numbers[14] as number, out);
}

/** Remembers the zone that the row before asked for, as one would by hand. */
const shownAt = zoneClock();

/** `vector zones` by hand, one row. */
export function zonesByHandRow(given: RowCells, results: RowCells): void {
  alike(given, results);
  const out = results.numbers;
  const tz = given.others[15];
  const now = given.numbers[14] as number;
  // As text does, clocks come from the pinned tables.
  const local = tz === null || now !== now ? NaN : shownAt(now, String(tz));
  const days = Math.floor(local / day) + 3;
  out[10] = days - Math.floor(days / 7) * 7 + 1;
  clock(local, out);
}

const day = 86_400_000_000;
const hour = 3_600_000_000;

function clock(local: number, out: Float64Array): void {
  const hours = Math.floor((local - Math.floor(local / day) * day) / hour);
  out[16] = finite(Math.sin((hours / 24) * turn));
  out[17] = finite(Math.cos((hours / 24) * turn));
}

/** What the two vectors have in common. */
function alike(given: RowCells, { numbers: out }: RowCells): void {
  const { numbers, others } = given;
  const week = numbers[0] as number;
  const today = numbers[1] as number;
  const mean = week === week ? week : 15;
  out[0] = mean;
  out[1] = finite(today - mean);
  const hourly = int(given, 2);
  out[2] = finite(Math.log1p(hourly === hourly ? hourly : 0));
  out[3] = finite(int(given, 3) / 24);
  const km = numbers[4] as number;
  out[4] = km < 0 ? 0 : km > 50 ? 50 : km;
  out[5] = finite(km * km);
  out[6] = finite(Math.sqrt(km));
  const items = int(given, 5);
  out[7] = whole(whole((numbers[5] as number) * 2) + 1);
  out[8] = haversine(numbers[6] as number, numbers[7] as number, numbers[8] as number, numbers[9] as number);
  const seats = int(given, 10);
  if (seats === seats) {
    let k = 0;
    while (k < 4 && (edges[k] as number) <= seats) k++;
    out[9] = k;
  } else out[9] = NaN;
  const rating = numbers[11] as number;
  out[11] = rating === rating ? rating : 3.5;
  out[12] = km > 10 && items > 3 ? 1 : km <= 10 || items <= 3 ? 0 : NaN;
  const name = others[12] as string | null;
  out[13] = name === null ? NaN : codePoints(name);
  out[14] = name === null ? NaN : lowerCase(name).startsWith("the ") ? 1 : 0;
  const kind = others[13] as string | null;
  out[15] = kind === null ? NaN : kinds.has(kind) ? 1 : 0;
  out[18] = kind === null ? NaN : kind === "thai" ? 1 : 0;
  out[19] = week === week && today === today ? (today > week ? today : week) : NaN;
}

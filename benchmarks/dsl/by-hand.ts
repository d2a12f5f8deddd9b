/*
 * What a careful person would write who must come to the same results on every Node. Hence upper and lower case and the
 * clocks of zones come from the tables that the library has pinned, by its own functions: the running engine's own
 * tables are others.
 */
import { lowerCase } from "../../src/dsl/functions/text-case.ts";
import type { Raw, RawColumn } from "../../src/dsl/index.ts";

/** What stands in the language's rules, written out by hand: NaN is missing, infinities are, -0 is 0. */
export function finite(x: number): number {
  return x + (x - x);
}

/** The same of ints: missing beyond ±(2^53 - 1). */
export function whole(x: number): number {
  return x >= -9007199254740991 && x <= 9007199254740991 ? x + 0 : NaN;
}

const rad = Math.PI / 180;
export const turn: number = 2 * Math.PI;
export const edges: Float64Array = Float64Array.of(10, 20, 50, 100);
export const kinds: ReadonlySet<Raw> = new Set<Raw>(["thai", "pizza", "sushi"]);

export function haversine(lat1: number, lon1: number, lat2: number, lon2: number): number {
  if (Math.abs(lat1) > 90 || Math.abs(lat2) > 90) return NaN;
  const x = Math.sin(((lat2 - lat1) * rad) / 2) ** 2;
  const y = Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  const share = x + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * y;
  return finite(2 * 6371.0088 * Math.asin(Math.min(1, Math.sqrt(share))));
}

export function codePoints(text: string): number {
  let n = text.length;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) n--;
  return n;
}

/** What `vector twenty` reads. */
export interface TwentyColumns {
  readonly mean_7d: Float64Array;
  readonly mean_1d: Float64Array;
  readonly n_1h: Float64Array;
  readonly n_1d: Float64Array;
  readonly km: Float64Array;
  readonly items: Float64Array;
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  readonly shop_lat: Float64Array;
  readonly shop_lon: Float64Array;
  readonly seats: Float64Array;
  readonly rating: Float64Array;
  readonly now: Float64Array;
  readonly name: readonly Raw[];
  readonly kind: readonly Raw[];
}

/**
 * `vector twenty` by hand over columns; slots in order. Its ints are columns of numbers: none lies beyond doubles, and it does not ask.
 */
export function twentyByHand(n: number, columns: TwentyColumns, out: readonly RawColumn[]): void {
  const {
    mean_7d: mean7d,
    mean_1d: mean1d,
    n_1h: n1h,
    n_1d: n1d,
    km: kms,
    items: itemss,
    lat: lats,
    lon: lons,
  } = columns;
  const {
    shop_lat: shopLats,
    shop_lon: shopLons,
    seats,
    rating: ratings,
    now: nows,
    name: names,
    kind: kindss,
  } = columns;
  const [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20] =
    out as readonly Float64Array[] as unknown as [
      ...[Float64Array, Float64Array, Float64Array, Float64Array, Float64Array],
      ...[Float64Array, Float64Array, Float64Array, Float64Array, Float64Array],
      ...[Float64Array, Float64Array, Float64Array, Float64Array, Float64Array],
      ...[Float64Array, Float64Array, Float64Array, Float64Array, Float64Array],
    ];
  for (let i = 0; i < n; i++) {
    const week = mean7d[i] as number;
    const day = mean1d[i] as number;
    const mean = week === week ? week : 15;
    s1[i] = mean;
    s2[i] = finite(day - mean);
    const hourly = n1h[i] as number;
    s3[i] = finite(Math.log1p(hourly === hourly ? hourly : 0));
    s4[i] = finite((n1d[i] as number) / 24);
    const km = kms[i] as number;
    s5[i] = km < 0 ? 0 : km > 50 ? 50 : km;
    s6[i] = finite(km * km);
    s7[i] = finite(Math.sqrt(km));
    const items = itemss[i] as number;
    s8[i] = whole(whole(items * 2) + 1);
    s9[i] = haversine(lats[i] as number, lons[i] as number, shopLats[i] as number, shopLons[i] as number);
    const places = seats[i] as number;
    if (places === places) {
      let k = 0;
      while (k < 4 && (edges[k] as number) <= places) k++;
      s10[i] = k;
    } else {
      s10[i] = NaN;
    }
    const rating = ratings[i] as number;
    s11[i] = rating === rating ? 0 : 1;
    s12[i] = rating === rating ? rating : 3.5;
    s13[i] = km > 10 && items > 3 ? 1 : km <= 10 || items <= 3 ? 0 : NaN;
    const name = names[i] as string | null;
    s14[i] = name === null ? NaN : codePoints(name);
    s15[i] = name === null ? NaN : lowerCase(name).startsWith("the ") ? 1 : 0;
    const kind = kindss[i] as string | null;
    s16[i] = kind === null ? NaN : kinds.has(kind) ? 1 : 0;
    const now = nows[i] as number;
    const hour = Math.floor((now - Math.floor(now / 86_400_000_000) * 86_400_000_000) / 3_600_000_000);
    s17[i] = finite(Math.sin((hour / 24) * turn));
    s18[i] = finite(Math.cos((hour / 24) * turn));
    s19[i] = kind === null ? NaN : kind === "thai" ? 1 : 0;
    s20[i] = week === week && day === day ? (day > week ? day : week) : NaN;
  }
}

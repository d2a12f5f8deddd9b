import type { Raw, RawColumn } from "../../src/dsl/index.ts";

/** What stands in the language's rules, written out by hand: NaN is missing, infinities are, -0 is 0. */
function ok(x: number): number {
  return x - x === 0 ? x + 0 : NaN;
}

function int(x: number): number {
  return x >= -9007199254740991 && x <= 9007199254740991 ? x + 0 : NaN;
}

const rad = Math.PI / 180;
const turn = 2 * Math.PI;
const edges = Float64Array.of(10, 20, 50, 100);
const kinds = new Set<Raw>(["thai", "pizza", "sushi"]);

/** `vector five` by hand; columns in the order of its program's leaves. */
export function fiveByHand(n: number, columns: readonly RawColumn[], out: readonly RawColumn[]): void {
  const [mean7d, n1h, km, mean1d, items] = columns as readonly Float64Array[] as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [a, b, c, d, e] = out as readonly Float64Array[] as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < n; i++) {
    const mean = mean7d[i] as number;
    const count = n1h[i] as number;
    const distance = km[i] as number;
    a[i] = ok(ok(mean * 2) + 1);
    b[i] = ok((count === count ? count : 0) / 60);
    c[i] = ok(distance * distance);
    d[i] = ok((mean1d[i] as number) - mean);
    e[i] = int((items[i] as number) + 1);
  }
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

/** `vector twenty` by hand; slots in order. */
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
    s2[i] = ok(day - mean);
    const hourly = n1h[i] as number;
    s3[i] = ok(Math.log1p(hourly === hourly ? hourly : 0));
    s4[i] = ok((n1d[i] as number) / 24);
    const km = kms[i] as number;
    s5[i] = km < 0 ? 0 : km > 50 ? 50 : km;
    s6[i] = ok(km * km);
    s7[i] = ok(Math.sqrt(km));
    const items = itemss[i] as number;
    s8[i] = int(int(items * 2) + 1);
    const lat1 = lats[i] as number;
    const lat2 = shopLats[i] as number;
    if (Math.abs(lat1) > 90 || Math.abs(lat2) > 90) {
      s9[i] = NaN;
    } else {
      const x = Math.sin(((lat2 - lat1) * rad) / 2) ** 2;
      const y = Math.sin((((shopLons[i] as number) - (lons[i] as number)) * rad) / 2) ** 2;
      const share = x + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * y;
      s9[i] = ok(2 * 6371.0088 * Math.asin(Math.min(1, Math.sqrt(share))));
    }
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
    s13[i] = km > 10 && items > 3 ? 1 : km === km && items === items ? 0 : NaN;
    const name = names[i] as string | null;
    if (name === null) {
      s14[i] = NaN;
      s15[i] = NaN;
    } else {
      let length = 0;
      for (const _ of name) length++;
      s14[i] = length;
      s15[i] = name.toLowerCase().startsWith("the ") ? 1 : 0;
    }
    const kind = kindss[i] as string | null;
    s16[i] = kind === null ? NaN : kinds.has(kind) ? 1 : 0;
    const now = nows[i] as number;
    const hour = Math.floor((now - Math.floor(now / 86_400_000_000) * 86_400_000_000) / 3_600_000_000);
    s17[i] = ok(Math.sin((hour / 24) * turn));
    s18[i] = ok(Math.cos((hour / 24) * turn));
    s19[i] = kind === null ? NaN : kind === "thai" ? 1 : 0;
    s20[i] = week === week && day === day ? (day > week ? day : week) : NaN;
  }
}

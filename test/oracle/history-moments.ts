import * as fc from "fast-check";
import { durationUnits, type Micros } from "../../src/core/index.ts";
import { floorToHop } from "../../src/featurestore/oracle/oracle.ts";

const { s, m, h, d } = durationUnits;

/** Windows at which hops change, and their neighbours: 12 s, 2 min and 1 h are twelve hops exactly. */
export const windows: readonly Micros[] = [s, 12 * s, m, 2 * m, h, h + 1, 12 * h, 7 * d, 12 * d, 28 * d];

/** How long rows take to become known. */
export const lags: readonly Micros[] = [1, s, 5 * m, h, d];

/** Ages at which states of snapshots expire. */
export const ttls: readonly Micros[] = [0, 1, s, h, d, 90 * d];

/** Moments around which requests come: round, odd by a microsecond, the epoch, before it, long ago. */
const centres: readonly Micros[] = [
  Date.UTC(2024, 2, 1, 12) * 1000,
  Date.UTC(2024, 2, 1, 12) * 1000 + 1,
  Date.UTC(2001, 5, 20, 23, 59, 59, 999) * 1000 + 999,
  0,
  -1,
  Date.UTC(1969, 6, 20, 20, 17, 40) * 1000,
  Date.UTC(1753, 0, 1) * 1000 + 123_457,
];

/** Moments of requests: a centre, and how far from it. */
export const requestMoments: fc.Arbitrary<{ readonly centre: Micros; readonly offsets: readonly Micros[] }> = fc.record(
  {
    centre: fc.constantFrom(...centres),
    offsets: fc.array(
      fc.oneof(fc.constantFrom(0, 0, 1, -1, s, h, -h - 1, d, 7 * d), fc.integer({ min: -d, max: 28 * d })),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  },
);

/** Where a row lies relative to a request at `q`, a window of `over` by `hop` and a `ttl`. */
const places = {
  "at the request": (q: Micros): Micros => q,
  "just before the request": (q: Micros): Micros => q - 1,
  "just after the request": (q: Micros): Micros => q + 1,
  "at the start of the window": (q: Micros, over: Micros, hop: Micros): Micros => floorToHop(q - over, hop),
  "just before the window": (q: Micros, over: Micros, hop: Micros): Micros => floorToHop(q - over, hop) - 1,
  "where the window would start, were it not floored": (q: Micros, over: Micros): Micros => q - over,
  "at the end of the next window": (q: Micros, over: Micros): Micros => q + over,
  "just after the next window": (q: Micros, over: Micros): Micros => q + over + 1,
  "as old as the ttl": (q: Micros, _over: Micros, _hop: Micros, ttl: Micros): Micros => q - ttl,
  "older than the ttl": (q: Micros, _over: Micros, _hop: Micros, ttl: Micros): Micros => q - ttl - 1,
  "within the window": (q: Micros, over: Micros, _hop: Micros, _ttl: Micros, part: number): Micros =>
    q - 1 - Math.floor(part * over),
  "within the next window": (q: Micros, over: Micros, _hop: Micros, _ttl: Micros, part: number): Micros =>
    q + 1 + Math.floor(part * over),
} as const;

/** A place in time, still relative. */
export interface Place {
  readonly name: keyof typeof places | "nowhere";
  readonly request: number;
  readonly window: number;
  /** Within [0, 1). */
  readonly part: number;
}

/** What places are relative to. */
export interface Surroundings {
  readonly requests: readonly Micros[];
  readonly windows: readonly { readonly over: Micros; readonly hop: Micros }[];
  readonly ttl: Micros;
}

function placeAmong(names: fc.Arbitrary<Place["name"]>): fc.Arbitrary<Place> {
  return fc.record({
    name: names,
    request: fc.nat(19),
    window: fc.nat(3),
    part: fc.constantFrom(0, 0.25, 0.5, 0.9, 0.999),
  });
}

/** Where events lie: mostly within the window or at its edges. */
export const eventPlaces: fc.Arbitrary<Place> = placeAmong(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant("within the window" as const) },
    { weight: 10, arbitrary: fc.constantFrom(...(Object.keys(places) as (keyof typeof places)[])) },
    { weight: 5, arbitrary: fc.constantFrom("at the start of the window" as const, "just before the window" as const) },
    { weight: 1, arbitrary: fc.constant("nowhere" as const) },
  ),
);

/** Where states lie: mostly at the edges of the ttl. */
export const statePlaces: fc.Arbitrary<Place> = placeAmong(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("as old as the ttl" as const, "older than the ttl" as const) },
    { weight: 3, arbitrary: fc.constantFrom("at the request" as const, "just after the request" as const) },
    { weight: 3, arbitrary: fc.constant("within the window" as const) },
    { weight: 1, arbitrary: fc.constant("nowhere" as const) },
  ),
);

/** The moment of a place, or `null` for nowhere. */
export function momentOf(place: Place, { requests, windows: around, ttl }: Surroundings): Micros | null {
  if (place.name === "nowhere") return null;
  const q = requests[place.request % requests.length] ?? 0;
  const { over, hop } = around[place.window % around.length] ?? { over: s, hop: s };
  return places[place.name](q, over, hop, ttl, place.part);
}

/** When a row becomes known: some time after it happened, before it did, or around a request. */
export const knownAt: fc.Arbitrary<{ readonly after: Micros } | { readonly place: Place } | null> = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(0, 0, 0, 0, 1, s, h, d, -1, -h).map((after) => ({ after })) },
  {
    weight: 6,
    arbitrary: placeAmong(
      fc.constantFrom(
        "at the request" as const,
        "just after the request" as const,
        "just before the request" as const,
        "at the end of the next window" as const,
        "just after the next window" as const,
      ),
    ).map((place) => ({ place })),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);

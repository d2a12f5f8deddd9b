import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { geohashOf } from "../../../src/dsl/functions/geohash.ts";
import { valueOf } from "../check-one.ts";

/** A double as a fraction of whole numbers. */
function fraction(value: number): readonly [bigint, bigint] {
  let [n, d] = [value, 1n];
  while (!Number.isInteger(n)) {
    n *= 2;
    d *= 2n;
  }
  return [BigInt(n), d];
}

/** Which of 2^bits equal parts of a range a value lies in, in exact arithmetic; its end belongs to the last. */
function partOf(value: number, range: bigint, bits: number): string {
  const [n, d] = fraction(value);
  const index = ((n + range * d) << BigInt(bits)) / (2n * range * d);
  const last = (1n << BigInt(bits)) - 1n;
  return (index > last ? last : index).toString(2).padStart(bits, "0");
}

function naive(lat: number, lon: number, precision: number): string {
  const wide = partOf(lon, 180n, 30);
  const high = partOf(lat, 90n, 30);
  const bits = [...wide].map((bit, i) => bit + (high[i] ?? "")).join("");
  const digits = [...Array(precision).keys()].map((i) => parseInt(bits.slice(5 * i, 5 * i + 5), 2));
  return digits.map((digit) => "0123456789bcdefghjkmnpqrstuvwxyz"[digit]).join("");
}

/** Places, many of them on borders of cells; none so near to 0 that its fraction grows without bound. */
function degrees(range: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.double({ min: -range, max: range, noNaN: true }).map((x) => (Math.abs(x) < 1e-30 ? 0 : x)),
    fc
      .tuple(fc.integer({ min: 0, max: 2 ** 15 }), fc.constantFrom(0, 1e-12, -1e-12))
      .map(([i, off]) => Math.max(-range, Math.min(range, -range + (2 * range * i) / 2 ** 15 + off))),
  );
}

describe("geohash", () => {
  it("is what exact arithmetic says, on borders too", () => {
    fc.assert(
      fc.property(degrees(90), degrees(180), fc.integer({ min: 1, max: 12 }), (lat, lon, precision) => {
        expect(geohashOf(lat, lon, precision)).toBe(naive(lat, lon, precision));
      }),
      { numRuns: 5000 },
    );
  });

  it("gives published values, at the ends of the Earth too", () => {
    expect(geohashOf(48.8584, 2.2945, 7)).toBe("u09tunq");
    expect(geohashOf(-25.382708, -49.265506, 12)).toBe(naive(-25.382708, -49.265506, 12));
    expect(geohashOf(-25.382708, -49.265506, 8)).toBe("6gkzwgjz");
    expect(geohashOf(90, 180, 3)).toBe("zzz");
    expect(geohashOf(-90, -180, 3)).toBe("000");
  });
});

describe("bearing", () => {
  /** The angle between north and the way, both as vectors in the plane that touches the Earth at the first place. */
  function byVectors(lat1: number, lon1: number, lat2: number, lon2: number): number {
    const rad = Math.PI / 180;
    const at = (lat: number, lon: number): readonly number[] => [
      Math.cos(lat * rad) * Math.cos(lon * rad),
      Math.cos(lat * rad) * Math.sin(lon * rad),
      Math.sin(lat * rad),
    ];
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
    const to = at(lat2, lon2);
    const north = [
      -Math.sin(lat1 * rad) * Math.cos(lon1 * rad),
      -Math.sin(lat1 * rad) * Math.sin(lon1 * rad),
      Math.cos(lat1 * rad),
    ];
    const east = [-Math.sin(lon1 * rad), Math.cos(lon1 * rad), 0];
    return (Math.atan2(dot(to, east), dot(to, north)) / rad + 360) % 360;
  }
  const columns = { a: "float", b: "float", c: "float", d: "float" } as const;

  it("is the angle that vectors give, 0 up to 360", () => {
    fc.assert(
      fc.property(degrees(89), degrees(180), degrees(89), degrees(180), (a, b, c, d) => {
        const value = Number(valueOf("bearing(a, b, c, d)", columns, { a, b, c, d }));
        expect(value >= 0 && value < 360).toBe(true);
        const apart = Math.abs(a - c) + Math.abs(b - d);
        // Where both are nearly one place, or opposite, the direction is anything.
        if (apart < 1e-3 || (Math.abs(a + c) < 1e-3 && Math.abs(Math.abs(b - d) - 180) < 1e-3)) return;
        const difference = Math.abs(value - byVectors(a, b, c, d));
        expect(Math.min(difference, 360 - difference)).toBeLessThan(1e-6);
      }),
      { numRuns: 1000 },
    );
  });

  it("never rounds up to a full turn", () => {
    const row = { a: 0, b: 1e-17, c: 10, d: 0 };
    expect(valueOf("bearing(a, b, c, d)", columns, row)).toBe(0);
  });
});

import { floorDivide, type NaiveFunction, numberAt, numberOption } from "./naive-function.ts";

const radius = 6371.0088;
const perDegree = Math.PI / 180;

/** A float as a fraction of whole numbers, exactly. */
function fraction(x: number): readonly [numerator: bigint, denominator: bigint] {
  let denominator = 1n;
  let scaled = x;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return [BigInt(scaled), denominator];
}

/** In which of 2^bits cells of equal size between `-half` and `half` a number lies; the upper end is in the last. */
function cell(x: number, half: bigint, bits: number): bigint {
  const [numerator, denominator] = fraction(x);
  const cells = 1n << BigInt(bits);
  const index = floorDivide((numerator + half * denominator) * cells, 2n * half * denominator);
  return index < cells ? index : cells - 1n;
}

/** Functions of places on a sphere. */
export const placeFunctions: Readonly<Record<string, NaiveFunction>> = {
  haversine: (args) => {
    const [lat1, lon1, lat2, lon2] = [0, 1, 2, 3].map((i) => numberAt(args, i)) as [number, number, number, number];
    if (Math.abs(lat1) > 90 || Math.abs(lat2) > 90) return null;
    const a =
      Math.sin(((lat2 - lat1) * perDegree) / 2) ** 2 +
      Math.cos(lat1 * perDegree) * Math.cos(lat2 * perDegree) * Math.sin(((lon2 - lon1) * perDegree) / 2) ** 2;
    return 2 * radius * Math.asin(Math.min(1, Math.sqrt(a)));
  },
  bearing: (args) => {
    const [lat1, lon1, lat2, lon2] = [0, 1, 2, 3].map((i) => numberAt(args, i)) as [number, number, number, number];
    if (Math.abs(lat1) > 90 || Math.abs(lat2) > 90) return null;
    const turn = (lon2 - lon1) * perDegree;
    const [from, to] = [lat1 * perDegree, lat2 * perDegree];
    const y = Math.sin(turn) * Math.cos(to);
    const x = Math.cos(from) * Math.sin(to) - Math.sin(from) * Math.cos(to) * Math.cos(turn);
    if (lat1 === lat2 && lon1 === lon2) return 0;
    const degrees = Math.atan2(y, x) / perDegree;
    const positive = degrees < 0 ? degrees + 360 : degrees;
    return positive === 360 ? 0 : positive;
  },
  geohash: (args, call) => {
    const [lat, lon] = [numberAt(args, 0), numberAt(args, 1)];
    if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
    const total = numberOption(call, "precision") * 5;
    const east = cell(lon, 180n, Math.ceil(total / 2))
      .toString(2)
      .padStart(Math.ceil(total / 2), "0");
    const north = cell(lat, 90n, Math.floor(total / 2))
      .toString(2)
      .padStart(Math.floor(total / 2), "0");
    // Bits in turn, longitude first; each five are a character.
    const bits = Array.from({ length: total }, (_, i) => (i % 2 === 0 ? east : north).charAt(Math.floor(i / 2))).join(
      "",
    );
    return bits.replaceAll(/.{5}/g, (five) => "0123456789bcdefghjkmnpqrstuvwxyz".charAt(Number.parseInt(five, 2)));
  },
};

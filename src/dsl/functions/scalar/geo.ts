import { geohashOf, maxGeohash } from "../geohash.ts";
import { finite, missing, type Parameter, type ScalarFunction } from "../scalar-function.ts";

/** The mean radius of the Earth, km (IUGG). */
const radius = 6371.0088;
const rad = Math.PI / 180;

/** Two places, degrees. */
const places: readonly Parameter[] = ["lat1", "lon1", "lat2", "lon2"].map((name) => ({ name, kind: "float" }));

/** Functions of places. */
export const geo: readonly ScalarFunction[] = [
  {
    name: "haversine",
    version: 1,
    missing: "propagates",
    doc: "The distance over the Earth, km, between two places given in degrees, on a sphere of 6371.0088 km (haversine formula, Sinnott 1984); missing where a latitude lies beyond ±90.",
    examples: [
      { text: "haversine(0, 0, 0, 0)", result: 0 },
      { text: "haversine(91, 0, 0, 0)", result: null },
    ],
    overloads: [
      {
        takes: places,
        returns: "float",
        partial: true,
        compute: () => (lat1: number, lon1: number, lat2: number, lon2: number) => {
          if (Math.abs(lat1) > 90 || Math.abs(lat2) > 90) return missing;
          const a = Math.sin(((lat2 - lat1) * rad) / 2) ** 2;
          const b = Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
          const share = a + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * b;
          return finite(2 * radius * Math.asin(Math.min(1, Math.sqrt(share))));
        },
      },
    ],
  },
  {
    name: "bearing",
    version: 1,
    missing: "propagates",
    doc: "The direction in which the shortest way from the first place to the second sets out, degrees clockwise from north, 0 up to but not including 360, on a sphere; 0 where both are the same numbers; missing where a latitude lies beyond ±90. With both in radians it is `atan2(sin(d) * cos(lat2), cos(lat1) * sin(lat2) - sin(lat1) * cos(lat2) * cos(d))`, `d` being `lon2 - lon1`, in degrees, and 360 more where that is below 0.",
    examples: [
      { text: "bearing(0, 0, 0, 10)", result: 90 },
      { text: "bearing(0, 0, -10, 0)", result: 180 },
      { text: "bearing(0, 0, 91, 0)", result: null },
    ],
    overloads: [
      {
        takes: places,
        returns: "float",
        partial: true,
        compute: () => (lat1: number, lon1: number, lat2: number, lon2: number) => {
          if (Math.abs(lat1) > 90 || Math.abs(lat2) > 90) return missing;
          if (lat1 === lat2 && lon1 === lon2) return 0;
          const a = lat1 * rad;
          const b = lat2 * rad;
          const way = (lon2 - lon1) * rad;
          const east = Math.sin(way) * Math.cos(b);
          const north = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(way);
          const degrees = Math.atan2(east, north) / rad;
          const positive = degrees < 0 ? degrees + 360 : degrees;
          // A hair left of north rounds up to a full turn.
          return finite(positive === 360 ? 0 : positive);
        },
      },
    ],
  },
  {
    name: "geohash",
    version: 1,
    missing: "propagates",
    doc: "The cell of the Earth that a place lies in, as a geohash of `precision` characters, 1 to 12: 5 give cells of 4.9 km, 6 of 1.2 by 0.6 km. A place on a border lies in the cell north or east of it. Missing beyond ±90 and ±180 degrees.",
    examples: [
      { text: "geohash(57.64911, 10.40744, 11)", result: "u4pruydqqvj" },
      { text: "geohash(0, 0, 1)", result: "s" },
      { text: "geohash(0, 181, 5) is missing", result: true },
    ],
    overloads: [
      {
        takes: [
          { name: "lat", kind: "float" },
          { name: "lon", kind: "float" },
          { name: "precision", kind: "int", constant: true },
        ],
        returns: "string",
        partial: true,
        compute: ({ precision }) => {
          if (!isPrecision(precision)) return () => null;
          return (lat: number, lon: number) =>
            Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? geohashOf(lat, lon, precision) : null;
        },
      },
    ],
    constants: ({ precision }) =>
      isPrecision(precision)
        ? undefined
        : {
            message: `a geohash has 1 to ${String(maxGeohash)} characters`,
            hint: "5 give cells of 4.9 km, 6 of 1.2 by 0.6 km, 7 of 153 m",
          },
  },
];

function isPrecision(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= maxGeohash;
}

import { finite, missing, type ScalarFunction } from "../scalar-function.ts";

/** The mean radius of the Earth, km (IUGG). */
const radius = 6371.0088;
const rad = Math.PI / 180;

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
        takes: ["lat1", "lon1", "lat2", "lon2"].map((name) => ({ name, kind: "float" })),
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
];

import type { ScalarFunction } from "../scalar-function.ts";
import { arithmetic } from "./arithmetic.ts";
import { calendar } from "./calendar.ts";
import { comparison } from "./comparison.ts";
import { embedding } from "./embedding.ts";
import { encoding } from "./encoding.ts";
import { geo } from "./geo.ts";
import { hashing } from "./hashing.ts";
import { list } from "./list.ts";
import { logic } from "./logic.ts";
import { math } from "./math.ts";
import { text } from "./text.ts";
import { textParts } from "./text-parts.ts";
import { time } from "./time.ts";

/** The files of the library by what their functions are for: the sections of the reference. */
export const scalarSections: Readonly<Record<string, readonly ScalarFunction[]>> = {
  Arithmetic: arithmetic,
  Comparison: comparison,
  "Logic and missing values": logic,
  Numbers: math,
  Text: [...text, ...textParts],
  Time: [...time, ...calendar],
  Encodings: [...encoding, ...hashing],
  Places: geo,
  "Lists and embeddings": [...list, ...embedding],
};

/** The library of scalar functions, by name. */
export const scalarFunctions: ReadonlyMap<string, ScalarFunction> = new Map(
  Object.values(scalarSections)
    .flat()
    .map((entry) => [entry.name, entry]),
);

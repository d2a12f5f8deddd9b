import { hashInt, hashText } from "../murmur3.ts";
import { type Constants, maxTextLength, missing, type Overload, type ScalarFunction } from "../scalar-function.ts";

/** As many buckets as there are hashes. */
const maxBuckets = 4294967296;

function isBetween(value: unknown, low: number, high: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= low && value <= high;
}

function hashed(kind: "string" | "int", hash: (x: never, seed: number) => number): Overload {
  return {
    takes: [
      { name: "x", kind },
      { name: "n", kind: "int", constant: true },
      { name: "seed", kind: "int", constant: true, default: 0 },
    ],
    returns: "int",
    compute: ({ n, seed }: Constants) => {
      if (!isBetween(n, 1, maxBuckets)) return () => missing;
      const start = isBetween(seed, 0, maxBuckets - 1) ? seed : 0;
      return (x: never) => hash(x, start) % n;
    },
  };
}

const special = /[\\|]/;

function escaped(text: string): string {
  return special.test(text) ? text.replace(/[\\|]/g, "\\$&") : text;
}

/** A text that is too long is not even escaped: nested calls double it each time, up to what the engine cannot hold. */
function crossed(...texts: readonly string[]): string | null {
  let joined = "";
  for (const [i, text] of texts.entries()) {
    if (joined.length + text.length > maxTextLength) return null;
    joined += (i === 0 ? "" : "|") + escaped(text);
  }
  return joined.length > maxTextLength ? null : joined;
}

/** Encodings of categories of which there are too many to list. */
export const hashing: readonly ScalarFunction[] = [
  {
    name: "hash",
    version: 1,
    missing: "propagates",
    doc: "One of `n` buckets, 0 to `n - 1`: MurmurHash3 (x86, 32 bits, with `seed`) of the UTF-8 bytes of a text, or of the 8 bytes of a whole number, the lowest first, modulo `n`. `n` lies between 1 and 2^32, `seed` between 0 and 2^32 - 1.",
    examples: [
      { text: 'hash("test", 1000)', result: 307 },
      { text: 'hash("test", 1000, seed: 7)', result: 280 },
      { text: "hash(42, 16)", result: 14 },
    ],
    overloads: [hashed("string", hashText), hashed("int", hashInt)],
    constants: ({ n, seed }) =>
      !isBetween(n, 1, maxBuckets)
        ? { message: "`n` is a whole number from 1 to 2^32", hint: "hash(x, 1000) gives 0 to 999" }
        : isBetween(seed, 0, maxBuckets - 1)
          ? undefined
          : {
              message: "`seed` is a whole number from 0 to 2^32 - 1",
              hint: "another seed puts the same values into other buckets",
            },
  },
  {
    name: "cross",
    version: 2,
    missing: "propagates",
    doc: "Several texts as one, so that each combination is a category of its own: joined by `|`, where `|` and `\\` within a part are written `\\|` and `\\\\`. Other parts never give the same text. Missing where that is longer than 1,048,576 UTF-16 units.",
    examples: [
      { text: 'cross("thai", "friday")', result: "thai|friday" },
      { text: 'cross("a|b", "c")', result: "a\\|b|c" },
      { text: 'cross("a", "", "c")', result: "a||c" },
    ],
    overloads: [
      {
        takes: [
          { name: "a", kind: "string" },
          { name: "b", kind: "string", rest: true },
        ],
        returns: "string",
        partial: true,
        compute: () => crossed,
      },
    ],
  },
];

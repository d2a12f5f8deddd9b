import { plainChecksum, xxhPrimes } from "./plain-checksum.ts";
import { type WasmCode, wasm, wasmModule } from "./wasm-code.ts";

/**
 * The checksum of records: the lower half of the XXH64 of all words behind the first, seeded with the first four bytes. Every byte read online goes
 * through it, and JavaScript has no arithmetic of 64 bits that is fast: so it is a function of WebAssembly, over the memory that records are decoded in.
 *
 * @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */

interface Checking {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly run: (start: number, end: number) => number;
}

// Of WebAssembly, which the types of Node leave out. Without a compiler (`--jitless`) there is none.
declare const WebAssembly:
  | {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: Checking };
    }
  | undefined;

const { prime1, prime2, prime3, prime4, prime5 } = xxhPrimes;

// Locals: where the record begins, from there on where it is reading; its end, where its words begin, four accumulators, the hash.
const [at, end, first, a, b, c, d, hash] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const { get, set, const32, const64, add, mul, xor } = wasm;
const rotated = (value: WasmCode, by: bigint): WasmCode => [...value, ...const64(by), ...wasm.rotateLeft];
const times = (value: WasmCode, by: bigint): WasmCode => [...value, ...const64(by), ...mul];
const plus = (value: WasmCode, other: bigint): WasmCode => [...value, ...const64(other), ...add];
const word = (offset: number): WasmCode => [...get(at), ...wasm.load64(offset)];
const goOn = (bytes: number): WasmCode => [...get(at), ...const32(bytes), ...wasm.add32, ...set(at)];

const round = (into: WasmCode, input: WasmCode): WasmCode =>
  times(rotated([...into, ...times(input, prime2), ...add], 31n), prime1);
const accumulate = (into: number, offset: number): WasmCode => [...round(get(into), word(offset)), ...set(into)];
const start = (into: number, by: bigint): WasmCode => [...plus(get(hash), by), ...set(into)];
const combine = (lane: number): WasmCode => [
  ...plus(times([...get(hash), ...round(const64(0n), get(lane)), ...xor], prime1), prime4),
  ...set(hash),
];
const avalanche = (by: bigint): WasmCode => [...get(hash), ...get(hash), ...const64(by), ...wasm.shiftRight, ...xor];

/** Four words at a time, while there are as many. */
const stripes: WasmCode = [
  ...[start(a, prime1 + prime2), start(b, prime2), start(c, 0n), start(d, -prime1)].flat(),
  ...wasm.repeat([
    ...[accumulate(a, 0), accumulate(b, 8), accumulate(c, 16), accumulate(d, 24), goOn(32)].flat(),
    ...[get(at), const32(32), wasm.add32, get(end), wasm.atMost32].flat(),
  ]),
  ...[rotated(get(a), 1n), rotated(get(b), 7n), add, rotated(get(c), 12n), add, rotated(get(d), 18n), add].flat(),
  ...set(hash),
  ...[combine(a), combine(b), combine(c), combine(d)].flat(),
];

/** The words that are left. */
const tail: WasmCode = wasm.repeat([
  ...plus(times(rotated([...get(hash), ...round(const64(0n), word(0)), ...xor], 27n), prime1), prime4),
  ...[set(hash), goOn(8), get(at), const32(8), wasm.add32, get(end), wasm.atMost32].flat(),
]);

const body: WasmCode = [
  ...[get(at), wasm.load32, wasm.to64, set(hash), goOn(8), get(at), set(first)].flat(),
  ...[get(end), get(at), const32(32), wasm.add32, wasm.atLeast32].flat(),
  ...wasm.ifElse(stripes, [...plus(get(hash), prime5), ...set(hash)]),
  ...[get(hash), get(end), get(first), wasm.sub32, wasm.to64, add, set(hash)].flat(),
  ...[get(at), get(end), const32(8), wasm.sub32, wasm.atMost32].flat(),
  ...wasm.ifElse(tail, []),
  ...[times(avalanche(33n), prime2), set(hash), times(avalanche(29n), prime3), set(hash)].flat(),
  ...[avalanche(32n), wasm.to32].flat(),
];

const pageBytes = 65_536;

function checking(): Checking {
  if (typeof WebAssembly !== "undefined") {
    return new WebAssembly.Instance(new WebAssembly.Module(wasmModule(5, body))).exports;
  }
  let buffer = new ArrayBuffer(pageBytes);
  const memory = {
    get buffer() {
      return buffer;
    },
    grow: (pages: number) => {
      buffer = new ArrayBuffer(buffer.byteLength + pages * pageBytes);
      return pages;
    },
  };
  return { memory, run: (start, end) => plainChecksum(buffer, start, end) };
}

const { memory, run } = checking();

/** The memory that records are decoded in, with room for so many bytes. Growing it makes all views on it useless. */
export function memoryFor(bytes: number): ArrayBuffer {
  const missing = bytes - memory.buffer.byteLength;
  // At least twice as much, so that it does not grow often.
  if (missing > 0) memory.grow(Math.ceil(Math.max(missing, memory.buffer.byteLength) / pageBytes));
  return memory.buffer;
}

/** The checksum of the record in that memory that begins at a byte and ends at another: multiples of 8, and not one. */
export function checksum(start: number, end: number): number {
  return run(start, end) >>> 0;
}

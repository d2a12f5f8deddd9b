/**
 * Just enough of WebAssembly's binary form to write one function over some memory. Operations are lists of bytes, to be put one behind the other.
 *
 * @see https://webassembly.github.io/spec/core/binary/index.html
 */
export type WasmCode = readonly number[];

/** Numbers are written in groups of seven bits, the lowest first, with their sign. */
function signed(value: bigint): WasmCode {
  const bytes: number[] = [];
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const group = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = rest === (group & 0x40 ? -1n : 0n);
    bytes.push(isLast ? group : group | 0x80);
    if (isLast) return bytes;
  }
}

/** A number without a sign. */
function unsigned(value: number): WasmCode {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** Operations on what was put on the stack; `load` takes an address. Those of 64 bits wrap around. */
export const wasm = {
  get: (local: number): WasmCode => [0x20, local],
  set: (local: number): WasmCode => [0x21, local],
  const32: (value: number): WasmCode => [0x41, ...signed(BigInt(value))],
  const64: (value: bigint): WasmCode => [0x42, ...signed(value)],
  load32: [0x28, 2, 0],
  load64: (offset: number): WasmCode => [0x29, 3, ...unsigned(offset)],
  add32: [0x6a],
  sub32: [0x6b],
  atMost32: [0x4d],
  atLeast32: [0x4f],
  add: [0x7c],
  mul: [0x7e],
  xor: [0x85],
  shiftRight: [0x88],
  rotateLeft: [0x89],
  to64: [0xad],
  to32: [0xa7],
  /** Where the stack holds no 0 the first, else the second. */
  ifElse: (first: WasmCode, second: WasmCode): WasmCode => [0x04, 0x40, ...first, 0x05, ...second, 0x0b],
  /** Once, and again for as long as it leaves no 0 on the stack. */
  repeat: (body: WasmCode): WasmCode => [0x03, 0x40, ...body, 0x0d, 0, 0x0b],
} as const;

/** A module that exports a page of `memory`, and as `run` one function of two 32-bit numbers to another, with some 64-bit locals. */
export function wasmModule(locals: number, body: WasmCode): Uint8Array {
  const named = (name: string): WasmCode => [name.length, ...new TextEncoder().encode(name)];
  const section = (id: number, bytes: WasmCode): WasmCode => [id, ...unsigned(bytes.length), ...bytes];
  // One local of 32 bits behind the parameters.
  const code = [2, 1, 0x7f, locals, 0x7e, ...body, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...named("memory"), 2, 0, ...named("run"), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

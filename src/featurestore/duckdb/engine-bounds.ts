import { parseBytes, TondoError } from "../../core/index.ts";

/** What bounds an engine. */
export interface EngineBounds {
  /**
   * What the process may hold while the engine works, such as `"1GB"`; default 2 GB. DuckDB is given what Node and the driver leave of it. What
   * a program itself holds beside comes on top.
   */
  readonly memory?: string;
  /** Default: as many as the machine has, 8 at most, fewer where memory is short. */
  readonly threads?: number;
  /** Where it may spill: each engine in a folder of its own in there, which goes away with it. Without one it does not spill. */
  readonly spillFolder?: string;
  /** How much it may spill; default 20 GB. */
  readonly spillLimit?: string;
}

/** See {@link EngineBounds.memory}. */
export const defaultMemory = "2GB";
/** See {@link EngineBounds.spillLimit}. */
export const defaultSpillLimit = "20GB";

/** What Node with this library, its heap and the chunks that the driver holds were measured to take at the most in joins, bytes. */
const nodeShare = 320e6;
/** What DuckDB needs to sort, join and write at all, bytes; and for each thread beyond the first. */
const leastForEngine = 180e6;
const leastForThread = 60e6;
const mostThreads = 8;

/** The same in numbers. */
export interface CheckedBounds {
  /** What DuckDB is given, bytes. */
  readonly engineMemory: number;
  readonly threads: number;
  readonly spillLimit: number;
}

/**
 * Checks the bounds and derives DuckDB's own from them.
 *
 * @throws TondoError `INVALID_ARGUMENT` where one is none, or where the memory is too little to work in: with the least that does
 */
export function checkedBounds(bounds: EngineBounds): CheckedBounds {
  const { memory = defaultMemory, spillLimit = defaultSpillLimit } = bounds;
  const engineMemory = bytesOf("memory", memory) - nodeShare;
  if (engineMemory < leastForEngine) {
    const smallest = `${String((nodeShare + leastForEngine) / 1e6)}MB`;
    throw new TondoError("INVALID_ARGUMENT", `memory: ${memory} is too little to work in`, {
      hint: `Give at least ${smallest}: Node and the driver take some ${String(nodeShare / 1e6)}MB of it.`,
      details: { memory, smallest },
    });
  }
  const room = 1 + Math.floor((engineMemory - leastForEngine) / leastForThread);
  const threads = bounds.threads ?? Math.min(mostThreads, navigator.hardwareConcurrency, room);
  if (!Number.isInteger(threads) || threads < 1) {
    throw new TondoError("INVALID_ARGUMENT", `threads: ${String(threads)} is no count of threads`, {
      hint: "Give a whole number of at least 1.",
    });
  }
  return { engineMemory, threads, spillLimit: bytesOf("spillLimit", spillLimit) };
}

function bytesOf(name: string, text: string): number {
  const bytes = parseBytes(text);
  if (bytes !== undefined) return bytes;
  throw new TondoError("INVALID_ARGUMENT", `${name}: "${text}" is no size`, { hint: 'Sizes are written like "4GB".' });
}

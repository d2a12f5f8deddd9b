import { randomNumbers } from "../../../test/dsl/random-numbers.ts";
import { harmonic } from "./zipf.ts";

/** A ring of nodes that hold keys, each of them in some. */
export interface Ring {
  readonly nodes: number;
  /** Tokens of each node: stretches of the ring. */
  readonly tokens: number;
  readonly replicas: number;
  readonly keys: number;
  /** Key `i` is asked for `1 / i^s` as often as the first. */
  readonly s: number;
  /** How many replicas a read asks: two of three with LOCAL_QUORUM. */
  readonly asked: number;
  readonly seed: number;
}

/** How often nodes are asked, by the mean of them all while all are there. */
export interface RingLoad {
  /** The most that a node is asked. */
  readonly hottest: number;
  /** The same once a node is gone. */
  readonly hottestAfter: number;
  /** The mean of those that are left. */
  readonly meanAfter: number;
}

/** How many of the hottest keys are placed by themselves; the others fall on the ring evenly. */
const named = 20_000;

/**
 * What each node of a ring is asked, before and after the hottest is gone. Tokens lie by chance, keys too; a read asks replicas that are there, each as often. What is written goes to all replicas, so that no node has more to
 * write than before; who takes a write for the one that is gone keeps a hint of it.
 */
export function ringLoad(ring: Ring): RingLoad {
  const { nodes, tokens, keys, s, seed } = ring;
  const chance = randomNumbers(seed);
  const places = Array.from({ length: nodes * tokens }, (_, i) => ({ at: chance(), node: i % nodes }));
  places.sort((one, other) => one.at - other.at);
  const replicas = places.map((_, i) => replicasFrom(places, i, ring.replicas));
  const whole = harmonic(keys, s);
  const reads: { readonly share: number; readonly on: readonly number[] }[] = [];
  let left = 1;
  for (let i = 1; i <= Math.min(keys, named); i++) {
    const share = i ** -s / whole;
    left -= share;
    const at = chance();
    const next = places.findIndex((place) => place.at >= at);
    reads.push({ share, on: replicas[Math.max(next, 0)] ?? [] });
  }
  // The others fall on the stretches by their lengths.
  for (const [i, place] of places.entries()) {
    const before = places[i - 1]?.at ?? (places.at(-1)?.at ?? 0) - 1;
    reads.push({ share: left * (place.at - before), on: replicas[i] ?? [] });
  }
  const all = loads(reads, ring, -1);
  const mean = ring.asked / nodes;
  const hottest = all.indexOf(Math.max(...all));
  const after = loads(reads, ring, hottest).filter((_, node) => node !== hottest);
  return {
    hottest: Math.max(...all) / mean,
    hottestAfter: Math.max(...after) / mean,
    meanAfter: after.reduce((sum, one) => sum + one, 0) / after.length / mean,
  };
}

/** The nodes of the next tokens, each once. */
function replicasFrom(places: readonly { readonly node: number }[], from: number, count: number): readonly number[] {
  const found = new Set<number>();
  for (let i = 0; i < places.length && found.size < count; i++)
    found.add(places[(from + i) % places.length]?.node ?? 0);
  return [...found];
}

/** What each node is asked where one is gone. */
function loads(
  reads: readonly { readonly share: number; readonly on: readonly number[] }[],
  { nodes, asked }: Ring,
  gone: number,
): readonly number[] {
  const sums = new Array<number>(nodes).fill(0);
  for (const { share, on } of reads) {
    const there = on.filter((node) => node !== gone);
    for (const node of there) sums[node] = (sums[node] ?? 0) + (share * Math.min(asked, there.length)) / there.length;
  }
  return sums;
}

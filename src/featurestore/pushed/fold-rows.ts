import type { Micros } from "../../core/index.ts";
import type { FunctionLibrary, GroupPlan, SourcePlan } from "../../dsl/index.ts";
import {
  decodeFolds,
  decodePushed,
  encodeFolds,
  encodePushed,
  type Fold,
  foldedUpTo,
  pushedWithin,
} from "../online/codec/index.ts";
import { layoutDigest } from "../online/fold-of.ts";
import { FoldTiles } from "../online/fold-tiles.ts";
import { planLayout, type WindowLayout } from "../online/group-layout.ts";
import type { GroupPointer } from "../online/index.ts";
import type { FoldingNow, HeldRows, RowFolding } from "../online/pushed-store.ts";
import { PushedReader } from "../online/pushed-values.ts";
import type { PushLimits } from "./push-limits.ts";

/** How long ago a row must count at the least that is folded, microseconds: requests that are on their way ask for moments before the clock. */
const leastAge: Micros = 1_000_000;

/** The stretches of moments of which each has a fold of its own. */
interface Stretches {
  /** Behind each of these one begins; ascending. */
  readonly bounds: readonly Micros[];
  /** Rows behind this moment are kept as they are. */
  readonly end: Micros;
}

/**
 * What makes tiles of rows that count for a while, where a key has many: each read would go through all of them. A row of a source with `id` may be replaced, and is kept as it is; so is one of a
 * snapshot.
 *
 * Loads read the rows from the log, and a load divides them by its moment. So no fold reaches across the moment of a load: neither of one that is there, nor of one that is under way, which says its
 * moment before it begins.
 */
export function rowFolding(
  group: GroupPlan,
  source: SourcePlan,
  functions: FunctionLibrary,
  { foldRows, foldAfterMs, maxRowsPerKey }: PushLimits,
): RowFolding | undefined {
  if (source.id !== undefined) return undefined;
  const { layout, states } = planLayout(group, source);
  if (layout.kind === "rows") return undefined;
  const digest = layoutDigest(layout);
  const stored = states.flatMap((hop) => hop.map(({ plan }) => plan.name));
  let reader: PushedReader | undefined;
  const fold = (held: HeldRows, { pointer, cuts, now, rows }: FoldingNow): HeldRows | undefined => {
    if (!isOf(pointer, digest)) return undefined;
    const isFull = rows >= maxRowsPerKey / 2;
    // A rollback would read these with the definitions before.
    if (!isFull && pointer.before !== undefined && layoutDigest(pointer.before.layout) !== digest) return undefined;
    const age = foldAfterMs * 1000;
    const limit = Math.max(now - (isFull ? Math.min(leastAge, age) : age), foldedUpTo(held.record) ?? -Infinity);
    const floor = floorOf(pointer);
    if (pushedWithin(held.record, floor, limit) < foldRows) return undefined;
    const all = decodePushed(held.record);
    const before = (held.folds === undefined ? [] : decodeFolds(held.folds)).filter(({ upTo }) => upTo > floor);
    // Whoever reads it is told.
    if (before.some(({ from }) => from < floor)) return undefined;
    const { bounds, end } = stretchesOf(before, [floor, pointer.asOf], cuts, digest);
    reader ??= new PushedReader(group, source, stored, functions);
    const folds: Fold[] = [];
    const gone = new Set<Micros>();
    for (const [i, from] of bounds.entries()) {
      const upTo = Math.min(bounds[i + 1] ?? Infinity, limit);
      const own = before.filter((one) => one.from >= from && one.upTo <= (bounds[i + 1] ?? Infinity));
      const fresh = all.filter(({ t, k }) => k > from && k <= Math.min(upTo, end) && t < limit);
      if (fresh.length === 0 || own.some((one) => one.layout !== digest)) {
        folds.push(...own);
        continue;
      }
      // What a load that came to nothing has divided stays so until the next.
      const last = own.pop();
      const tiles = new FoldTiles(layout, last?.tiles);
      tiles.add(reader.values(fresh, -Infinity, Infinity));
      for (const { k } of fresh) gone.add(k);
      folds.push(...own, {
        ...{ from: last?.from ?? from, upTo, layout: digest, tiles: tiles.encode(upTo) },
        rows: (last?.rows ?? 0) + fresh.length,
      });
    }
    if (gone.size === 0) return undefined;
    const kept = all.filter(({ k }) => !gone.has(k));
    return { record: encodePushed(kept, limit), folds: encodeFolds(folds) };
  };
  return { rows: foldRows, fold };
}

/** Whether a group is read by these definitions, and it is known what was loaded before. */
function isOf(
  pointer: GroupPointer | undefined,
  digest: string,
): pointer is GroupPointer & { readonly layout: WindowLayout } {
  if (pointer === undefined || layoutDigest(pointer.layout) !== digest) return false;
  return pointer.previous === undefined || pointer.before !== undefined;
}

/** Rows up to here are in all generations that are kept. */
function floorOf({ asOf, before }: GroupPointer): Micros {
  return Math.min(asOf, before?.asOf ?? asOf);
}

/** Where folds begin: behind the moments of loads, but for those that a fold is on both sides of. */
function stretchesOf(
  folds: readonly Fold[],
  loaded: readonly Micros[],
  cuts: FoldingNow["cuts"],
  digest: string,
): Stretches {
  const floor = Math.min(...loaded);
  const current = Math.max(...loaded);
  const bounds = [...new Set([...loaded, ...cuts.map(({ at }) => at)])]
    .filter((at) => at >= floor && !folds.some(({ from, upTo }) => from < at && at < upTo))
    .sort((one, other) => one - other);
  // What a load of other definitions is to be read with cannot be made of what these take.
  const others = cuts.filter(({ at, layout }) => at > current && layout !== digest);
  return { bounds, end: Math.min(Infinity, ...others.map(({ at }) => at)) };
}

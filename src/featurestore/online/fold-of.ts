import { canonicalJson, formatMicros, type Micros, sha256, TondoError } from "../../core/index.ts";
import type { Fold } from "./codec/index.ts";
import type { GroupLayout } from "./group-layout.ts";
import type { GroupPointer } from "./group-pointer.ts";

const digests = new WeakMap<GroupLayout, string>();

/** A digest of all that tiles of a layout mean: folds of another are not read with it. */
export function layoutDigest(layout: GroupLayout): string {
  const known = digests.get(layout);
  if (known !== undefined) return known;
  const digest = sha256(canonicalJson(layout)).slice(0, 16);
  digests.set(layout, digest);
  return digest;
}

/**
 * The tiles of those folds of a key that count beside a generation, the oldest first.
 *
 * @throws TondoError `GROUP_NOT_MATERIALIZED` where they are of other definitions, or lie on both sides of its moment
 */
export function foldsBeside(
  folds: readonly Fold[],
  { group, asOf, layout }: Pick<GroupPointer, "group" | "asOf" | "layout">,
): readonly Uint8Array[] {
  const later = folds.filter(({ upTo }) => upTo > asOf);
  if (later.some((fold) => fold.from < asOf || fold.layout !== layoutDigest(layout)))
    throw new TondoError(
      "GROUP_NOT_MATERIALIZED",
      `what was streamed to ${group} since it was loaded cannot be told from what was loaded: another load went between`,
      { hint: "Run `tondo materialize`.", details: { group, asOf } },
    );
  return later.map(({ tiles }) => tiles);
}

/**
 * Refuses a moment that lies before one up to which rows of a key were folded: which of them count is not known any more.
 * @throws TondoError `MOMENT_NOT_SERVED`
 */
export function refuseFolded(group: string, upTo: Micros | undefined, at: Micros): void {
  if (upTo === undefined || at >= upTo) return;
  throw new TondoError(
    "MOMENT_NOT_SERVED",
    `so much was streamed to a key of ${group} that it cannot answer exactly for ${formatMicros(at)}`,
    {
      hint: `Ask for "${formatMicros(upTo)}" or later; the limits \`foldAfterMs\` and \`foldRows\` of who streams say how far back keys answer.`,
      details: { group, at, upTo },
    },
  );
}

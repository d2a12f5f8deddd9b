import { type Clock, formatMicros, type Micros, systemClock, TondoError, waitUntil } from "../../core/index.ts";
import type { GroupPlan, ProjectPlan } from "../../dsl/index.ts";
import { layoutDigest } from "../online/fold-of.ts";
import { planLayout } from "../online/group-layout.ts";
import { overlayOf } from "../online/group-pointer.ts";
import { groupName, type OnlineStore } from "../online/index.ts";
import type { NewLoad } from "../online/pushed-store.ts";
import { longestWait } from "../pushed/index.ts";

/** What is pushed to while a load chooses its moment. */
export interface ClosePushedOptions {
  readonly project: ProjectPlan;
  readonly store: OnlineStore;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

/** A group, and up to which moment rows of it were folded: no load as of an earlier one can tell what counts before it. */
type FoldedGroup = readonly [group: string, upTo: Micros];

/** How far behind what was folded a moment is tried, microseconds, since more is folded meanwhile: so far at first, and then twice as far each time. */
const firstRoom = 100_000;

/** How many moments are tried. */
const mostTurns = 7;

/**
 * Sees to it that what is pushed from now on counts from a later moment than that of a load which was asked for.
 *
 * @throws TondoError `INVALID_ARGUMENT` where rows of both sides of it were folded together
 */
export async function closeAsked(
  options: ClosePushedOptions,
  chosen: readonly GroupPlan[],
  asOf: Micros,
): Promise<Micros> {
  const folded = await close(options, chosen, Math.min(asOf, (options.clock ?? systemClock)()));
  if (folded === undefined) return asOf;
  const [group, upTo] = folded;
  throw new TondoError(
    "INVALID_ARGUMENT",
    `${group}: what was streamed until ${formatMicros(upTo)} was folded, and only loads as of then or later can take it in`,
    { hint: `Materialize as of ${formatMicros(upTo)} or later, or as of the clock.`, details: { group, asOf: upTo } },
  );
}

/**
 * The same of a load as of the clock, whose moment it gives: the clock's, or where rows of both sides of that were folded together, one behind those. Who streams with a clock that is ahead folds up to a moment that has not
 * come here. So the load says a later one first, which nothing is folded across from then on, and waits until that has come.
 *
 * @throws TondoError `MOMENT_NOT_SERVED` where that is too far ahead, `ABORTED`
 */
export async function closeNow(
  options: ClosePushedOptions,
  chosen: readonly GroupPlan[],
  now: Micros,
): Promise<Micros> {
  const { clock = systemClock, signal } = options;
  let asOf = now;
  for (let turn = 1; ; turn++) {
    if (signal?.aborted === true)
      throw new TondoError("ABORTED", "choosing the moment of a load was cancelled", { cause: signal.reason });
    const folded = await close(options, chosen, asOf);
    if (folded === undefined) break;
    const [group, upTo] = folded;
    asOf = Math.max(clock(), upTo + firstRoom * 2 ** (turn - 1));
    if (turn === mostTurns || asOf - clock() > longestWait) throw foldedAhead(group, upTo);
  }
  await waitUntil(asOf, clock, signal);
  return asOf;
}

/** Closes a moment for loads of groups as of it; or gives the one that was folded furthest of those that cannot be loaded as of it, and begins none. */
async function close(
  { project, store: { pushed } }: ClosePushedOptions,
  chosen: readonly GroupPlan[],
  moment: Micros,
): Promise<FoldedGroup | undefined> {
  const loads = chosen.flatMap((group): readonly NewLoad[] => {
    const source = project.sources.find(({ name }) => name === group.source);
    if (source === undefined || source.kind === "table") return [];
    const layout = layoutDigest(planLayout(group, source).layout);
    return [{ group: groupName(group), overlay: overlayOf(group, source), layout }];
  });
  const folded = (await pushed?.close(moment, loads)) ?? new Map<string, Micros>();
  return [...folded].sort(([, one], [, other]) => other - one)[0];
}

function foldedAhead(group: string, upTo: Micros): TondoError {
  return new TondoError(
    "MOMENT_NOT_SERVED",
    `${group}: what is streamed was folded up to ${formatMicros(upTo)}, which is ahead of this clock`,
    {
      hint: "Set the clocks of the machines right that stream, or materialize once that moment has come.",
      details: { group, upTo },
    },
  );
}

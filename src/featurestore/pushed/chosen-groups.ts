import { formatMicros, type Micros, TondoError } from "../../core/index.ts";
import type { Feed, GroupPointer, PushedGroup } from "../online/index.ts";

/** That others are fed by a source than whoever pushes knows of: definitions were applied, and loaded, since it looked. */
export class OtherFeeds extends Error {
  /** What was said of those; `undefined` of a group that is loaded, and not fed. */
  readonly feeds: ReadonlyMap<string, Feed | undefined>;

  constructor(feeds: ReadonlyMap<string, Feed | undefined>) {
    super("definitions were applied meanwhile");
    this.feeds = feeds;
  }
}

/**
 * Which groups rows of their source come in: those that a load was ever begun of. The others have what was pushed before by their first load.
 *
 * @param feeds by group what was said of those that the source feeds
 * @param pointers what is current of each of `groups`
 * @throws OtherFeeds where groups are fed otherwise than these are defined
 * @throws TondoError `GROUP_NOT_MATERIALIZED`
 */
export function chosenGroups(
  groups: readonly PushedGroup[],
  feeds: ReadonlyMap<string, Feed>,
  pointers: readonly (GroupPointer | undefined)[],
): readonly PushedGroup[] {
  const own = new Map(groups.map(({ group, overlay }) => [group, overlay]));
  const others = [...feeds].filter(([group, { overlay }]) => overlay !== (own.get(group) ?? null));
  // What is loaded answers requests, and where it is not fed what was pushed since may not lie beside it.
  const unfed = groups.filter(({ group }, i) => !feeds.has(group) && pointers[i] !== undefined);
  if (others.length + unfed.length > 0)
    throw new OtherFeeds(new Map([...others, ...unfed.map(({ group }) => [group, undefined] as const)]));
  const fed = groups.filter(({ group }) => feeds.has(group));
  const [first] = groups;
  if (fed.length === 0 && first !== undefined) throw notLoaded(first.group, "has not been materialized");
  return fed.map((one) => behindLoad(one, feeds.get(one.group)?.asOf));
}

/** A group that takes no rows before the moment which it is being loaded as of: that load would not have them, nor would they count beside it. */
function behindLoad(given: PushedGroup, asOf: Micros | undefined): PushedGroup {
  if (asOf === undefined) return given;
  return {
    ...given,
    admit: (pointer, first, held) => {
      refuseBefore(given.group, asOf, first);
      given.admit(pointer, first, held);
    },
  };
}

/**
 * Refuses rows of a moment that a load has, or is about to have, without them.
 *
 * @throws TondoError `MOMENT_NOT_SERVED`
 */
export function refuseBefore(group: string, asOf: Micros | undefined, first: Micros): void {
  if (asOf === undefined || first > asOf) return;
  throw new TondoError(
    "MOMENT_NOT_SERVED",
    `${group} was loaded, or is being loaded, as of ${formatMicros(asOf)}, which has not come: what is pushed now would be before it`,
    {
      hint: "Push after that moment, or materialize as of an earlier one.",
      details: { group, asOf },
    },
  );
}

const otherwise = "has not been materialized as it is defined now, or by a program that knows of pushed rows";

/**
 * Refuses rows where a group is current by other definitions of its key or time.
 *
 * @throws TondoError `GROUP_NOT_MATERIALIZED`
 */
export function requireOverlay({ group, overlay }: PushedGroup, pointer: GroupPointer | undefined): void {
  // A group without a pointer is being loaded for the first time.
  if (pointer !== undefined && pointer.overlay !== overlay) throw notLoaded(group, otherwise);
}

/** That a group takes no rows as it stands. */
export function notLoaded(group: string, why: string = otherwise): TondoError {
  return new TondoError("GROUP_NOT_MATERIALIZED", `${group} ${why}: it takes no rows`, {
    hint: "Run `tondo materialize`, then push.",
    details: { group },
  });
}

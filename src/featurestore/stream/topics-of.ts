import { nearestName, TondoError } from "../../core/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import type { OnlineStore, PushedStore } from "../online/index.ts";

/**
 * The topics of some sources, or of all.
 *
 * @throws TondoError `INVALID_ARGUMENT` where there is none, or a source has none
 */
export function topicsOf(
  { sources }: ProjectPlan,
  names: readonly string[] | undefined,
): readonly { readonly source: string; readonly topic: string }[] {
  const all = sources.flatMap(({ name, transports }) =>
    transports.flatMap((place) => (place.format === "kafka" ? [{ source: name, topic: place.topic }] : [])),
  );
  if (all.length === 0)
    throw new TondoError("INVALID_ARGUMENT", "no source has a topic: there is nothing to stream", {
      hint: 'Say where events come from: kafka "orders", say.',
    });
  for (const name of names ?? []) {
    if (all.some(({ source }) => source === name)) continue;
    const streamed = [...new Set(all.map(({ source }) => source))];
    const nearest = nearestName(name, streamed);
    throw new TondoError("INVALID_ARGUMENT", `there is no source "${name}" with a topic`, {
      hint: nearest === undefined ? `Those with a topic are ${streamed.join(", ")}.` : `Did you mean "${nearest}"?`,
    });
  }
  return names === undefined ? all : all.filter(({ source }) => names.includes(source));
}

/**
 * Where a store keeps how far topics are read.
 * @throws TondoError `INVALID_ARGUMENT` where it takes no events
 */
export function pushedOf({ pushed, kind }: OnlineStore): PushedStore {
  if (pushed !== undefined) return pushed;
  throw new TondoError("INVALID_ARGUMENT", `the online store "${kind}" takes no events`, {
    hint: "Stream to LMDB or Cassandra.",
  });
}

import { nearestName, TondoError } from "../../core/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import { jsonFormat } from "./decode-event.ts";
import type { EventFormat } from "./event-format.ts";
import { topicsOf } from "./topics-of.ts";

/** How the events of some topics are written, by topic; those of the others are JSON. */
export type EventFormats = ReadonlyMap<string, EventFormat>;

/** How the events of a topic are written. */
export function formatOf(formats: EventFormats | undefined, topic: string): EventFormat {
  return formats?.get(topic) ?? jsonFormat;
}

/**
 * Holds formats against sources before anything is read.
 *
 * @param names the sources whose topics are read; by default all
 * @throws TondoError `INVALID_ARGUMENT` where no source has a topic, `SOURCE_CHANGED` where events can never have a source's columns
 */
export function checkFormats(
  project: ProjectPlan,
  formats: EventFormats | undefined,
  names: readonly string[] | undefined,
): void {
  const all = [...new Set(topicsOf(project, undefined).map(({ topic }) => topic))];
  for (const topic of formats?.keys() ?? []) {
    if (all.includes(topic)) continue;
    const nearest = nearestName(topic, all);
    throw new TondoError(
      "INVALID_ARGUMENT",
      `it is said how events of the topic ${topic} are written, and no source has it`,
      {
        hint: nearest === undefined ? `Topics are ${all.join(", ")}.` : `Did you mean "${nearest}"?`,
      },
    );
  }
  for (const { source, topic } of topicsOf(project, names)) {
    const plan = project.sources.find(({ name }) => name === source);
    if (plan !== undefined) formats?.get(topic)?.(plan);
  }
}

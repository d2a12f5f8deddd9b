import { parseTypeName } from "../../core/index.ts";
import { filesAtRest, type SourcePlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { PartWriter } from "../extract/part-writer.ts";
import { pushedFolder, pushedParts } from "./pushed-parts.ts";
import { partColumns } from "./pushed-places.ts";

/** The sources whose rows come by topics alone. */
export function byTopicAlone(sources: readonly SourcePlan[]): readonly SourcePlan[] {
  return sources.filter(
    (source) => filesAtRest(source).length === 0 && source.transports.some(({ format }) => format === "kafka"),
  );
}

/** The moment of the last row of a file that has none: it is before all, and lies in the folder of no day. */
const none = Number.MIN_SAFE_INTEGER;

/**
 * Gives each source whose rows come by topics alone, and of which no file of rows is there so far, one without rows: loads and training sets read files.
 *
 * @param engine the engine; or what opens one where there is something to write, which is closed again
 */
export async function addEmptyParts(
  sources: readonly SourcePlan[],
  home: string,
  engine: Engine | (() => Promise<Engine>),
): Promise<void> {
  const lacking: SourcePlan[] = [];
  for (const source of byTopicAlone(sources))
    if ((await pushedParts(home, source.name)).length === 0) lacking.push(source);
  if (lacking.length === 0) return;
  const opened = typeof engine === "function" ? await engine() : engine;
  try {
    for (const source of lacking) {
      const columns = partColumns(source).map(({ name, type }) => ({
        ...{ name, kind: parseTypeName(type).kind },
        zoned: false,
      }));
      const writer = await PartWriter.open(opened, columns);
      writer.finish();
      await writer.write(pushedFolder(home, source.name), none, undefined, undefined);
    }
  } finally {
    if (typeof engine === "function") opened.close();
  }
}

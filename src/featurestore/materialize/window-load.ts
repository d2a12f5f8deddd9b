import type { PlannedLayout, WindowLayout } from "../online/group-layout.ts";
import { tileShape } from "../online/group-layout.ts";
import type { GroupLoad } from "./group-load.ts";
import { WindowBundles } from "./window-bundles.ts";
import { eventsSql, eventsTable, tilesSql } from "./window-sql.ts";

/**
 * Loads a group from events: of each key the tiles that a window at the load's moment can need. DuckDB makes the states,
 * sorted by key; they are put into bundles as they come.
 */
export async function loadWindows(load: GroupLoad, planned: PlannedLayout<WindowLayout>): Promise<void> {
  const { engine, into, doing, signal, onKeys } = load;
  const { layout } = planned;
  const numbers = Math.max(0, ...layout.hops.map((hop) => tileShape(hop).numbers));
  await engine.run(eventsSql(load, layout), doing, signal);
  try {
    const bundles = new WindowBundles(layout, numbers, into);
    for await (const chunk of engine.chunks(tilesSql(load, planned, numbers), doing, signal)) {
      bundles.take(chunk);
      await into.writeFull();
      onKeys(into.counts.keys);
    }
    bundles.close();
  } finally {
    await engine.run(`drop table if exists ${eventsTable}`, doing);
  }
}

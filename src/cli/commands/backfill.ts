import { formatMicros } from "../../core/index.ts";
import type { Command } from "../command.ts";
import { lateSwitch } from "../materialize/late-switch.ts";
import { leftOut, loadedTable } from "../materialize/loaded-groups.ts";
import { table } from "../output/index.ts";
import { engineOf, engineOptions, functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";
import { s3Of, s3Options } from "../s3-options.ts";

/** `tondo backfill`: has new features be served, over all that is known of the past. */
export const backfillCommand: Command = {
  name: "backfill",
  summary: "have new features be served, computed over all that is known of the past",
  about:
    "Loads the groups of features that are defined and applied and were never loaded as they are defined, new windows above all: from all files, and from all that was streamed and " +
    "pushed. What is there answers requests until the new generation does, and all its features become current together. Streams go on: what they apply meanwhile counts once, " +
    "in what is loaded or beside it. A feature that is served as it is defined is left as it is.\n\n" +
    "It loads as `materialize --group` does, as of the clock. A window over a source that comes by topics alone reaches back to the first event that was streamed; what topics have of before " +
    "comes by `stream reset SOURCE --to earliest`.",
  synopsis: ["FEATURE ... [--full]"],
  positionals: [{ name: "FEATURE", help: "as entity:group:feature", many: true }],
  options: {
    full: { help: "compute the records of all keys, also where most could be copied" },
    ...engineOptions,
    ...projectOptions,
    ...s3Options,
    ...functionsOption,
  },
  examples: ["tondo backfill restaurant:kitchen:done_2h", "tondo backfill shop:sales:revenue_7d shop:sales:orders_7d"],
  async run(context) {
    const { args, progress, terminal } = context;
    const names = args.rest("FEATURE");
    await using tondo = await openProject(context, "reading", await withFunctions(context, engineOf(context)), {
      s3: s3Of(context),
    });
    const { features, asOf, appliedAt, lateBy, groups } = await tondo.backfill(names, {
      ...{ full: args.flag("full"), progress, signal: terminal.signal },
    });
    const said = { loaded: "loaded", there: "served already" };
    const rows = features.map(({ feature, status }) => [feature, said[status]]);
    const at = asOf === null ? null : formatMicros(asOf);
    const from = appliedAt === null ? null : formatMicros(appliedAt);
    const notes = [...leftOut(groups), ...(from === null ? [] : lateSwitch(lateBy, from))];
    return {
      text: [
        ...(at === null || from === null ? [] : [`as of ${at}, answering requests from ${from} on`]),
        table([{ name: "FEATURE" }, { name: "STATUS" }], rows),
        ...(groups.length === 0 ? [] : [loadedTable(groups)]),
        ...(notes.length === 0 ? [] : [notes.join("\n")]),
      ].join("\n\n"),
      json: { asOf: at, appliedAt: from, lateBy, features, groups },
    };
  },
};

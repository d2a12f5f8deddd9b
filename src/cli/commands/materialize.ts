import { formatMicros } from "../../core/index.ts";
import { momentArgument, usageError } from "../arguments/index.ts";
import type { Command } from "../command.ts";
import { lateSwitch } from "../materialize/late-switch.ts";
import { leftOut, loadedTable } from "../materialize/loaded-groups.ts";
import { engineOf, engineOptions, functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";
import { s3Of, s3Options } from "../s3-options.ts";

/** `tondo materialize`: fills the online store. */
export const materializeCommand: Command = {
  name: "materialize",
  summary: "load features into the online store as of a moment",
  about:
    "Computes the applied groups from their sources as of a moment (what had happened before it and was known by then) and puts " +
    "them into the online store, for `get` and `predict`. All groups become current together, or none. What was loaded for the same " +
    "moment from the same files is left as it is. Where only files were added since the load before, or time has passed, the keys that something new came to are " +
    "computed from all files, and the records of the others copied: what is loaded is the same. LOADED says which way it went, and why all was computed; see " +
    "docs/reading-features.md.\n\n" +
    "What is loaded answers for the moment it was loaded as of (`--at loaded`) and for any later one; what is dated later counts from its " +
    "time on. Each load keeps when its rows were first applied: training sets join by that. With `--since` it takes in, of rows that no load has applied yet, those alone that happened " +
    "then or later; the others wait for a load that takes them in, and are known from that one's moment on, in training as online. The first load of a group takes in all, and a " +
    "table is loaded whole. A load as of now answers requests from the moment of its switch on, which is " +
    "chosen half a second ahead (with Cassandra two), and ends then; requests of before that moment are answered by the load before.",
  synopsis: ["[--as-of MOMENT] [--since MOMENT] [--group ENTITY:GROUP ...] [--full]"],
  positionals: [],
  options: {
    "as-of": { value: "MOMENT", help: "ISO 8601 with its offset, such as 2024-03-01T12:00:00Z", default: "now" },
    at: { value: "MOMENT", help: "the same as --as-of" },
    since: {
      value: "MOMENT",
      help: "of rows that no load has applied yet take in only those that happened then or later",
      default: "all",
    },
    group: { value: "NAME", help: "only this group, as entity:group", default: "all", many: true },
    full: { help: "compute the records of all keys, also where most could be copied" },
    ...engineOptions,
    ...projectOptions,
    ...s3Options,
    ...functionsOption,
  },
  examples: [
    "tondo materialize --as-of 2024-03-01T12:00:00Z",
    "tondo materialize --group restaurant:kitchen",
    "tondo materialize --as-of 2024-03-02T00:00:00Z --since 2024-03-01T00:00:00Z",
  ],
  async run(context) {
    const { args, progress, terminal } = context;
    const asOf = momentArgument(args, "as-of") ?? momentArgument(args, "at");
    if (args.text("as-of") !== undefined && args.text("at") !== undefined) {
      throw usageError("--as-of and --at are given both", "They mean the same: give one.");
    }
    const since = momentArgument(args, "since");
    const groups = args.names("group");
    await using tondo = await openProject(context, "reading", await withFunctions(context, engineOf(context)), {
      s3: s3Of(context),
    });
    const result = await tondo.materialize({
      ...(asOf === undefined ? {} : { asOf: BigInt(asOf) }),
      ...(since === undefined ? {} : { since: BigInt(since) }),
      ...(groups.length === 0 ? {} : { groups }),
      full: args.flag("full"),
      progress,
      signal: terminal.signal,
    });
    const at = formatMicros(result.asOf);
    const { lateBy } = result;
    const appliedAt = formatMicros(result.appliedAt);
    const notes = [...leftOut(result.groups), ...lateSwitch(lateBy, appliedAt)];
    const from = appliedAt === at ? "" : `, answering requests from ${appliedAt} on`;
    const taken = since === undefined ? "" : `, of what happened since ${formatMicros(since)}`;
    const text = [
      `as of ${at}${taken}${from}`,
      loadedTable(result.groups),
      ...(notes.length === 0 ? [] : [notes.join("\n")]),
    ];
    return {
      text: text.join("\n\n"),
      json: {
        asOf: at,
        ...(since === undefined ? {} : { since: formatMicros(since) }),
        appliedAt,
        lateBy,
        groups: result.groups,
      },
    };
  },
};

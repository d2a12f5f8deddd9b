import { relative } from "node:path";
import type { ServedCompaction, ServedListing } from "../../featurestore/index.ts";
import { usageError } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import { count, counted, printable, type Style, table } from "../output/index.ts";
import { engineOf, engineOptions, folderOf, openProject, projectOptions } from "../project.ts";

const right = { align: "right" as const };

/** `tondo served`: the log of served features. */
export const servedCommand: Command = {
  name: "served",
  summary: "list the log of served features, or make Parquet files of what was logged",
  about:
    "Services that open a home with `served` log what they answer for vectors: keys, inputs, stored values and what a model was fed. They write it to " +
    "journals, which outlive a killed process, and seal those into parts. `served compact` makes Parquet files of the parts, and of the journals of processes " +
    "that live no more, in served/VECTOR/FINGERPRINT/DAY of the home. Only those are public: they appear whole and never change. " +
    "An interrupted run loses nothing and doubles nothing; the next one goes on. One compacts at a time.\n\n" +
    "`served list` says which files there are, with their rows, and how much is not public yet.\n\n" +
    "Sealing and compacting need the optional package parquetjs-lite.",
  synopsis: ["list", "compact [--keep-days N]"],
  positionals: [{ name: "ACTION", help: "list, or compact" }],
  options: {
    "keep-days": {
      value: "N",
      help: "with compact: remove the files of all but the last N days, today counted",
      default: "all days are kept",
    },
    ...projectOptions,
    ...engineOptions,
  },
  examples: ["tondo served list", "tondo served compact --keep-days 90", "tondo served compact --json"],
  async run(context) {
    const { args } = context;
    const action = args.argument("ACTION");
    const keepDays = args.integer("keep-days", 1);
    if (action !== "list" && action !== "compact") {
      throw usageError(`there is no action "${action}"`, "Write `tondo served list` or `tondo served compact`.");
    }
    if (action === "list" && keepDays !== undefined) {
      throw usageError("--keep-days goes with compact", "Write `tondo served compact --keep-days N`.");
    }
    await using tondo = await openProject(context, "reading", engineOf(context));
    if (action === "list") return listResult(await tondo.served.list(), context.style);
    const { signal } = context.terminal;
    const compaction = await tondo.served.compact({ signal, ...(keepDays === undefined ? {} : { keepDays }) });
    return compactResult(compaction, context);
  },
};

function listResult({ days, unpublished }: ServedListing, style: Style): CommandResult {
  const headings = [
    { name: "VECTOR" },
    { name: "FINGERPRINT" },
    { name: "DAY (UTC)" },
    { name: "FILES", ...right },
    { name: "ROWS", ...right },
    { name: "BYTES", ...right },
  ];
  const rows = days.map(({ vector, fingerprint, day, files, rows: n, bytes }) => [
    printable(vector),
    fingerprint,
    day,
    ...[files.length, n, bytes].map(count),
  ]);
  const { journals, sealed, bytes } = unpublished;
  const waiting =
    bytes === 0
      ? style.dim("nothing waits to be compacted")
      : `not public yet: ${counted(bytes, "byte")} in ${counted(journals, "journal")} and ${counted(sealed, "sealed part")}`;
  return {
    text: [rows.length === 0 ? "no files" : table(headings, rows), waiting].join("\n\n"),
    json: { days, unpublished },
  };
}

function compactResult(compaction: ServedCompaction, context: CommandContext): CommandResult {
  const { files, rows, recovered, removed } = compaction;
  const headings = [{ name: "VECTOR" }, { name: "DAY (UTC)" }, { name: "ROWS", ...right }, { name: "FILE" }];
  const folder = folderOf(context);
  const made = files.map((file) => [
    printable(file.vector),
    file.day,
    count(file.rows),
    printable(relative(folder, file.path)),
  ]);
  const warning = context.style.yellow("warning:");
  const notes = [
    ...(recovered.journals === 0
      ? []
      : [
          `${counted(recovered.rows, "row")} came from ${counted(recovered.journals, "journal")} of processes that live no more`,
        ]),
    ...(recovered.tornBytes === 0
      ? []
      : [`${counted(recovered.tornBytes, "byte")} behind the last whole row of a journal cut off`]),
    ...(recovered.damaged === 0
      ? []
      : [`${warning} ${counted(recovered.damaged, "row")} damaged on the disk, and lost`]),
    ...removed.map(({ vector, day }) => `removed ${printable(vector)} of ${day}`),
  ];
  const summary =
    files.length === 0 ? "nothing to compact" : `${counted(rows, "row")} in ${counted(files.length, "file")}`;
  return {
    text: [
      ...(made.length === 0 ? [] : [table(headings, made)]),
      ...(notes.length === 0 ? [] : [notes.join("\n")]),
      summary,
    ].join("\n\n"),
    json: { files, rows, recovered, removed },
  };
}

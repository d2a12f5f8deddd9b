import { formatDuration, formatMicros } from "../../core/index.ts";
import type { Freshness, GroupFreshness } from "../../featurestore/index.ts";
import { momentArgument } from "../arguments/index.ts";
import type { Command, CommandResult } from "../command.ts";
import { momentText, printable, spanText, type Style, table } from "../output/index.ts";
import { openProject, projectOptions } from "../project.ts";

/** Beside 0: a group is late, for schedulers. */
const lateExit = 3;

/** `tondo freshness`: do the groups keep what they promise? */
export const freshnessCommand: Command = {
  name: "freshness",
  summary: "say how old the loads of groups are, and which do not keep their sla",
  about:
    "The age of a group is counted from the moment that its load is of (AS OF), not from when the load ran: `now` less that moment. A group keeps " +
    "its sla as long as its age is no more than that. How old the rows of its source are is not looked at.\n\n" +
    "fresh: it keeps its sla. late: it does not. loaded: it has no sla, and cannot be late. outdated: it is loaded under other definitions than " +
    "those in force, so that readers are refused, however young it is. absent: it was never materialized. Outdated and absent groups " +
    "do not keep their sla.",
  synopsis: ["[GROUP...] [--at MOMENT]"],
  positionals: [{ name: "GROUP", help: "only these groups, as entity:group", optional: true, many: true }],
  options: {
    at: { value: "MOMENT", help: "count ages to this moment: ISO 8601 with its offset", default: "now" },
    ...projectOptions,
  },
  examples: ["tondo freshness", "tondo freshness restaurant:kitchen --json", "tondo freshness || page-somebody"],
  exits: { 0: "every group with an sla keeps it", [lateExit]: "a group does not keep its sla" },
  async run(context) {
    const groups = context.args.rest("GROUP");
    const at = momentArgument(context.args, "at");
    await using tondo = await openProject(context, "reading");
    const result = await tondo.freshness({
      ...(at === undefined ? {} : { at: BigInt(at) }),
      ...(groups.length === 0 ? {} : { groups }),
    });
    return resultOf(result, context.style);
  },
};

function resultOf({ at, kept, groups, warnings }: Freshness, style: Style): CommandResult {
  const headings = [
    { name: "GROUP" },
    { name: "STATUS" },
    { name: "AS OF (UTC)" },
    { name: "AGE", align: "right" as const },
    { name: "SLA", align: "right" as const },
    { name: "LOADED (UTC)" },
  ];
  const rows = groups.map((one) => [
    one.group,
    statusText(one, style),
    one.asOf === null ? "-" : momentText(one.asOf),
    one.ageMicros === null ? "-" : ageText(one.ageMicros),
    one.slaMicros === null ? "-" : formatDuration(one.slaMicros),
    one.loadedAt === null ? "-" : momentText(one.loadedAt),
  ]);
  const promising = groups.filter((one) => one.kept !== null);
  const late = promising.filter((one) => one.kept === false).length;
  const summary =
    promising.length === 0
      ? "no group has an sla: there is nothing to keep"
      : late === 0
        ? style.green(`${String(promising.length)} of ${String(promising.length)} keep their sla`)
        : style.red(`${String(late)} of ${String(promising.length)} do not keep their sla`);
  const notes = [
    ...groups.flatMap(({ group, rolledBack }) =>
      rolledBack === null
        ? []
        : [
            `${group} was rolled back from generation ${String(rolledBack.from)} at ${momentText(rolledBack.at)} by ${printable(rolledBack.by)}`,
          ],
    ),
    ...warnings.map((warning) => `${style.yellow("warning:")} ${printable(warning)}`),
  ];
  return {
    text: [
      `at ${formatMicros(at)}`,
      table(headings, rows),
      ...(notes.length === 0 ? [] : [notes.join("\n")]),
      summary,
    ].join("\n\n"),
    json: { at: formatMicros(at), kept, groups: groups.map(jsonOf), warnings },
    exitCode: kept ? 0 : lateExit,
  };
}

function statusText({ status, kept }: GroupFreshness, style: Style): string {
  if (status === "fresh") return style.green(status);
  return kept === false ? style.red(status) : status === "loaded" ? status : style.yellow(status);
}

function ageText(micros: number): string {
  return micros < 0 ? `in ${spanText(-micros / 1e6)}` : spanText(micros / 1e6);
}

function jsonOf({ asOf, loadedAt, rolledBack, ...rest }: GroupFreshness): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    asOf: asOf === null ? null : formatMicros(asOf),
    loadedAt: loadedAt === null ? null : formatMicros(loadedAt),
    rolledBack: rolledBack === null ? null : { ...rolledBack, at: formatMicros(rolledBack.at) },
  };
}

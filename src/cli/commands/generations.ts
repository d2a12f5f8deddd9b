import { formatMicros } from "../../core/index.ts";
import type { GroupGenerations, RollbackResult } from "../../featurestore/index.ts";
import type { Tondo } from "../../open.ts";
import { usageError } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import { count, momentText, printable, type Style, table } from "../output/index.ts";
import { openProject, projectOptions } from "../project.ts";

/** Beside 0: nothing was rolled back, for `--yes` was not given. */
const notDoneExit = 3;

/** `tondo generations`: what the store keeps of groups, and the way back. */
export const generationsCommand: Command = {
  name: "generations",
  summary: "show which loads of groups the online store keeps, or go back to the one before",
  about:
    "Each load of a group is a generation. The store keeps the current one, which is served, and the one before it.\n\n" +
    "`generations rollback` makes the generation before current again: of all groups named by one switch, or of none. It is refused with " +
    "ROLLBACK_REFUSED where a group has none before, or where the definitions in force cannot read it. Without --yes it only says what it would " +
    "do. Who went back, and when, is kept. A group goes back once: then the next load makes a new generation, and what was gone back from goes " +
    "with it. Stop what loads the groups first, or it will load them again.",
  synopsis: ["[GROUP...]", "rollback GROUP... [--yes]"],
  positionals: [
    {
      name: "GROUP",
      help: "rollback, or only these groups, as entity:group (default: all)",
      optional: true,
      many: true,
    },
  ],
  options: {
    yes: { help: "with rollback: do it", short: "y" },
    ...projectOptions,
  },
  examples: [
    "tondo generations",
    "tondo generations restaurant:kitchen --json",
    "tondo generations rollback restaurant:kitchen region:load --yes",
  ],
  exits: { [notDoneExit]: "rollback without --yes: nothing was changed" },
  async run(context) {
    const { args } = context;
    const [first, ...rest] = args.rest("GROUP");
    const isRollback = first === "rollback";
    if (isRollback && rest.length === 0) {
      throw usageError(
        "rollback names its groups, and none is named",
        "Write `tondo generations rollback entity:group`.",
      );
    }
    if (!isRollback && args.flag("yes")) {
      throw usageError("--yes goes with rollback", "Write `tondo generations rollback entity:group --yes`.");
    }
    await using tondo = await openProject(context, "reading");
    return await (isRollback ? goBack(tondo, rest, context) : list(tondo, args.rest("GROUP"), context.style));
  },
};

async function list(tondo: Tondo, names: readonly string[], style: Style): Promise<CommandResult> {
  const groups = await tondo.generations(names.length === 0 ? undefined : names);
  const right = { align: "right" as const };
  const headings = [
    { name: "GROUP" },
    { name: "GENERATION", ...right },
    { name: "STATE" },
    { name: "AS OF (UTC)" },
    { name: "LOADED (UTC)" },
    { name: "KEYS", ...right },
    { name: "ROWS", ...right },
    { name: "BYTES", ...right },
  ];
  const rows = groups.flatMap(({ group, generations }) =>
    generations.length === 0
      ? [[group, "-", "absent", "-", "-", "-", "-", "-"]]
      : generations.map(({ generation, state, asOf, loadedAt, counts }) => [
          group,
          String(generation),
          state === "current" ? style.green(state) : state,
          asOf === null ? "-" : momentText(asOf),
          loadedAt === null ? "-" : momentText(loadedAt),
          ...(counts === null ? ["-", "-", "-"] : [counts.keys, counts.rows, counts.bytes].map(count)),
        ]),
  );
  const notes = groups.flatMap((group) => notesOf(group));
  return {
    text: [table(headings, rows), ...(notes.length === 0 ? [] : [notes.join("\n")])].join("\n\n"),
    json: { groups: groups.map(groupJson) },
  };
}

function notesOf({ group, generations, rolledBack }: GroupGenerations): readonly string[] {
  const previous = generations.find(({ state }) => state === "previous");
  const current = generations.find(({ state }) => state === "current");
  return [
    ...(rolledBack === null
      ? []
      : [
          `${group}: rolled back from generation ${String(rolledBack.from)} at ${momentText(rolledBack.at)} by ${printable(rolledBack.by)}`,
        ]),
    ...(current?.refusals ?? []).map((reason) => `${group}: readers are refused: ${reason}`),
    ...(previous?.refusals ?? []).map((reason) => `${group}: no way back: ${reason}`),
  ];
}

function groupJson({ group, generations, rolledBack }: GroupGenerations): Readonly<Record<string, unknown>> {
  const iso = (micros: number | null): string | null => (micros === null ? null : formatMicros(micros));
  return {
    group,
    generations: generations.map((one) => ({ ...one, asOf: iso(one.asOf), loadedAt: iso(one.loadedAt) })),
    rolledBack: rolledBack === null ? null : { ...rolledBack, at: iso(rolledBack.at) },
  };
}

async function goBack(tondo: Tondo, groups: readonly string[], context: CommandContext): Promise<CommandResult> {
  const result = await tondo.rollback(groups, { dryRun: !context.args.flag("yes") });
  return rollbackResult(result);
}

function rollbackResult({ done, at, by, groups }: RollbackResult): CommandResult {
  const right = { align: "right" as const };
  const headings = [
    { name: "GROUP" },
    { name: "FROM", ...right },
    { name: "AS OF (UTC)" },
    { name: "TO", ...right },
    { name: "AS OF (UTC)" },
  ];
  const rows = groups.map(({ group, from, fromAsOf, to, asOf }) => [
    group,
    String(from),
    momentText(fromAsOf),
    String(to),
    momentText(asOf),
  ]);
  const summary = done ? "rolled back" : "nothing was changed: with --yes it is done";
  return {
    text: [table(headings, rows), summary].join("\n\n"),
    json: {
      done,
      at: formatMicros(at),
      by,
      groups: groups.map((one) => ({ ...one, fromAsOf: formatMicros(one.fromAsOf), asOf: formatMicros(one.asOf) })),
    },
    exitCode: done ? 0 : notDoneExit,
  };
}

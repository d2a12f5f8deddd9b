import { formatMicros, TondoError, type Value } from "../../core/index.ts";
import type { EntityPlan } from "../../dsl/index.ts";
import type { EraseResult, Erasure, SourceRows } from "../../featurestore/index.ts";
import type { Tondo } from "../../open.ts";
import { meant, parseValue, type ParsedArguments, usageError } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import { count, counted, momentText, printable, table } from "../output/index.ts";
import { engineOf, engineOptions, functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";
import { s3Of, s3Options } from "../s3-options.ts";

/** Beside 0: nothing was erased, for `--yes` was not given. */
const notDoneExit = 3;
/** Beside 0: there was nothing to erase, or to forget. */
const nowhereExit = 4;

/** `tondo erase`: removes a key from all that is kept of it, and proves it. */
export const eraseCommand: Command = {
  name: "erase",
  summary: "remove a key from the online store, caches and logs, and prove by a scan that it is gone",
  about:
    "Removes all records of one key of an entity: from every generation of every group of the entity in the online store, from what is kept of reads " +
    "in this process, and from logs. Then all of them are looked through again, and the command fails with ERASE_INCOMPLETE where anything is found. " +
    "That a key was erased is recorded, with who, when and how many records; which key it was is not, but for a hash under a secret in the home: " +
    "by that `materialize` leaves the key out from then on, and says of how many keys. Without --yes it only says what it would do.\n\n" +
    "The files of sources are yours: where they still have rows of the key, they are named with how many. Mend them, and what was made of them " +
    "(training sets, copies). KEY is the value of each column of the key, in the order of the entity; what begins with - stands behind --.\n\n" +
    "--list shows which erasures were recorded. --forget lets loads bring back a key, or with --record what was erased by one of them.",
  synopsis: [
    "ENTITY KEY... [--yes] [--compact]",
    "ENTITY KEY... --forget --yes",
    "--forget --record ID --yes",
    "--list",
  ],
  positionals: [
    { name: "ENTITY", help: "whose key it is", optional: true },
    { name: "KEY", help: "the value of each column of the key, in order", optional: true, many: true },
  ],
  options: {
    yes: { help: "do it", short: "y" },
    compact: {
      help: "write the file of the LMDB store anew afterwards, without the bytes of what was erased; nobody else may have it open",
    },
    list: { help: "show the erasures that were recorded" },
    forget: { help: "erase nothing: let loads bring the key back" },
    record: {
      value: "ID",
      help: "with --forget: the erasure that --list shows, where its key or the secret is not known any more",
    },
    ...engineOptions,
    ...projectOptions,
    ...s3Options,
    ...functionsOption,
  },
  examples: [
    "tondo erase customer c-1029",
    "tondo erase customer c-1029 --yes --compact",
    "tondo erase route SFO LAX --yes --json",
    "tondo erase --list",
  ],
  exits: {
    [notDoneExit]: "without --yes: nothing was changed",
    [nowhereExit]: "the key was nowhere, or no erasure of it stood",
  },
  async run(context) {
    const { args } = context;
    refuseMixed(args);
    await using tondo = await openProject(context, "reading", await withFunctions(context, engineOf(context)), {
      s3: s3Of(context),
    });
    if (args.flag("list")) return listed(await tondo.erasures());
    return args.flag("forget") ? await forget(tondo, args) : await erase(tondo, context);
  },
};

function refuseMixed(args: ParsedArguments): void {
  const isList = args.flag("list");
  const isForget = args.flag("forget");
  const record = args.text("record");
  const hasEntity = args.optional("ENTITY") !== undefined;
  const hint = "`tondo erase --help` shows the ways to call it.";
  if (isList && (hasEntity || isForget || args.flag("yes") || args.flag("compact")))
    throw usageError("--list goes alone", hint);
  if (record !== undefined && (!isForget || hasEntity))
    throw usageError("--record goes with --forget, and without a key", hint);
  if (isForget && args.flag("compact")) throw usageError("--compact does not go with --forget", hint);
  if (!isList && record === undefined && args.rest("KEY").length === 0)
    throw usageError(hasEntity ? "the key is not given" : "neither an entity nor its key is given", hint);
}

/** The key that is given, by the definitions. No error shows it. */
async function givenKey(tondo: Tondo, args: ParsedArguments): Promise<{ entity: string; key: Record<string, Value> }> {
  const name = args.argument("ENTITY");
  const { entities } = await tondo.project();
  const entity = entities.find((one) => one.name === name);
  if (entity === undefined) {
    const names = entities.map((one) => one.name);
    throw new TondoError("KEY_INVALID", `there is no entity "${name}"`, {
      hint: meant(name, names, `Entities are ${names.join(", ")}.`),
    });
  }
  return { entity: name, key: partsOf(entity, args.rest("KEY")) };
}

function partsOf({ name, key }: EntityPlan, given: readonly string[]): Record<string, Value> {
  if (given.length !== key.length) {
    throw new TondoError(
      "KEY_INVALID",
      `the key of "${name}" has ${counted(key.length, "part")}, and ${String(given.length)} are given`,
      {
        hint: `Write tondo erase ${name} ${key.map((column) => column.name.toUpperCase()).join(" ")}.`,
      },
    );
  }
  return Object.fromEntries(
    key.map((column, i) => {
      const what = `the key's ${column.name}`;
      return [column.name, parseValue(given[i] ?? "", column.type, what, "KEY_INVALID", "what is given")];
    }),
  );
}

async function erase(tondo: Tondo, { args, progress, terminal }: CommandContext): Promise<CommandResult> {
  const { entity, key } = await givenKey(tondo, args);
  return eraseResult(
    await tondo.erase(entity, key, {
      dryRun: !args.flag("yes"),
      compact: args.flag("compact"),
      progress,
      signal: terminal.signal,
    }),
  );
}

function eraseResult(result: EraseResult): CommandResult {
  const { done, id, entity, at, by, found, places, sources, remains, compacted } = result;
  const right = { align: "right" as const };
  const headings = [
    { name: "WHERE" },
    { name: "GENERATION", ...right },
    { name: "BEFORE", ...right },
    { name: "AFTER", ...right },
  ];
  const rows = places.map(({ place, group, generation, before, after }) => [
    group ?? place,
    generation === undefined ? "-" : String(generation),
    count(before),
    done ? count(after) : "-",
  ]);
  const files = sources.flatMap((source) => sourceLines(source));
  const text = [
    ...(rows.length === 0 ? [] : [table(headings, rows)]),
    ...(files.length === 0
      ? []
      : [`still in the files of sources, which are yours; loads leave it out:\n${files.join("\n")}`]),
    ...(done && found > 0
      ? [
          compacted === null
            ? remains
            : `compacted: ${count(compacted.bytesBefore)} bytes are ${count(compacted.bytesAfter)}`,
        ]
      : []),
    summary(result),
  ];
  return {
    text: text.join("\n\n"),
    json: {
      done,
      id,
      entity,
      at: formatMicros(at),
      by,
      found,
      places,
      sources,
      remains: done ? remains : null,
      compacted,
    },
    exitCode: done ? (found === 0 ? nowhereExit : 0) : notDoneExit,
  };
}

function summary({ done, id, entity, found }: EraseResult): string {
  if (!done && found === 0) return `this key of ${entity} is nowhere; with --yes loads leave it out from now on`;
  if (!done) return `nothing was changed: with --yes ${counted(found, "record")} of this key are erased`;
  if (found === 0) return `this key of ${entity} was nowhere; loads leave it out from now on, recorded as ${id ?? ""}`;
  return `erased: ${counted(found, "record")}, and a scan finds none any more; recorded as ${id ?? ""}`;
}

function sourceLines({ source, files, unread }: SourceRows): readonly string[] {
  return [
    ...files.map(({ path, rows }) => `  ${source}: ${printable(path)} (${counted(rows, "row")})`),
    ...unread.map((why) => `  ${source}: not looked through: ${printable(why)}`),
  ];
}

async function forget(tondo: Tondo, args: ParsedArguments): Promise<CommandResult> {
  const record = args.text("record");
  const which = record === undefined ? await givenKey(tondo, args) : { id: record };
  if (!args.flag("yes")) {
    return {
      text: "nothing was changed: with --yes loads may bring the key back",
      json: { done: false, forgotten: 0 },
      exitCode: notDoneExit,
    };
  }
  const forgotten = await tondo.forgetErasure(which);
  return {
    text:
      forgotten === 0
        ? "no erasure of it stands"
        : `${counted(forgotten, "erasure")} forgotten: the next load may bring the key back`,
    json: { done: true, forgotten },
    exitCode: forgotten === 0 ? nowhereExit : 0,
  };
}

function listed(erasures: readonly Erasure[]): CommandResult {
  const headings = [
    { name: "ID" },
    { name: "ENTITY" },
    { name: "ERASED (UTC)" },
    { name: "BY" },
    { name: "RECORDS", align: "right" as const },
    { name: "STATE" },
  ];
  const rows = erasures.map(({ id, entity, by, doneAt, places, forgotten }) => [
    id,
    entity,
    doneAt === null ? "-" : momentText(doneAt),
    printable(by),
    count(places.reduce((sum, { before }) => sum + before, 0)),
    forgotten !== null
      ? `forgotten at ${momentText(forgotten.at)} by ${printable(forgotten.by)}`
      : doneAt === null
        ? "unfinished: erase it again"
        : "stands",
  ]);
  const iso = (micros: number | null): string | null => (micros === null ? null : formatMicros(micros));
  return {
    text: rows.length === 0 ? "nothing was erased" : table(headings, rows),
    json: {
      erasures: erasures.map((one) => ({
        ...one,
        begunAt: iso(one.begunAt),
        doneAt: iso(one.doneAt),
        forgotten: one.forgotten === null ? null : { ...one.forgotten, at: iso(one.forgotten.at) },
      })),
    },
  };
}

import { meant, type Options, type ParsedArguments, usageError } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import { eventsOf, eventsOptions } from "../events-options.ts";
import { functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";
import { resetTarget } from "../stream/reset-target.ts";
import { runArguments, runStream, unfinishedExit } from "../stream/run-stream.ts";
import { replayResult, resetResult, statusResult } from "../stream/stream-results.ts";

const runOptions: Options = {
  "max-delay": { value: "DURATION", help: "how long an event may wait for others", default: "500ms" },
  group: {
    value: "NAME",
    help: "processes of one name share the partitions",
    default: "the online store's own name",
  },
  metrics: {
    value: "[HOST:]PORT",
    help: "serve metrics as Prometheus reads them, on GET /metrics; of 127.0.0.1, where no host is given",
  },
  for: { value: "DURATION", help: "stop after so long, such as 90s", default: "it goes on until it is interrupted" },
  "until-empty": { help: "stop once everything that is there now has been applied" },
};

const resetOptions: Options = {
  to: {
    value: "PLACE",
    help: "with reset: earliest, latest, an offset, or a moment: from the first event that came then or later",
  },
  topic: { value: "NAME", help: "with reset: only this topic of the source" },
  partition: { value: "NAME", help: "with reset: only this partition; an offset needs it" },
  "new-topic": { help: "with reset: the topic was made anew, so that what was applied of it counts for nothing" },
};

/** Without one of them it streams. */
const actions = ["status", "reset", "replay-dead-letters"] as const;
type Action = (typeof actions)[number];

/** Which options an action takes, of those that not all take. */
const optionsOf: Readonly<Record<Action | "run", readonly string[]>> = {
  run: ["source", ...Object.keys(runOptions)],
  status: ["source"],
  reset: Object.keys(resetOptions),
  "replay-dead-letters": ["source"],
};

/** `tondo stream`: events of topics, as they happen. */
export const streamCommand: Command = {
  name: "stream",
  summary: "apply the events of topics to the online store, each once, as they happen",
  about:
    "Reads the topics of sources, in Kafka or in a folder, and applies their events to the groups over them, which were loaded once by `materialize`. Each event counts " +
    "once, whatever is interrupted, killed or read again: how far a topic is read stands in the online store, and moves in the write that applies its events. Any number of " +
    "processes share the work. It goes on until it is interrupted: by Ctrl-C or SIGTERM it applies what it has read, and ends with 0. What fails and may go well later is " +
    "said once and tried again; see docs/streams.md.\n\n" +
    "`stream status` says how far topics are read, and by whom. `stream reset` has a source be read from elsewhere, also while it is read: what was applied is not applied " +
    "again, so going back applies what was passed over. `stream replay-dead-letters` applies events that could not be when they were read and can be by now.\n\n" +
    "Reading Kafka needs the optional package kafkajs.",
  synopsis: [
    "[--source NAME ...] [--kafka HOST:PORT,... | --events FOLDER] [--metrics PORT] [--for DURATION] [--until-empty]",
    "status [--source NAME ...]",
    "reset SOURCE --to earliest|latest|OFFSET|MOMENT [--topic NAME] [--partition NAME] [--new-topic]",
    "replay-dead-letters [--source NAME ...]",
  ],
  positionals: [
    { name: "ACTION", help: "status, reset or replay-dead-letters; without one it streams", optional: true },
    { name: "SOURCE", help: "with reset: whose topics are read from elsewhere", optional: true },
  ],
  options: {
    source: { value: "NAME", help: "only this source", default: "all that have a topic", many: true },
    ...eventsOptions,
    ...runOptions,
    ...resetOptions,
    ...projectOptions,
    ...functionsOption,
  },
  examples: [
    "tondo stream --kafka 127.0.0.1:9092 --metrics 9464",
    "tondo stream --events events --until-empty --json",
    "tondo stream status --source orders",
    "tondo stream reset orders --to 2024-03-01T00:00:00Z",
    "tondo stream reset orders --to 1200 --partition 0",
    "tondo stream replay-dead-letters",
  ],
  exits: {
    0: "it was interrupted or told to stop, and what it had read is applied",
    [unfinishedExit]: "with --until-empty and --for: the time was over before all was applied",
  },
  async run(context) {
    const work = workOf(context);
    const events = eventsOf(context);
    await using tondo = await openProject(context, "reading", await withFunctions(context), events);
    return await work(tondo);
  },
};

type Work = (tondo: Awaited<ReturnType<typeof openProject>>) => Promise<CommandResult>;

/** What is asked for; whatever is wrong with it is said before anything is opened. */
function workOf(context: CommandContext): Work {
  const { args, terminal } = context;
  const action = actionOf(args);
  const names = args.names("source");
  const which = names.length === 0 ? {} : { sources: names };
  switch (action) {
    case "run": {
      const given = runArguments(context);
      return (tondo) => runStream(tondo, context, given);
    }
    case "status":
      return async (tondo) => statusResult(await tondo.streamStatus(which));
    case "reset":
      return resetOf(args);
    case "replay-dead-letters":
      return async (tondo) => replayResult(await tondo.replayDeadLetters({ ...which, signal: terminal.signal }));
  }
}

function actionOf(args: ParsedArguments): Action | "run" {
  const given = args.optional("ACTION");
  const action = given === undefined ? "run" : actions.find((one) => one === given);
  if (action === undefined)
    throw usageError(
      `there is no action "${given ?? ""}"`,
      meant(given ?? "", actions, "`tondo stream` alone streams."),
    );
  const source = args.optional("SOURCE");
  if (action === "reset" && source === undefined)
    throw usageError(
      "SOURCE is missing: whose topics are read from elsewhere",
      "Such as: tondo stream reset orders --to earliest.",
    );
  if (action !== "reset" && source !== undefined)
    throw usageError(`"${source}" is one argument too many`, `Sources are given with --source ${source}.`);
  const others = ["source", ...Object.keys({ ...runOptions, ...resetOptions })];
  const wrong = others.find((name) => !optionsOf[action].includes(name) && args.list(name).length > 0);
  if (wrong !== undefined)
    throw usageError(
      `--${wrong} does not go with ${action === "run" ? "a stream that runs" : `stream ${action}`}`,
      "`tondo stream --help` shows the ways to call it.",
    );
  return action;
}

function resetOf(args: ParsedArguments): Work {
  const source = args.argument("SOURCE");
  const place = args.text("to");
  if (place === undefined)
    throw usageError("--to PLACE is missing: from where it is read", "It is earliest, latest, an offset or a moment.");
  const to = resetTarget(place);
  const [topic, partition] = [args.text("topic"), args.text("partition")];
  return async (tondo) =>
    resetResult(
      source,
      await tondo.resetStream({
        ...{ source, to, isNewTopic: args.flag("new-topic") },
        ...(topic === undefined ? {} : { topic }),
        ...(partition === undefined ? {} : { partition }),
      }),
    );
}

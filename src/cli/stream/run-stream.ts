import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { TondoError } from "../../core/index.ts";
import type { RunningStream, StreamMetrics } from "../../featurestore/index.ts";
import type { Tondo } from "../../open.ts";
import { durationArgument, usageError } from "../arguments/index.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { styleOf } from "../output/index.ts";
import { allApplied } from "./all-applied.ts";
import { failureWarnings } from "./failure-warnings.ts";
import { metricsAddress } from "./metrics-address.ts";
import { serveMetrics } from "./serve-metrics.ts";
import { StreamLine } from "./stream-line.ts";
import { streamResult } from "./stream-results.ts";

/** Beside 0: its time was over before all was applied that `--until-empty` waited for. */
export const unfinishedExit = 3;

/** How often the line is drawn, and how often it is looked whether all was applied, milliseconds. */
const drawMs = 200;
const lookMs = 500;

/** The last events may take ten seconds to be applied once it is interrupted; and then logs and stores are closed. */
const stopMs = 15_000;

const dayMs = 86_400_000;

/** What a run is told. */
export interface RunArguments {
  readonly sources: readonly string[] | undefined;
  readonly group: string | undefined;
  readonly maxDelayMs: number | undefined;
  readonly metrics: ReturnType<typeof metricsAddress> | undefined;
  readonly forMs: number | undefined;
  readonly untilEmpty: boolean;
}

/** What the options of a run say. @throws TondoError `USAGE` */
export function runArguments({ args }: Pick<CommandContext, "args">): RunArguments {
  const sources = args.names("source");
  const [delay, span] = [durationArgument(args, "max-delay"), durationArgument(args, "for")];
  const maxDelayMs = delay === undefined ? undefined : Math.ceil(delay / 1000);
  if (maxDelayMs !== undefined && maxDelayMs > dayMs)
    throw usageError("--max-delay: events may wait for a day at the most", "Such as --max-delay 500ms.");
  const metrics = args.text("metrics");
  return {
    sources: sources.length === 0 ? undefined : sources,
    group: args.text("group"),
    maxDelayMs,
    metrics: metrics === undefined ? undefined : metricsAddress(metrics),
    forMs: span === undefined ? undefined : span / 1000,
    untilEmpty: args.flag("until-empty"),
  };
}

/** Why a run ended. */
type Ended = "interrupted" | "empty" | "time";

/** Streams until it is interrupted, or what the options wait for has come. */
export async function runStream(tondo: Tondo, context: CommandContext, given: RunArguments): Promise<CommandResult> {
  const { args, terminal } = context;
  const { sources, group, maxDelayMs, metrics: address, untilEmpty } = given;
  terminal.allowToStop(stopMs);
  const style = styleOf(terminal.colours.err);
  const isQuiet = args.flag("quiet");
  const live = terminal.live && !isQuiet;
  const line = new StreamLine({ write: terminal.err, live, columns: terminal.columns, style });
  const say = (text: string): void => {
    line.say(text);
  };
  const warn = failureWarnings(say, style);
  const which = sources === undefined ? {} : { sources };
  const isEmpty = untilEmpty ? await allApplied(() => tondo.streamStatus(which)) : undefined;
  // Loaded here, so that `tondo --help` loads no driver.
  const { prometheusText } = await import("../../featurestore/index.ts");
  let running: RunningStream | undefined;
  const metrics = (): StreamMetrics => running?.metrics ?? { sources: [], partitions: [] };
  const over = new AbortController();
  let emptied: Promise<Ended> | undefined;
  try {
    // Before anything is read: an address that cannot be had stops nothing half-way.
    await using served =
      address === undefined ? undefined : await serveMetrics(address, () => prometheusText(metrics()));
    await using stream = await tondo.stream({
      ...which,
      ...(group === undefined ? {} : { group }),
      ...(maxDelayMs === undefined ? {} : { limits: { maxDelayMs } }),
      onFailure: warn,
    });
    running = stream;
    if (served !== undefined && !isQuiet) say(`metrics: ${served.url}`);
    const draw = (): void => {
      line.draw(metrics());
    };
    draw();
    using _drawing = setInterval(draw, drawMs);
    const { signal } = over;
    emptied = isEmpty === undefined ? undefined : whenEmpty(isEmpty, signal, warn);
    const ended = await Promise.race<Ended>([
      whenInterrupted(terminal.signal),
      ...(given.forMs === undefined ? [] : [whenTimeIsOver(given.forMs, signal)]),
      ...(emptied === undefined ? [] : [emptied]),
      stream.failed,
    ]);
    over.abort();
    await stream.stop();
    const isUnfinished = untilEmpty && ended === "time";
    return { ...streamResult(metrics(), ended), ...(isUnfinished ? { exitCode: unfinishedExit } : {}) };
  } finally {
    over.abort();
    // It may be looking into the store, which is closed next.
    await emptied?.catch(() => undefined);
    line.close();
  }
}

async function whenInterrupted(signal: AbortSignal): Promise<Ended> {
  if (!signal.aborted) await once(signal, "abort");
  return "interrupted";
}

async function whenTimeIsOver(ms: number, signal: AbortSignal): Promise<Ended> {
  const until = performance.now() + ms;
  // A timer takes no more than some weeks.
  for (let left = ms; left > 0 && !signal.aborted; left = until - performance.now())
    await sleep(Math.min(left, dayMs), undefined, { signal }).catch(() => undefined);
  return "time";
}

async function whenEmpty(
  isEmpty: () => Promise<boolean>,
  signal: AbortSignal,
  warn: (what: string, error: unknown) => void,
): Promise<Ended> {
  while (!signal.aborted) {
    try {
      if (await isEmpty()) break;
    } catch (error) {
      // The stream itself goes on trying, too.
      if (!(error instanceof TondoError) || error.code === "INTERNAL") throw error;
      warn("status", error);
    }
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
  return "empty";
}

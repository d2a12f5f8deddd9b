import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { pid } from "node:process";
import { canonicalJson, type Clock, TondoError } from "../../core/index.ts";
import type { ProjectPlan, UserFunction } from "../../dsl/index.ts";
import type { ErasedKeys } from "../erase/erased-keys.ts";
import type { OnlineStore } from "../online/index.ts";
import { RowApplication } from "../pushed/index.ts";
import type { EventLog } from "./event-log.ts";
import { checkFormats, type EventFormats, formatOf } from "./event-formats.ts";
import { SourceStream } from "./source-stream.ts";
import { defaultStreamLimits, type StreamLimits } from "./stream-limits.ts";
import type { StreamMetrics } from "./stream-metrics.ts";
import { pushedOf, topicsOf } from "./topics-of.ts";

/** What is streamed, from where and to where. */
export interface StreamOptions {
  /** The definitions in force, asked again now and then. */
  readonly inForce: () => Promise<ProjectPlan>;
  readonly store: OnlineStore;
  readonly log: EventLog;
  /** How events of topics are written that are no JSON. */
  readonly formats?: EventFormats | undefined;
  readonly clock: Clock;
  /** The functions of the project's own. */
  readonly functions?: readonly UserFunction[] | undefined;
  readonly erased: () => Promise<ErasedKeys>;
  /** By default all that have a topic. */
  readonly sources?: readonly string[] | undefined;
  /** What the groups of processes that share the work are called, before the names of source and topic; default: `tondo-` and the store's own name. */
  readonly group?: string | undefined;
  readonly limits?: Partial<StreamLimits> | undefined;
  /** Told what fails and is tried again. */
  readonly onFailure?: ((source: string, error: unknown) => void) | undefined;
}

/** A stream that runs. */
export interface RunningStream extends AsyncDisposable {
  /** What it does, in this process. */
  readonly metrics: StreamMetrics;
  /** Rejects where it cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Reads no more, applies what was read, and says how far that was. */
  stop(): Promise<void>;
}

/** How often it is looked at what others may have changed, milliseconds: definitions in force, positions. */
const lookMs = 1000;

/**
 * Applies the events of topics to the groups over their sources, from where each was left, until it is stopped. Any number of processes share the work.
 *
 * @throws TondoError `INVALID_ARGUMENT` where a source has no topic or takes none, `SOURCE_CHANGED` where events can never have a source's columns, `TOPIC_MISSING`, and what the log and the store throw
 */
export async function startStream(options: StreamOptions): Promise<RunningStream> {
  const { store, log, formats, clock, functions, erased, inForce, onFailure = () => undefined } = options;
  const pushed = pushedOf(store);
  const limits = { ...defaultStreamLimits, ...options.limits };
  const project = await inForce();
  const { maxFuture, maxRowsPerKey, foldRows, foldAfterMs } = limits;
  const application = new RowApplication({
    ...{ project, inForce, store, clock, functions, erased },
    limits: { maxFuture, maxRowsPerKey, foldRows, foldAfterMs },
  });
  const group = options.group ?? `tondo-${await pushed.identity()}`;
  const worker = `${hostname()} ${String(pid)} ${randomUUID().slice(0, 8)}`;
  const topics = topicsOf(project, options.sources);
  checkFormats(project, formats, options.sources);
  const streams = topics.map(
    ({ source, topic }) =>
      new SourceStream({
        ...{ source, topic, log, application, limits, clock, worker, onFailure },
        group: `${group}-${source}-${topic}`,
        ...{ store: pushed, format: formatOf(formats, topic) },
      }),
  );
  const started: SourceStream[] = [];
  try {
    for (const stream of streams) {
      await stream.start();
      started.push(stream);
    }
  } catch (error) {
    await Promise.all(started.map((stream) => stream.stop()));
    throw error;
  }
  let known = canonicalJson(project);
  const timer = setInterval(() => {
    for (const stream of streams) stream.lookAround().catch(() => undefined);
    // Where that fails now, it goes well later.
    void inForce()
      .then((now) => {
        const text = canonicalJson(now);
        if (text === known) return;
        known = text;
        application.use(now);
        for (const { source, topic } of topicsOf(now, undefined)) {
          const isWanted = options.sources?.includes(source) ?? true;
          if (isWanted && !topics.some((one) => one.source === source && one.topic === topic))
            onFailure(source, notRead(topic));
        }
      })
      .catch(() => undefined);
  }, lookMs);
  const failed = Promise.race(streams.map((stream) => stream.failed));
  failed.catch(() => undefined);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    clearInterval(timer);
    stopped ??= Promise.all(streams.map((stream) => stream.stop())).then(() => undefined);
    return stopped;
  };
  return {
    get metrics() {
      const all = streams.map(({ metrics }) => metrics);
      return {
        sources: all.map(({ partitions: _, ...own }) => own),
        partitions: all.flatMap(({ partitions }) => partitions),
      };
    },
    failed,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function notRead(topic: string): TondoError {
  return new TondoError(
    "NOT_APPLIED",
    `the topic ${topic} was applied since this stream began, and is not read by it`,
    {
      hint: "Start the stream anew.",
      details: { topic },
    },
  );
}

import { TondoError } from "./core/index.ts";
import {
  avroFormats,
  type EventFormats,
  type EventLog,
  FolderEventLog,
  type ReplayedTopic,
  replayDeadLetters,
  type ResetOptions,
  type ResetPartition,
  resetStream,
  type RunningStream,
  startStream,
  type StreamLimits,
  type StreamOptions,
  type StreamStatus,
  streamStatus,
} from "./featurestore/index.ts";
import { KafkaEventLog } from "./kafka.ts";
import type { EventsOptions } from "./open-options.ts";

/** What a stream is told; see {@link StreamOptions}. */
export type StreamCall = Pick<StreamOptions, "sources" | "group" | "limits" | "onFailure">;

/** From where a source is read from now on; see {@link ResetOptions}. */
export type ResetCall = Pick<ResetOptions, "source" | "to" | "topic" | "partition" | "isNewTopic">;

/** Which dead letters are applied. */
export interface ReplayCall {
  readonly sources?: readonly string[];
  readonly limits?: Partial<StreamLimits>;
  readonly signal?: AbortSignal;
}

/** What streams of a project work with. */
type StreamContext = Omit<StreamOptions, keyof StreamCall | "log" | "formats">;

/** The streams of an opened project: those that still run are stopped with it. */
export class OpenedStreams {
  readonly #events: EventsOptions | undefined;
  readonly #context: () => Promise<StreamContext>;
  readonly #actor: string;
  readonly #running: Set<RunningStream> = new Set<RunningStream>();

  constructor(events: EventsOptions | undefined, actor: string, context: () => Promise<StreamContext>) {
    this.#events = events;
    this.#actor = actor;
    this.#context = context;
  }

  async start(call: StreamCall): Promise<RunningStream> {
    const formats = await this.#formats();
    const log = await this.#openLog();
    let running: RunningStream;
    try {
      running = await startStream({ ...(await this.#context()), ...call, log, formats });
    } catch (error) {
      await log.close();
      throw error;
    }
    const stop = async (): Promise<void> => {
      await running.stop();
      this.#running.delete(opened);
      await log.close();
    };
    const opened: RunningStream = {
      get metrics() {
        return running.metrics;
      },
      ...{ failed: running.failed, stop, [Symbol.asyncDispose]: stop },
    };
    this.#running.add(opened);
    return opened;
  }

  status(sources: readonly string[] | undefined): Promise<StreamStatus> {
    return this.#asking(async (log, { inForce, store }) =>
      streamStatus({ project: await inForce(), store, log, sources }),
    );
  }

  reset(call: ResetCall): Promise<readonly ResetPartition[]> {
    return this.#asking(async (log, { inForce, store }) =>
      resetStream({ ...call, project: await inForce(), store, log, actor: this.#actor }),
    );
  }

  replay({ sources, limits, signal }: ReplayCall): Promise<readonly ReplayedTopic[]> {
    return this.#asking(async (log, context) => {
      const [project, formats] = [await context.inForce(), await this.#formats()];
      return replayDeadLetters({ ...context, project, log, formats, sources, limits, signal });
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((one) => one.stop()));
  }

  async #asking<T>(ask: (log: EventLog, context: StreamContext) => Promise<T>): Promise<T> {
    const log = await this.#openLog();
    try {
      return await ask(log, await this.#context());
    } finally {
      await log.close();
    }
  }

  async #formats(): Promise<EventFormats> {
    const events = this.#events;
    return events !== undefined && "kafka" in events ? avroFormats(events.avro ?? {}) : new Map();
  }

  async #openLog(): Promise<EventLog> {
    const events = this.#events;
    if (events === undefined)
      throw new TondoError("INVALID_ARGUMENT", "it was not said where topics are", {
        hint: 'Open the project with events: { kafka: { brokers: ["127.0.0.1:9092"] } }, or with events: { folder: "events" }.',
      });
    return "kafka" in events ? KafkaEventLog.open(events.kafka) : new FolderEventLog(events);
  }
}

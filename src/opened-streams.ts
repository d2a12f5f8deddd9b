import { TondoError } from "./core/index.ts";
import {
  type EventLog,
  FolderEventLog,
  type RunningStream,
  startStream,
  type StreamOptions,
} from "./featurestore/index.ts";
import { KafkaEventLog } from "./kafka.ts";
import type { EventsOptions } from "./open-options.ts";

/** What a stream is told; see {@link StreamOptions}. */
export type StreamCall = Pick<StreamOptions, "sources" | "group" | "limits" | "onFailure">;

/** The streams of an opened project: those that still run are stopped with it. */
export class OpenedStreams {
  readonly #events: EventsOptions | undefined;
  readonly #context: () => Promise<Omit<StreamOptions, keyof StreamCall | "log">>;
  readonly #running: Set<RunningStream> = new Set<RunningStream>();

  constructor(
    events: EventsOptions | undefined,
    context: () => Promise<Omit<StreamOptions, keyof StreamCall | "log">>,
  ) {
    this.#events = events;
    this.#context = context;
  }

  async start(call: StreamCall): Promise<RunningStream> {
    const log = await this.#openLog();
    let running: RunningStream;
    try {
      running = await startStream({ ...(await this.#context()), ...call, log });
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

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((one) => one.stop()));
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

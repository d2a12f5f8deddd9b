import { resolve } from "node:path";
import type { EventsOptions, KafkaEventsOptions, OpenOptions } from "../open-options.ts";
import { type Options, usageError } from "./arguments/index.ts";
import type { CommandContext } from "./command.ts";
import { avroOf, avroOption } from "./avro-option.ts";
import { folderOf } from "./project.ts";

type Asking = Pick<CommandContext, "args" | "terminal">;

/** Where topics are. Credentials are none: an option would be seen by all of the machine. */
export const eventsOptions: Options = {
  kafka: {
    value: "HOST:PORT,...",
    help: "Kafka's brokers to begin with; credentials come by the environment: TONDO_KAFKA_USERNAME and TONDO_KAFKA_PASSWORD, TONDO_KAFKA_MECHANISM (plain, scram-sha-256, or scram-sha-512 where nothing is said), TONDO_KAFKA_SSL (true for TLS)",
    default: "the environment's TONDO_KAFKA",
    many: true,
  },
  events: {
    value: "FOLDER",
    help: "topics in files instead: FOLDER/TOPIC/NAME.ndjson, or NAME.parquet",
    default: "the environment's TONDO_EVENTS",
  },
  ...avroOption,
};

/** What {@link eventsOptions} and the environment say. @throws TondoError `USAGE` where they say nothing, or two things */
export function eventsOf(context: Asking): Required<Pick<OpenOptions, "events">> {
  const { args, terminal } = context;
  const brokers = args.names("kafka");
  const folder = args.text("events");
  const given = chosen(context, brokers.join(","), folder, ["--kafka", "--events"]);
  const { TONDO_KAFKA: kafka, TONDO_EVENTS: events } = terminal.environment;
  const found = given ?? chosen(context, kafka, events, ["TONDO_KAFKA", "TONDO_EVENTS"]);
  if (found !== undefined) return { events: found };
  throw usageError(
    "it is not said where topics are",
    "Give --kafka HOST:PORT or --events FOLDER, or set TONDO_KAFKA or TONDO_EVENTS.",
  );
}

function chosen(
  context: Asking,
  kafka: string | undefined,
  folder: string | undefined,
  names: readonly [string, string],
): EventsOptions | undefined {
  const [hasKafka, hasFolder] = [kafka, folder].map((text = "") => text.trim() !== "");
  if (hasKafka === true && hasFolder === true)
    throw usageError(`${names.join(" and ")} are given both`, "Topics are in Kafka or in a folder: give one.");
  if (hasFolder === true) {
    if (context.args.list("avro").length > 0)
      throw usageError("--avro is given, and topics are in a folder", "Events in Avro come from Kafka: give --kafka.");
    return { folder: resolve(folderOf(context), folder ?? "") };
  }
  if (hasKafka !== true) return undefined;
  return { kafka: { brokers: brokersOf(kafka ?? "", names[0]), ...loginOf(context) }, ...avroOf(context) };
}

function brokersOf(text: string, name: string): readonly string[] {
  const brokers = text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  const wrong = brokers.find((broker) => !/^([^\s:/@]+|\[[^\]\s]+\]):\d{1,5}$/.test(broker));
  if (wrong === undefined) return brokers;
  // Who takes it for an address gives a password with it, perhaps.
  const shown = /[@/]/.test(wrong) ? "an address with more than host and port" : `"${wrong}"`;
  throw usageError(`${name}: ${shown} is no broker`, "Write it as HOST:PORT, several with a comma between.");
}

const mechanisms = ["plain", "scram-sha-256", "scram-sha-512"] as const;

function loginOf({ terminal }: Asking): Pick<KafkaEventsOptions["kafka"], "sasl" | "ssl"> {
  const variable = (name: string): string | undefined => terminal.environment[`TONDO_KAFKA_${name}`] || undefined;
  const [username, password] = [variable("USERNAME"), variable("PASSWORD")];
  if ((username === undefined) !== (password === undefined))
    throw usageError(
      `TONDO_KAFKA_${username === undefined ? "USERNAME" : "PASSWORD"} is missing`,
      "Set TONDO_KAFKA_USERNAME and TONDO_KAFKA_PASSWORD both, or none.",
    );
  const named = variable("MECHANISM")?.toLowerCase() ?? "scram-sha-512";
  const mechanism = mechanisms.find((one) => one === named);
  if (mechanism === undefined)
    throw usageError(`TONDO_KAFKA_MECHANISM: there is no "${named}"`, `It is ${mechanisms.join(", ")}.`);
  const tls = variable("SSL")?.toLowerCase() ?? "false";
  if (tls !== "true" && tls !== "false") throw usageError(`TONDO_KAFKA_SSL: "${tls}" is neither true nor false`);
  return {
    ...(tls === "true" ? { ssl: true } : {}),
    ...(username === undefined || password === undefined ? {} : { sasl: { mechanism, username, password } }),
  };
}

import { join } from "node:path";

/** How a broker of the tests differs from the plain one. */
export interface BrokerSettings {
  /** Whether to compile less, which boots faster and runs slower. */
  readonly fastBoot: boolean;
  readonly heapMiB: number;
  /** The largest batch that it takes; Kafka's own limit without, a little over 1 MiB. */
  readonly maxMessageBytes?: number;
}

/** Where a broker listens on loopback: to clients, and to brokers as their controller, itself alone. */
export interface BrokerPorts {
  readonly client: number;
  readonly controller: number;
}

const whole = { node: 1, cluster: "TondoTestsOfAKafkaNode" } as const;

/** The text of `meta.properties`, by which a folder of data is known as a node's. */
export const storageIdentity: string = `version=1\nnode.id=${String(whole.node)}\ncluster.id=${whole.cluster}\n`;

/** What the tool that formats a folder of data is told. */
export function formatArguments(jars: string, configuration: string): readonly string[] {
  const format = ["kafka.tools.StorageTool", "format", "--cluster-id", whole.cluster, "--config", configuration];
  return ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", ...quiet, ...classPath(jars), ...format];
}

/**
 * The text of `server.properties`: broker and controller in one process, with the data below `folder`.
 *
 * @param isAgain - whether it was killed before: until the sessions of those before it are over, a broker is refused as their double
 */
export function brokerProperties(
  folder: string,
  ports: BrokerPorts,
  { maxMessageBytes }: BrokerSettings,
  isAgain: boolean,
): string {
  const properties: Readonly<Record<string, string | number | boolean>> = {
    "process.roles": "broker,controller",
    "node.id": whole.node,
    "controller.quorum.voters": `${String(whole.node)}@127.0.0.1:${String(ports.controller)}`,
    listeners: `PLAINTEXT://127.0.0.1:${String(ports.client)},CONTROLLER://127.0.0.1:${String(ports.controller)}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": join(folder, "data"),
    ...(isAgain ? { "broker.session.timeout.ms": 1000, "broker.heartbeat.interval.ms": 200 } : {}),
    // Topics of its own have a replica each, and few partitions, which are made faster.
    ...Object.fromEntries(
      ["offsets.topic", "transaction.state.log", "share.coordinator.state.topic"].flatMap((topic) => [
        [`${topic}.replication.factor`, 1],
        [`${topic}.num.partitions`, 4],
      ]),
    ),
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "num.partitions": 4,
    // Tests make the topics that they use.
    "auto.create.topics.enable": false,
    // A group does not wait for more members, and members that are gone are soon missed where they ask for it.
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    // A producer's clock may be wrong by years, and what it writes is neither refused nor old.
    "log.message.timestamp.before.max.ms": maxLong,
    "log.message.timestamp.after.max.ms": maxLong,
    "log.retention.ms": -1,
    // Topics that ask for compaction, or that what is old goes, see it soon.
    "log.initial.task.delay.ms": 200,
    "log.retention.check.interval.ms": 200,
    "log.cleaner.backoff.ms": 200,
    "log.cleaner.min.cleanable.ratio": 0.01,
    "log.segment.delete.delay.ms": 1000,
    // Sized for a small machine.
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    "num.network.threads": 2,
    "num.io.threads": 4,
    ...(maxMessageBytes === undefined ? {} : { "message.max.bytes": maxMessageBytes }),
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${String(value)}\n`)
    .join("");
}

const maxLong = "9223372036854775807";

/** What `java` is started with: a bounded heap, no file outside of `folder` but an archive of classes, which it reads or leaves. */
export function brokerArguments(
  folder: string,
  jars: string,
  { heapMiB, fastBoot }: Pick<BrokerSettings, "heapMiB" | "fastBoot">,
  archive: { readonly read: string } | { readonly leave: string },
): readonly string[] {
  const heap = `${String(heapMiB)}m`;
  return [
    ...[`-Xms${heap}`, `-Xmx${heap}`, `-XX:MaxDirectMemorySize=${heap}`, "-XX:+UseSerialGC"],
    ...["-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData", "-Djava.net.preferIPv4Stack=true"],
    // The first of two compilers alone: less work while booting.
    ...(fastBoot ? ["-XX:TieredStopAtLevel=1"] : []),
    // Loaded and verified already, which is half of what a boot costs.
    "read" in archive ? `-XX:SharedArchiveFile=${archive.read}` : `-XX:ArchiveClassesAtExit=${archive.leave}`,
    `-Djava.io.tmpdir=${join(folder, "temporary")}`,
    // Says that it answers, and else what is worth a warning, its level first.
    ...[...quiet, "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info"],
    ...[...classPath(jars), "kafka.Kafka", join(folder, "server.properties")],
  ];
}

const quiet: readonly string[] = [
  ...["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showThreadName=false"],
  "-Dlog4j2.StatusLogger.level=OFF",
];

function classPath(jars: string): readonly string[] {
  return ["-cp", join(jars, "*")];
}

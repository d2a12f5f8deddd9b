import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Certificates } from "./cassandra-certificates.ts";

/** How a node of the tests differs from the plain one. */
export interface NodeSettings {
  /** Whether an account needs a password. */
  readonly auth: boolean;
  /** Whether clients speak TLS, and whether they have to show a certificate of their own. */
  readonly tls: "none" | "server" | "mutual";
  /** Whether a write is on disk when it is acknowledged. */
  readonly durable: boolean;
  /** Whether to compile less, which boots faster and runs slower. */
  readonly fastBoot: boolean;
  readonly heapMiB: number;
}

/** Where a node listens on loopback: to clients, and to other nodes, of which there are none. */
export interface NodePorts {
  readonly client: number;
  readonly storage: number;
}

/** The text of `cassandra.yaml`: JSON, which YAML contains. Every path is below `folder`. */
export function nodeConfiguration(
  folder: string,
  ports: NodePorts,
  { auth, tls, durable, heapMiB }: NodeSettings,
  certificates: Certificates | undefined,
): string {
  const data = (name: string): string => join(folder, "data", name);
  return JSON.stringify({
    cluster_name: "tondo-test",
    // Its own only seed, with a token from the start: it waits for nobody.
    num_tokens: 1,
    initial_token: "0",
    auto_bootstrap: false,
    partitioner: "org.apache.cassandra.dht.Murmur3Partitioner",
    endpoint_snitch: "SimpleSnitch",
    seed_provider: [
      {
        class_name: "org.apache.cassandra.locator.SimpleSeedProvider",
        parameters: [{ seeds: `127.0.0.1:${String(ports.storage)}` }],
      },
    ],
    listen_address: "127.0.0.1",
    rpc_address: "127.0.0.1",
    storage_port: ports.storage,
    native_transport_port: ports.client,
    start_native_transport: true,
    authenticator: auth ? "PasswordAuthenticator" : "AllowAllAuthenticator",
    authorizer: auth ? "CassandraAuthorizer" : "AllowAllAuthorizer",
    role_manager: "CassandraRoleManager",
    ...(certificates === undefined ? {} : { client_encryption_options: encryption(certificates, tls === "mutual") }),
    data_file_directories: [data("data")],
    commitlog_directory: data("commitlog"),
    saved_caches_directory: data("saved_caches"),
    hints_directory: data("hints"),
    cdc_raw_directory: data("cdc_raw"),
    ...(durable ? { commitlog_sync: "batch" } : { commitlog_sync: "periodic", commitlog_sync_period: "10000ms" }),
    commitlog_segment_size: "16MiB",
    commitlog_total_space: "256MiB",
    // Sized for a small machine.
    memtable_heap_space: `${String(Math.floor(heapMiB / 4))}MiB`,
    memtable_offheap_space: "128MiB",
    file_cache_size: "64MiB",
    networking_cache_size: "32MiB",
    key_cache_size: "16MiB",
    counter_cache_size: "4MiB",
    concurrent_reads: 16,
    concurrent_writes: 16,
    concurrent_counter_writes: 4,
    concurrent_compactors: 1,
    // Tests drop tables a lot: no snapshot of each.
    auto_snapshot: false,
    // A slow machine gets the time it needs.
    read_request_timeout: "20000ms",
    range_request_timeout: "20000ms",
    write_request_timeout: "20000ms",
    request_timeout: "20000ms",
    disk_failure_policy: "stop",
    commit_failure_policy: "stop",
  });
}

function encryption({ files }: Certificates, isMutual: boolean): object {
  return {
    enabled: true,
    optional: false,
    require_client_auth: isMutual,
    // Reads PEM as openssl writes it.
    ssl_context_factory: { class_name: "org.apache.cassandra.security.PEMBasedSslContextFactory" },
    keystore: files.server,
    truststore: files.authority,
  };
}

/** The text of `logback.xml`: everything worth a word goes to standard output. */
export const logConfiguration = `<configuration scan="false">
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date{HH:mm:ss.SSS} %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="OUT"/></root>
</configuration>
`;

/** What Cassandra needs of Java 17's module system, as its own `jvm17-server.options` has it. */
const exported = [
  ...["java.base/jdk.internal.misc", "java.base/java.lang.ref", "java.sql/java.sql", "jdk.unsupported/sun.misc"],
  ...["java.management.rmi/com.sun.jmx.remote.internal.rmi", "java.rmi/sun.rmi.registry", "java.rmi/sun.rmi.server"],
  ...["jdk.compiler/com.sun.tools.javac.file", "jdk.attach/sun.tools.attach"],
];
const opened = [
  ...["java.lang.module", "jdk.internal.loader", "jdk.internal.ref", "jdk.internal.reflect", "jdk.internal.math"],
  ...["jdk.internal.module", "jdk.internal.util.jar", "sun.nio.ch", "java.io", "java.lang.reflect", "java.lang"],
  ...["java.util", "java.nio"],
].map((name) => `java.base/${name}`);
const openedBeside = ["jdk.management/com.sun.management.internal", "jdk.compiler/com.sun.tools.javac"];

/** What `java` is started with: a bounded heap, none of the waits for other nodes, no file outside of `folder`. */
export function javaArguments(
  folder: string,
  jars: string,
  { heapMiB, fastBoot }: Pick<NodeSettings, "heapMiB" | "fastBoot">,
): readonly string[] {
  const heap = `${String(heapMiB)}m`;
  const temporary = join(folder, "temporary");
  return [
    ...[`-Xms${heap}`, `-Xmx${heap}`, `-XX:MaxDirectMemorySize=${heap}`, "-Xss512k", "-XX:+UseSerialGC"],
    ...["-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData", "-Djava.net.preferIPv4Stack=true"],
    // The first of two compilers alone: half of what a boot costs is the second's work.
    ...(fastBoot ? ["-XX:TieredStopAtLevel=1"] : []),
    ...["-Djdk.attach.allowAttachSelf=true", "-Dio.netty.tryReflectionSetAccessible=true"],
    ...[`-Djava.io.tmpdir=${temporary}`, `-Djna.tmpdir=${temporary}`],
    ...[
      `-Dcassandra.config=file://${join(folder, "cassandra.yaml")}`,
      `-Dcassandra.storagedir=${join(folder, "data")}`,
    ],
    ...[`-Dcassandra.logdir=${folder}`, `-Dlogback.configurationFile=${join(folder, "logback.xml")}`],
    ...["-Dcassandra-foreground=yes", "-Dcassandra.libjemalloc=-"],
    ...["-Dcassandra.skip_wait_for_gossip_to_settle=0", "-Dcassandra.ring_delay_ms=0"],
    // Passwords are hashed in fewer rounds: what they protect is thrown away.
    ...["-Dcassandra.superuser_setup_delay_ms=0", "-Dcassandra.auth_bcrypt_gensalt_log2_rounds=4"],
    ...exported.flatMap((name) => ["--add-exports", `${name}=ALL-UNNAMED`]),
    ...[...opened, ...openedBeside].flatMap((name) => ["--add-opens", `${name}=ALL-UNNAMED`]),
    // Measures objects in memory: as an agent it is exact.
    ...readdirSync(jars).flatMap((name) => (/^jamm-.*\.jar$/.test(name) ? [`-javaagent:${join(jars, name)}`] : [])),
    ...["-cp", join(jars, "*"), "org.apache.cassandra.service.CassandraDaemon"],
  ];
}

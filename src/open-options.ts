import type { Clock, Progress } from "./core/index.ts";
import type { ConnectOptions } from "./database/index.ts";
import type { UserFunction } from "./dsl/index.ts";
import type {
  AvroTopics,
  EngineOptions,
  FolderEventsOptions,
  PushLimits,
  ReadingOptions,
  S3Options,
  ServedOptions,
  SourceDatabases,
} from "./featurestore/index.ts";
import type { CassandraOptions } from "./cassandra.ts";
import type { KafkaOptions } from "./kafka.ts";
import type { UnavailableChoice } from "./serving/index.ts";

/** Where topics are. */
export type EventsOptions = KafkaEventsOptions | FolderEventsOptions;

/** How events are read from Kafka. */
export interface KafkaEventsOptions {
  readonly kafka: KafkaOptions;
  /** The topics whose events are Avro, by the optional package `avsc`, with the schemas that they are written by; paths are from the working folder. Those of the others are JSON. */
  readonly avro?: AvroTopics;
}

/** How Tondo is opened; with nothing said everything is embedded. */
export interface OpenOptions {
  /** The folder with the `.tondo` files, which paths of sources are relative to; default: the working folder. */
  readonly folder?: string;
  /** Where everything is kept; default: `.tondo` in the folder. */
  readonly home?: string;
  /** Catalog and registry; default: SQLite in the home. */
  readonly database?: ConnectOptions;
  /** What sources read beyond files: the PostgreSQL databases that their tables stand in, one or several by name. */
  readonly sources?: { readonly postgres?: SourceDatabases };
  /** The online store in Apache Cassandra, by the optional package `cassandra-driver`; default: LMDB in the home. */
  readonly cassandra?: CassandraOptions;
  /** Where topics are: in Kafka, by the optional package `kafkajs`, or in a folder with one folder a topic. */
  readonly events?: EventsOptions;
  /** Packages; default: a folder in the home. */
  readonly artifacts?: string;
  /** DuckDB's bounds. */
  readonly engine?: EngineOptions;
  /** How paths of S3 (`s3://bucket/key`) are read. They are without it too: as the environment says, by Amazon's own variables. */
  readonly s3?: S3Options;
  /** How features are read online: deadline, partial answers, cache, limits. */
  readonly reading?: ReadingOptions;
  /** Bounds of `features.push`: rows a call, rows of a key that no load has taken in, how far ahead they may be dated. */
  readonly pushing?: Partial<PushLimits>;
  /** Logs what is served of vectors, of a share of keys, by the optional package `parquetjs-lite`; default: nothing is logged. */
  readonly served?: ServedOptions;
  /** What becomes of predictions whose features are not all available; default `"throw"`. */
  readonly onUnavailable?: UnavailableChoice;
  /** The functions of the project's own that its expressions call: see `defineFunction`. */
  readonly functions?: readonly UserFunction[];
  readonly clock?: Clock;
  /** Who does what is done; default: the account's name. */
  readonly actor?: string;
}

/** How long work is watched and ended. */
export interface WorkOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

import { sparkSettings } from "../../dsl/index.ts";

/**
 * What a session is told so that it gives the values of the embedded engine: besides {@link sparkSettings} how files are read and written. They
 * count before those of the user's `spark-defaults.conf`.
 */
export const sessionSettings: Readonly<Record<string, string>> = {
  ...sparkSettings,
  // Literals and names are read as they are written.
  "spark.sql.parser.escapedStringLiterals": "false",
  "spark.sql.ansi.doubleQuotedIdentifiers": "false",
  "spark.sql.ansi.enforceReservedKeywords": "false",
  // A file that is cut short or gone is an error, not fewer rows.
  "spark.sql.files.ignoreCorruptFiles": "false",
  "spark.sql.files.ignoreMissingFiles": "false",
  // Each part of a join is one file, in order.
  "spark.sql.files.maxRecordsPerFile": "0",
  "spark.sql.sources.commitProtocolClass":
    "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol",
  // Moments are taken as they stand, those of the Julian calendar too, as DuckDB does.
  "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
  "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
  "spark.sql.parquet.writeLegacyFormat": "false",
  "spark.sql.parquet.fieldId.read.enabled": "false",
  // Nothing outside of this run is touched.
  "spark.sql.catalogImplementation": "in-memory",
};

/** Settings by which a value could come out otherwise, or that would run code of their own in the middle of a join. */
const unsafe: readonly (readonly [RegExp, string])[] = [
  [/^spark\.sql\.legacy\./, "it brings back what older releases of Spark did otherwise"],
  [/^spark\.sql\.extensions$/, "it changes what statements mean"],
  [/^spark\.sql\.catalog\.spark_catalog/, "it changes where Parquet is read from"],
  [/^spark\.sql\.optimizer\.excludedRules$/, "joins rest on the optimizer's rules"],
  [/^spark\.sql\.(session\.collation|defaultCollation)/i, "keys and texts are compared code point by code point"],
  [/^spark\.hadoop\.mapreduce\.input\./, "it changes which files are read"],
];

/** Why a setting may not be given; `undefined` where it may. */
export function refusedSetting(name: string, value: string): string | undefined {
  const own = Object.hasOwn(sessionSettings, name) ? sessionSettings[name] : undefined;
  if (own !== undefined && own.toLowerCase() !== value.toLowerCase()) return `Tondo sets it to ${own}`;
  if (name === "spark.submit.deployMode" && value !== "client") return "Spark's shell runs on this machine";
  return unsafe.find(([pattern]) => pattern.test(name))?.[1];
}

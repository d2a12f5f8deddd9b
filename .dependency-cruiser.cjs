// Who may import whom, as ARCHITECTURE.md says it. Each rule forbids; test/tooling/layering.test.ts breaks each one
// on purpose and sees it caught.

/** A layer may import itself and the layers named, of those in src/. */
const layer = (name, allowed, comment) => ({
  name: `${name}-imports-${allowed.length === 0 ? "nothing-above" : allowed.join("-")}`,
  comment,
  severity: "error",
  from: { path: `^src/${name}/` },
  to: { path: "^src/", pathNot: `^src/(${[name, ...allowed].join("|")})/` },
});

/** A package is imported in its place alone. */
const driver = (name, places, comment) => ({
  name: `driver-${name.replace(/^@([^/]+)\/.*/, "$1")}`,
  comment,
  severity: "error",
  from: { path: "^src/", ...(places.length === 0 ? {} : { pathNot: places }) },
  to: { path: `(^|/)node_modules/(@types/)?${name}/|^${name}$` },
});

const layers = "core|dsl|database|featurestore|runtimes|registry|serving|training|language-server";

module.exports = {
  forbidden: [
    // Layers, from the bottom up.
    layer("core", [], "core is the ground: values, errors, time. It imports nothing else of src/."),
    {
      name: "core-without-packages",
      comment: "core has no third-party imports, types included: everything loads it.",
      severity: "error",
      from: { path: "^src/core/" },
      to: { dependencyTypesNot: ["local", "core"] },
    },
    layer("dsl", ["core"], "The language knows nothing of stores: it turns text into plans, functions and SQL."),
    {
      name: "dsl-without-io",
      comment: "The language reads no file, socket or clock: texts come in, texts go out. Hashing is in core.",
      severity: "error",
      from: { path: "^src/dsl/" },
      to: { dependencyTypes: ["core"] },
    },
    layer("database", ["core"], "Connections and migrations are shared from below by catalog and registry."),
    layer("runtimes", ["core"], "What scores a model gets numbers and gives numbers."),
    layer("featurestore", ["core", "dsl", "database"], "The feature store builds on the language and the database."),
    layer(
      "registry",
      ["core", "database", "runtimes"],
      "The registry stores fingerprints and plans as data; it never imports the language or the feature store.",
    ),
    layer(
      "serving",
      ["core", "dsl", "featurestore", "registry", "runtimes"],
      "Serving puts stores and models together.",
    ),
    layer(
      "training",
      ["core", "dsl", "featurestore", "registry", "runtimes"],
      "Training is serving's sibling, not its user.",
    ),
    layer(
      "language-server",
      ["core", "dsl", "featurestore"],
      "Editors are helped with definitions; what is trained and served is no matter of theirs.",
    ),
    {
      name: "entries-on-top",
      comment:
        "The files directly in src/ are what users import; nothing but the command and the server goes through them.",
      severity: "error",
      from: { path: `^src/(${layers})/` },
      to: { path: "^src/[^/]+\\.ts$" },
    },
    {
      name: "server-above-the-library",
      comment: "Only the command starts the server.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(server|cli)/" },
      to: { path: "^src/server/" },
    },
    {
      name: "cli-on-top",
      comment: "The command is on top of everything; nothing imports it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "^src/cli/" },
    },

    // Borders inside the layers.
    {
      name: "across-folders-through-index",
      comment: "From another folder of src/ only an index.ts may be imported.",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/[^/]+/", pathNot: ["^src/$1/", "/index\\.ts$"] },
    },
    {
      name: "entries-through-index",
      comment: "The files directly in src/ import folders by their index.ts too.",
      severity: "error",
      from: { path: "^src/[^/]+\\.ts$" },
      to: { path: "^src/[^/]+/", pathNot: "/index\\.ts$" },
    },
    {
      name: "online-adapters-apart",
      comment: "Online stores share the port, never each other's code.",
      severity: "error",
      from: { path: "^src/featurestore/online/(cassandra|lmdb|memory)/" },
      to: { path: "^src/featurestore/online/(cassandra|lmdb|memory)/", pathNot: "^src/featurestore/online/$1/" },
    },
    {
      name: "event-logs-apart",
      comment: "Logs of events share the port, never each other's code.",
      severity: "error",
      from: { path: "^src/featurestore/stream/(kafka|folder)/" },
      to: { path: "^src/featurestore/stream/(kafka|folder)/", pathNot: "^src/featurestore/stream/$1/" },
    },
    {
      name: "oracle-alone",
      comment:
        "The naive reading of the time contract knows plans and values, by their types: no code that it is compared with.",
      severity: "error",
      from: { path: "^src/featurestore/oracle/" },
      to: { path: "^src/", pathNot: "^src/featurestore/oracle/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "files-below-joins",
      comment:
        "Offline, files are read before sources are made of them, rows and sources before they are joined, and sets of what was joined.",
      severity: "error",
      from: { path: "^src/featurestore/offline/files/" },
      to: { path: "^src/featurestore/offline/", pathNot: "^src/featurestore/offline/files/" },
    },
    {
      name: "joins-below-sets",
      comment: "What is joined does not know where it is written.",
      severity: "error",
      from: { path: "^src/featurestore/offline/(files|sources|rows|joins|spark)/" },
      to: { path: "^src/featurestore/offline/sets/" },
    },
    {
      name: "engines-apart",
      comment: "Offline engines share the relational plan, never each other's code.",
      severity: "error",
      from: { path: "^src/featurestore/(duckdb|spark)/" },
      to: { path: "^src/featurestore/(duckdb|spark)/", pathNot: "^src/featurestore/$1/" },
    },
    {
      name: "databases-apart",
      comment: "The SQLite and PostgreSQL adapters share what lies beside them, never each other's code.",
      severity: "error",
      from: { path: "^src/database/(sqlite|postgres)" },
      to: { path: "^src/database/(sqlite|postgres)", pathNot: "^src/database/$1" },
    },
    {
      name: "runtimes-apart",
      comment: "A runtime scores one kind of model; what several need lies beside them.",
      severity: "error",
      from: { path: "^src/runtimes/(linear|trees|onnx)" },
      to: { path: "^src/runtimes/(linear|trees|onnx)", pathNot: "^src/runtimes/$1" },
    },

    // Packages, each in its place.
    driver("chevrotain", ["^src/dsl/syntax/"], "The parser library stays behind the syntax stage."),
    driver("re2js", ["^src/dsl/functions/"], "Patterns run in one place, whose release fingerprints name."),
    driver("@duckdb/node-api", ["^src/featurestore/duckdb/"], "DuckDB is one offline engine of several."),
    driver("lmdb", ["^src/featurestore/online/lmdb/"], "LMDB is one online store of several."),
    driver(
      "kysely",
      ["^src/database/", "^src/registry/", "^src/featurestore/catalog/"],
      "SQL on tables is for those who own tables: the catalog and the registry.",
    ),
    driver("pg", ["^src/database/postgres"], "PostgreSQL's driver is optional: only its adapter loads it."),
    driver("ml-matrix", ["^src/training/"], "Linear algebra fits models; scoring needs none."),
    driver("vscode-languageserver", ["^src/language-server/"], "The protocol of editors is spoken in one place."),
    driver("vscode-languageserver-textdocument", ["^src/language-server/"], "So are its documents."),
    driver(
      "@aws-sdk/client-s3",
      ["^src/featurestore/s3/"],
      "Objects of S3 are read in one place, by an optional peer.",
    ),
    driver("vega", ["^src/featurestore/statistics/page/"], "Charts are drawn on one page, by an optional peer."),
    driver(
      "apache-arrow",
      ["^src/featurestore/arrow/", "^src/featurestore/offline/files/arrow/"],
      "Arrow is read and written in its two places, by an optional peer.",
    ),
    driver("fflate", ["^src/registry/package/"], "ZIP is the form of a package and of nothing else."),
    driver(
      "cassandra-driver",
      ["^src/featurestore/online/cassandra/"],
      "Cassandra is one online store of several, and its driver an optional peer.",
    ),
    driver(
      "kafkajs",
      ["^src/featurestore/stream/kafka/"],
      "Events from Kafka: an optional peer, loaded when a topic is first read.",
    ),
    driver(
      "avsc",
      ["^src/featurestore/stream/avro/"],
      "Schemas of events in Avro: an optional peer, loaded when one is first read.",
    ),
    driver(
      "parquetjs-lite",
      ["^src/featurestore/served/"],
      "It seals the log of served features, by an optional peer; nothing is read by it.",
    ),

    // Of no layer.
    {
      name: "no-cycles",
      comment: "No cycles, type imports included: a cycle is two files that should be one, or three.",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "A file that nothing imports and that imports nothing is dead.",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "\\.d\\.ts$" },
      to: {},
    },
    {
      name: "no-unresolvable",
      comment: "Every import leads somewhere.",
      severity: "error",
      from: { path: "^src/" },
      to: { couldNotResolve: true },
    },
    {
      name: "no-development-packages",
      comment: "What users do not get installed cannot be imported; optional peers are what adapters ask for.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["npm-peer"] },
    },
    {
      name: "library-alone",
      comment: "The library imports nothing of its tests, examples, benchmarks or scripts.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|examples|benchmarks|scripts|mutants)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};

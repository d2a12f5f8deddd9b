import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const config = join(root, ".dependency-cruiser.cjs");

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Every package that a rule speaks of, so that the fixtures' imports resolve without the real ones. */
const packages = {
  dependencies: [
    "chevrotain",
    "@duckdb/node-api",
    "lmdb",
    "kysely",
    "ml-matrix",
    "fflate",
    "uuid",
    "vscode-languageserver",
    "vscode-languageserver-textdocument",
  ],
  devDependencies: ["vitest", "pg", "vega", "apache-arrow", "@aws-sdk/client-s3", "cassandra-driver"],
  peerDependencies: [
    "pg",
    "@aws-sdk/client-s3",
    "cassandra-driver",
    "kafkajs",
    "avsc",
    "parquetjs-lite",
    "vega",
    "apache-arrow",
  ],
};

/** Writes a source tree of files that only import, runs the repository's rules on it, and gives the violations. */
function cruise(tree: Readonly<Record<string, readonly string[]>>): readonly Violation[] {
  const folder = mkdtempSync(join(tmpdir(), "tondo-layering-"));
  folders.push(folder);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const versions = (names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, "1.0.0"]));
  write(
    "package.json",
    JSON.stringify({
      type: "module",
      dependencies: versions(packages.dependencies),
      devDependencies: versions(packages.devDependencies),
      peerDependencies: versions(packages.peerDependencies),
    }),
  );
  write("tsconfig.json", JSON.stringify({ extends: join(root, "tsconfig.json"), include: ["src"] }));
  for (const name of new Set([...Object.values(packages).flat(), "transitive"])) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    write(`node_modules/${name}/index.js`, "export const thing = 1;\n");
  }
  const imported = new Set<string>();
  for (const [path, imports] of Object.entries(tree)) {
    const lines = imports.map((target) => {
      const typeOnly = target.startsWith("type ");
      const name = typeOnly ? target.slice(5) : target;
      const local = /^(src|test)\//.test(name);
      if (local) imported.add(name);
      const specifier = local ? `${"../".repeat(path.split("/").length - 1)}${name}` : name;
      return typeOnly ? `import type { Thing } from "${specifier}";` : `import "${specifier}";`;
    });
    write(path, `${lines.join("\n")}\nexport type Thing = number;\n`);
  }
  for (const path of imported)
    if (!(path in tree) && !path.includes("missing")) write(path, "export type Thing = 1;\n");
  const depcruise = join(root, "node_modules/.bin/depcruise");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [depcruise, "src", "--config", config, "--output-type", "json"],
    { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 },
  );
  if (stdout === "") throw new Error(`dependency-cruiser said nothing on stdout: ${stderr}`);
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

/** One file a rule that breaks it: rule, file, import. */
const broken: readonly (readonly [rule: string, file: string, imports: string])[] = [
  ["core-imports-nothing-above", "src/core/breaks-layer.ts", "src/dsl/index.ts"],
  ["oracle-alone", "src/featurestore/oracle/breaks-alone.ts", "src/dsl/index.ts"],
  ["core-without-packages", "src/core/breaks-packages.ts", "uuid"],
  ["dsl-imports-core", "src/dsl/breaks-layer.ts", "src/database/index.ts"],
  ["dsl-without-io", "src/dsl/breaks-io.ts", "node:fs"],
  ["database-imports-core", "src/database/breaks-layer.ts", "src/dsl/index.ts"],
  ["runtimes-imports-core", "src/runtimes/breaks-layer.ts", "src/dsl/index.ts"],
  ["featurestore-imports-core-dsl-database", "src/featurestore/breaks-layer.ts", "src/registry/index.ts"],
  ["registry-imports-core-database-runtimes", "src/registry/breaks-language.ts", "src/dsl/index.ts"],
  ["registry-imports-core-database-runtimes", "src/registry/breaks-store.ts", "src/featurestore/index.ts"],
  ["serving-imports-core-dsl-featurestore-registry-runtimes", "src/serving/breaks-layer.ts", "src/training/index.ts"],
  ["training-imports-core-dsl-featurestore-registry-runtimes", "src/training/breaks-layer.ts", "src/serving/index.ts"],
  ["language-server-imports-core-dsl-featurestore", "src/language-server/breaks-layer.ts", "src/registry/index.ts"],
  ["entries-on-top", "src/serving/breaks-entries.ts", "src/open.ts"],
  ["server-above-the-library", "src/open-server.ts", "src/server/index.ts"],
  ["cli-on-top", "src/open-cli.ts", "src/cli/index.ts"],
  ["across-folders-through-index", "src/dsl/breaks-index.ts", "src/core/moment.ts"],
  ["entries-through-index", "src/open-deep.ts", "src/registry/tags.ts"],
  ["online-adapters-apart", "src/featurestore/online/cassandra/a.ts", "src/featurestore/online/lmdb/b.ts"],
  ["event-logs-apart", "src/featurestore/stream/folder/a.ts", "src/featurestore/stream/kafka/b.ts"],
  ["files-below-joins", "src/featurestore/offline/files/a.ts", "src/featurestore/offline/joins/b.ts"],
  ["joins-below-sets", "src/featurestore/offline/joins/a.ts", "src/featurestore/offline/sets/b.ts"],
  ["engines-apart", "src/featurestore/spark/a.ts", "src/featurestore/duckdb/b.ts"],
  ["databases-apart", "src/database/sqlite-dialect.ts", "src/database/postgres-dialect.ts"],
  ["runtimes-apart", "src/runtimes/trees/a.ts", "src/runtimes/linear/b.ts"],
  ["driver-chevrotain", "src/dsl/semantic/breaks-driver.ts", "chevrotain"],
  ["driver-re2js", "src/dsl/semantic/breaks-patterns.ts", "re2js"],
  ["driver-duckdb", "src/featurestore/catalog/breaks-duckdb.ts", "@duckdb/node-api"],
  ["driver-lmdb", "src/featurestore/online/breaks-lmdb.ts", "lmdb"],
  ["driver-kysely", "src/serving/breaks-kysely.ts", "type kysely"],
  ["driver-pg", "src/database/breaks-pg.ts", "pg"],
  ["driver-ml-matrix", "src/runtimes/breaks-matrix.ts", "ml-matrix"],
  ["driver-apache-arrow", "src/cli/breaks-arrow.ts", "apache-arrow"],
  ["driver-vega", "src/cli/breaks-vega.ts", "vega"],
  ["driver-aws-sdk", "src/featurestore/offline/files/breaks-s3.ts", "@aws-sdk/client-s3"],
  ["driver-fflate", "src/registry/breaks-zip.ts", "fflate"],
  ["driver-vscode-languageserver", "src/cli/breaks-protocol.ts", "vscode-languageserver"],
  ["driver-vscode-languageserver-textdocument", "src/dsl/breaks-documents.ts", "vscode-languageserver-textdocument"],
  ["driver-cassandra-driver", "src/featurestore/online/breaks-cassandra.ts", "cassandra-driver"],
  ["driver-kafkajs", "src/featurestore/breaks-kafka.ts", "kafkajs"],
  ["driver-avsc", "src/featurestore/stream/breaks-avro.ts", "avsc"],
  ["driver-parquetjs-lite", "src/featurestore/breaks-parquet.ts", "parquetjs-lite"],
  ["no-cycles", "src/serving/cycle-a.ts", "type src/serving/cycle-b.ts"],
  ["no-unresolvable", "src/serving/breaks-resolution.ts", "src/serving/missing.ts"],
  ["no-development-packages", "src/serving/breaks-development.ts", "vitest"],
  ["no-development-packages", "src/serving/breaks-package-json.ts", "transitive"],
  ["library-alone", "src/serving/breaks-library.ts", "test/fixtures.ts"],
];

describe("the layering rules", () => {
  it("catch each a file that breaks them", () => {
    const tree = {
      ...Object.fromEntries(broken.map(([, file, target]) => [file, [target]])),
      "src/serving/cycle-b.ts": ["type src/serving/cycle-a.ts"],
      "src/serving/orphan.ts": [],
    };
    const found = cruise(tree).map(({ rule, from }) => `${rule.name} ${from}`);
    const wanted = [...broken.map(([rule, file]) => `${rule} ${file}`), "no-orphans src/serving/orphan.ts"];
    expect(wanted.filter((line) => !found.includes(line))).toEqual([]);

    const rules = createRequire(import.meta.url)(config) as { forbidden: { name: string; comment: string }[] };
    const tested = new Set(wanted.map((line) => line.split(" ")[0]));
    expect(rules.forbidden.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
    expect(rules.forbidden.filter(({ comment }) => comment.length < 20)).toEqual([]);
  });

  it("let through what the design allows", () => {
    const violations = cruise({
      "src/index.ts": ["src/core/index.ts", "src/open.ts"],
      "src/open.ts": ["src/registry/index.ts", "src/serving/index.ts", "src/training/index.ts", "src/lmdb.ts"],
      "src/lmdb.ts": ["src/featurestore/online/lmdb/index.ts"],
      "src/postgres.ts": ["src/database/postgres/index.ts"],
      "src/core/index.ts": ["src/core/moment.ts"],
      "src/core/moment.ts": ["node:crypto"],
      "src/dsl/index.ts": ["src/core/index.ts", "src/dsl/syntax/parser.ts", "src/dsl/plan/index.ts"],
      "src/dsl/syntax/parser.ts": ["chevrotain"],
      "src/database/index.ts": ["kysely", "node:sqlite", "src/core/index.ts"],
      "src/database/postgres/index.ts": ["pg", "type pg", "kysely"],
      "src/runtimes/index.ts": ["src/core/index.ts"],
      "src/featurestore/index.ts": ["src/dsl/index.ts", "src/dsl/plan/index.ts", "src/featurestore/catalog/tables.ts"],
      "src/featurestore/catalog/tables.ts": ["kysely", "src/database/index.ts"],
      "src/featurestore/duckdb/index.ts": ["@duckdb/node-api"],
      "src/featurestore/online/lmdb/index.ts": ["lmdb", "src/core/index.ts"],
      "src/featurestore/online/cassandra/index.ts": ["cassandra-driver", "type cassandra-driver", "src/core/index.ts"],
      "src/featurestore/stream/kafka/index.ts": ["kafkajs", "type kafkajs", "src/featurestore/stream/event-log.ts"],
      "src/featurestore/stream/avro/index.ts": ["avsc", "type avsc", "src/featurestore/stream/event-format.ts"],
      "src/registry/index.ts": ["src/database/index.ts", "src/runtimes/index.ts", "src/registry/package/zip.ts"],
      "src/registry/package/zip.ts": ["fflate", "uuid"],
      "src/language-server/index.ts": [
        "src/dsl/index.ts",
        "src/featurestore/index.ts",
        "vscode-languageserver",
        "vscode-languageserver-textdocument",
      ],
      "src/serving/index.ts": ["src/featurestore/index.ts", "src/registry/index.ts", "src/runtimes/index.ts"],
      "src/training/index.ts": ["src/featurestore/index.ts", "src/registry/index.ts", "ml-matrix"],
      "src/cli/main.ts": [
        "src/open.ts",
        "src/language-server/index.ts",
        "src/featurestore/duckdb/index.ts",
        "src/server/index.ts",
      ],
      "src/server/index.ts": ["src/open.ts"],
    });
    expect(violations.map(({ rule, from }) => `${rule.name} ${from}`)).toEqual([]);
  });
});

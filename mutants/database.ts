import type { Mutant } from "../scripts/mutants/mutant.ts";

const sqlite = ["test/database/sqlite.test.ts"];
const source = ["test/database/postgres/source-database.integration.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "transaction-begins-without-its-lock",
    file: "src/database/sqlite/sqlite-driver.ts",
    find: '"begin immediate"',
    replace: '"begin"',
    tests: sqlite,
  },
  {
    name: "reads-see-an-open-transaction",
    file: "src/database/sqlite/sqlite-driver.ts",
    find: "return result(await reader.run(query.sql, query.parameters));",
    replace: "return result(await writer.run(query.sql, query.parameters));",
    tests: sqlite,
  },
  {
    name: "newer-database-accepted",
    file: "src/database/migrate.ts",
    find: "migrations[row.number - 1]?.name !== row.name",
    replace: "row.number < 1",
    tests: sqlite,
  },
  {
    name: "foreign-keys-off",
    file: "src/database/sqlite/sqlite-session.ts",
    find: "enableForeignKeyConstraints: true",
    replace: "enableForeignKeyConstraints: false",
    tests: sqlite,
  },
  {
    name: "commits-not-synced",
    file: "src/database/sqlite/connect-sqlite.ts",
    find: "pragma synchronous = full",
    replace: "pragma synchronous = off",
    tests: sqlite,
  },
  {
    name: "migrations-without-a-lock",
    file: "src/database/postgres/connect-postgres.ts",
    find: "await sql`select pg_advisory_xact_lock(${lockKey})`.execute(transaction);",
    replace: "",
    tests: ["test/database/postgres.integration.test.ts"],
  },
  {
    name: "source-password-of-its-address",
    file: "src/database/postgres/source-database.ts",
    find: 'url.searchParams.set("password", given);',
    replace: "",
    tests: source,
  },
  {
    name: "source-tls-of-its-address",
    file: "src/database/postgres/source-database.ts",
    find: "for (const name of tlsParameters) url.searchParams.delete(name);",
    replace: 'url.hash = "";',
    tests: source,
  },
];

export default mutants;

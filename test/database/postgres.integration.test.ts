import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { connectPostgres } from "../../src/database/index.ts";
import { describeDatabase } from "../conformance/database.ts";
import { freshDatabase } from "../servers/fresh-database.ts";

describeDatabase("PostgreSQL", () => freshDatabase(inject("postgresUrl")));

describe("a PostgreSQL server", () => {
  it("that is not there is a coded error", async () => {
    await expect(connectPostgres({ url: "postgres://x@127.0.0.1:9/x" })).rejects.toMatchObject({
      code: "DATABASE_UNAVAILABLE",
      where: "127.0.0.1:9/x",
    });
  });

  it("without the database asked for is a coded error that keeps the password to itself", async () => {
    const url = new URL(inject("postgresUrl"));
    url.pathname = "/nowhere";
    url.password = "s3cret";
    const error: unknown = await connectPostgres({ url: url.href }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    expect(JSON.stringify(error)).not.toContain("s3cret");
  });

  it("whose connection breaks in mid-transaction is a coded error, and the next transaction works", async () => {
    const fresh = await freshDatabase(inject("postgresUrl"));
    const database = await connectPostgres({ url: fresh.url });
    const other = new pg.Client({ connectionString: fresh.url });
    await other.connect();
    const broken = database.transaction(async (transaction) => {
      await transaction.deleteFrom("models").execute();
      await other.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tondo' and datname = current_database()",
      );
      await transaction.deleteFrom("models").execute();
    });
    await expect(broken).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    await database.transaction((transaction) => transaction.deleteFrom("models").execute());
    await other.end();
    await database.close();
    await fresh.drop();
  });

  it("gives up a lock that another transaction holds after the configured wait", async () => {
    const fresh = await freshDatabase(inject("postgresUrl"));
    const database = await connectPostgres({ url: fresh.url, lockTimeoutMs: 100 });
    const lock = { name: "m", owner: "", project: "", description: "", levels: "[]", created_by: "" };
    await database.queries
      .insertInto("models")
      .values({ ...lock, created_at: 0, last_number: 0, revision: 0, changed_at: 0 })
      .execute();
    await database.transaction(async (transaction) => {
      await transaction.updateTable("models").set({ owner: "x" }).execute();
      const second = database.queries.updateTable("models").set({ owner: "y" }).execute();
      await expect(second).rejects.toMatchObject({ code: "DATABASE_BUSY" });
    });
    await database.close();
    await fresh.drop();
  });

  it("keeps its tables in a schema of the chosen name", async () => {
    const fresh = await freshDatabase(inject("postgresUrl"));
    for (const schema of ["one", "two"]) await (await connectPostgres({ url: fresh.url, schema })).close();
    const client = new pg.Client({ connectionString: fresh.url });
    await client.connect();
    const { rows } = await client.query("select schemaname from pg_tables where tablename = 'models' order by 1");
    expect(rows).toEqual([{ schemaname: "one" }, { schemaname: "two" }]);
    await client.end();
    await expect(connectPostgres({ url: fresh.url, schema: "a; drop" })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await fresh.drop();
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type Database, isUniqueViolation } from "../../src/database/index.ts";
import { runProcess } from "../database/run-process.ts";

/** An empty database that a suite may fill. */
export interface EmptyDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const model = {
  name: "m",
  owner: "o",
  project: "p",
  description: "",
  levels: "[]",
  created_at: 1_700_000_000_000_001,
  created_by: "me",
  last_number: 0,
  revision: 0,
  changed_at: Number.MAX_SAFE_INTEGER,
};

/** What every database must do, whichever it is. */
export function describeDatabase(name: string, makeEmpty: () => Promise<EmptyDatabase>): void {
  describe(name, () => {
    let empty: EmptyDatabase;
    let database: Database;

    beforeAll(async () => {
      empty = await makeEmpty();
    });
    afterAll(async () => {
      await database.close();
      await empty.drop();
    });

    it("is migrated by many processes that start on it at once", async () => {
      const counts = await Promise.all(Array.from({ length: 8 }, () => runProcess("connect-and-exit.ts", empty.url)));
      expect(counts).toEqual(Array.from({ length: 8 }, () => "4"));
      database = await connect({ url: empty.url });
    });

    it("is migrated once by connections that open in the same instant", async () => {
      for (let round = 0; round < 3; round++) {
        const another = await makeEmpty();
        const opened = await Promise.all(Array.from({ length: 8 }, () => connect({ url: another.url })));
        const rows = await opened[0]?.queries.selectFrom("tondo_migrations").select("number").execute();
        expect(rows).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }, { number: 4 }]);
        for (const each of opened) await each.close();
        await another.drop();
      }
    });

    it("reads 64-bit integers as the numbers that were written", async () => {
      await database.queries.insertInto("models").values(model).execute();
      expect(await database.queries.selectFrom("models").selectAll().executeTakeFirst()).toEqual(model);
      const { n } = await database.queries
        .selectFrom("models")
        .select((of) => of.fn.countAll<number>().as("n"))
        .executeTakeFirstOrThrow();
      expect(n).toBe(1);
    });

    it("says which kind of constraint was violated", async () => {
      const twice = database.queries.insertInto("models").values(model).execute();
      await expect(twice).rejects.toSatisfy(isUniqueViolation);
      const node = { model: "nobody", path: "[]", rows: 1, min_rows: 1, state: "trained", recorded_at: 1 };
      const dangling = database.queries.insertInto("partition_nodes").values(node).execute();
      await expect(dangling).rejects.toMatchObject({
        code: "DATABASE_FAILED",
        details: { constraint: "foreign_key" },
      });
    });

    it("keeps nothing of a transaction that threw, and goes on", async () => {
      const failing = database.transaction(async (transaction) => {
        await transaction
          .insertInto("models")
          .values({ ...model, name: "gone" })
          .execute();
        throw new RangeError("on purpose");
      });
      await expect(failing).rejects.toThrow(RangeError);
      const rows = await database.queries.selectFrom("models").select("name").execute();
      expect(rows).toEqual([{ name: "m" }]);
      await database.transaction((transaction) => transaction.updateTable("models").set({ owner: "other" }).execute());
    });

    it("keeps nothing of a transaction in which a statement failed", async () => {
      const failing = database.transaction(async (transaction) => {
        await transaction
          .insertInto("models")
          .values({ ...model, name: "gone" })
          .execute();
        await transaction.insertInto("models").values(model).execute();
      });
      await expect(failing).rejects.toSatisfy(isUniqueViolation);
      expect(await database.queries.selectFrom("models").select("name").execute()).toEqual([{ name: "m" }]);
    });

    it("shows a transaction to other reads of its process only once it is committed", async () => {
      const owner = async (): Promise<unknown> =>
        (await database.queries.selectFrom("models").select("owner").executeTakeFirst())?.owner;
      await database.transaction(async (transaction) => {
        await transaction.updateTable("models").set({ owner: "uncommitted" }).execute();
        expect(await owner()).toBe("other");
      });
      expect(await owner()).toBe("uncommitted");
    });

    it("lets transactions of one process that start together all through", async () => {
      const before = await database.queries.selectFrom("models").select("last_number").executeTakeFirstOrThrow();
      await Promise.all(
        Array.from({ length: 30 }, () =>
          database.transaction((transaction) =>
            transaction
              .updateTable("models")
              .set((of) => ({ last_number: of("last_number", "+", 1) }))
              .execute(),
          ),
        ),
      );
      const after = await database.queries.selectFrom("models").select("last_number").executeTakeFirstOrThrow();
      expect(after.last_number - before.last_number).toBe(30);
    });

    it("loses no update of several processes that read before they write", async () => {
      const before = await database.queries.selectFrom("models").select("last_number").executeTakeFirstOrThrow();
      await Promise.all(Array.from({ length: 4 }, () => runProcess("count-up.ts", empty.url, "50")));
      const after = await database.queries.selectFrom("models").select("last_number").executeTakeFirstOrThrow();
      expect(after.last_number - before.last_number).toBe(200);
    });

    it("is refused by an older program", async () => {
      const newer = { number: 5, name: "0005-from-the-future", applied_at: 1 };
      await database.queries.insertInto("tondo_migrations").values(newer).execute();
      await expect(connect({ url: empty.url })).rejects.toMatchObject({
        code: "DATABASE_NEWER",
        hint: expect.stringContaining("Upgrade") as string,
      });
      await database.queries.deleteFrom("tondo_migrations").where("number", "=", 5).execute();
      await (await connect({ url: empty.url })).close();
    });
  });
}

// A process of its own: reads a number and writes it back one higher, in a transaction each time. Arguments: the
// database's URL and how often.
import { connect } from "../../src/database/index.ts";

const database = await connect({ url: process.argv[2] ?? "", busyTimeoutMs: 20_000 });
for (let i = 0; i < Number(process.argv[3]); i++) {
  await database.transaction(async (transaction) => {
    const row = transaction.selectFrom("models").select("last_number").where("name", "=", "m");
    const { last_number } = await (database.dialect === "postgres" ? row.forUpdate() : row).executeTakeFirstOrThrow();
    await transaction
      .updateTable("models")
      .set({ last_number: last_number + 1 })
      .where("name", "=", "m")
      .execute();
  });
}
await database.close();

// A process of its own that opens the database of the URL in its first argument, prints how many migrations it has
// had, and ends.
import { connect } from "../../src/database/index.ts";

const database = await connect({ url: process.argv[2] ?? "" });
const rows = await database.queries.selectFrom("tondo_migrations").select("number").execute();
console.log(rows.length);
await database.close();

/** A process that holds a view of a store, and so a transaction, until it is killed: `folder`. */
import { once } from "node:events";
import { argv, stdin, stdout } from "node:process";
import { LmdbStore } from "../../../../src/featurestore/online/lmdb/index.ts";

const store = LmdbStore.open({ folder: argv[2] ?? "", readOnly: true });
// Kept: one that nobody has any more the driver gives back.
const view = store.view(["airport:departures"]);
stdout.write("holding\n");
stdin.resume();
await once(stdin, "end");
view.close();

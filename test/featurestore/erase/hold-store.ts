/** A process that has a store open until its input ends: `folder`. */
import { once } from "node:events";
import { argv, stdin, stdout } from "node:process";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";

const store = LmdbStore.open({ folder: argv[2] ?? "", readOnly: true });
store.view(["airport:place"]).close();
stdout.write("open\n");
stdin.resume();
await once(stdin, "end");
await store.close();

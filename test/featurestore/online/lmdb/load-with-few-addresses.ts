/** A process that may have few more addresses than it has when it loads more than they map: `folder`. It prints what it has loaded. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { argv, pid, stdout } from "node:process";
import { LmdbStore } from "../../../../src/featurestore/online/lmdb/index.ts";
import { load } from "../../../conformance/online-store.ts";

const store = LmdbStore.open({ folder: argv[2] ?? "" });
await load(store, { SFO: "one" });
stdout.write("loaded one\n");
const kilobytes = Number(/^VmSize:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
spawnSync("prlimit", ["--pid", String(pid), `--as=${String((kilobytes + 48 * 1024) * 1024)}`]);
const value = "x".repeat(100_000);
await load(store, Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`key ${String(i)}`, value])));
stdout.write("loaded more\n");

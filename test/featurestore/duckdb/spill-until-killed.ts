// Opens an engine that may spill to a folder, says so, and waits to be killed.
import { Engine } from "../../../src/featurestore/index.ts";

await Engine.open({ threads: 1, spillFolder: process.argv[2] ?? "" });
process.stdout.write("open\n");
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

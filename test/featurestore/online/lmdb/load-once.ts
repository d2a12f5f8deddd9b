/** A second process: loads a generation of a single record, and ends. */
import { argv } from "node:process";
import { recordBatch } from "../../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../../src/featurestore/online/lmdb/index.ts";
import { pointerTo } from "../../../conformance/pointer.ts";

const [, , folder = "", value = ""] = argv;
const store = LmdbStore.open({ folder });
const { generation, current, write } = await store.begin("airport:departures");
const bytes = [new TextEncoder().encode("SFO"), new TextEncoder().encode(value)] as const;
await write(recordBatch([bytes[0]], [bytes[1]]));
const expected = current === undefined ? {} : { expected: current.generation };
await store.switchPointers([{ pointer: pointerTo(generation), ...expected }]);
await store.close();

import { appliedKey } from "../../src/featurestore/online/applied-record.ts";
import type { OnlineStore } from "../../src/featurestore/online/index.ts";
import { storeLike } from "../featurestore/online/store-like.ts";
import { asking } from "./point.ts";

/** A store of which each operation says what it is, so that points in it have names. */
export function namedStore(real: OnlineStore): OnlineStore {
  return storeLike(real, {
    begin: async (group) => {
      const writer = await asking("begin a generation", () => real.begin(group));
      return {
        ...writer,
        write: (batch) =>
          asking(
            Buffer.compare(batch.keys.bytes, appliedKey) === 0 ? "write when rows were applied" : "write a batch",
            () => writer.write(batch),
          ),
        copy: (...asked) => asking("copy records", () => writer.copy(...asked)),
      };
    },
    switchPointers: (switches) => asking("switch pointers", () => real.switchPointers(switches)),
    drop: (group, generation) => asking("drop a generation", () => real.drop(group, generation)),
    erase: (group, keys) => asking("erase records", () => real.erase(group, keys)),
  });
}

/** The same of what is pushed to it. */
export function namedPushes(store: OnlineStore, { pushed: real }: OnlineStore): OnlineStore {
  if (real === undefined) throw new Error("nothing can be pushed to this store");
  return {
    ...store,
    pushed: {
      lead: real.lead,
      feed: (feeds) => asking("feed a group", () => real.feed(feeds)),
      starve: (...given) => asking("starve a group", () => real.starve(...given)),
      push: (push) => asking("push rows", () => real.push(push)),
      positions: (source) => real.positions(source),
      move: (...given) => asking("move a position", () => real.move(...given)),
      identity: () => real.identity(),
      close: (...given) => asking("close a moment", () => real.close(...given)),
      logged: (...given) => real.logged(...given),
      dropLogged: (...given) => asking("drop what files have", () => real.dropLogged(...given)),
      overlays: (group) => real.overlays(group),
      drop: (...given) => asking("drop pushed rows", () => real.drop(...given)),
      retire: (...given) => asking("retire pushed rows", () => real.retire(...given)),
    },
  };
}

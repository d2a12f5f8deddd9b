import { deepStrictEqual, equal } from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { Tondo } from "../../src/index.ts";
import type { Case } from "../harness/suite.ts";
import { at, ids, openLogged, openWorld, users, walk } from "./world.ts";

/** How many predictions one call makes, one after the other. */
const calls = 200;

/** What a prediction costs that is logged, with what its journal does on the disk going on beside it. */
export const servedLog: Case = {
  name: "served-log",
  against: "the same predictions, not logged",
  unit: "us/prediction",
  async setup() {
    const { tondo } = await openWorld();
    const logged = await openLogged();
    const list = ids(users);
    const [next, nextLogged] = [walk(list), walk(list)];
    const ask = async (one: Tondo, user: () => string): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < calls; i++) {
        const { prediction } = await one.predict("spend@champion", { keys: { user: user() }, at: BigInt(at) });
        sum += prediction ?? 0;
      }
      // As in a service between requests, what is under way gets its turn.
      await setImmediate();
      return sum;
    };
    return {
      pieces: calls,
      ours: () => ask(logged, nextLogged),
      baseline: () => ask(tondo, next),
      verify: async () => {
        for (const user of list.slice(0, 200)) {
          const request = { keys: { user }, at: BigInt(at) };
          const { requestId, ...prediction } = await logged.predict("spend@champion", request);
          equal(requestId?.length, 36);
          deepStrictEqual(prediction, await tondo.predict("spend@champion", request));
        }
      },
      also: () => {
        const { logged: taken = 0, dropped = 0 } = logged.served.stats() ?? {};
        return { logged: taken, dropped };
      },
      close: () => logged.close(),
    };
  },
};

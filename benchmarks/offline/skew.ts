import type { Case } from "../harness/suite.ts";
import { latest, windows } from "./by-hand.ts";
import type { VectorName } from "./definitions.ts";
import { type ByHand, joinByHand, verifySame } from "./join-by-hand.ts";
import { joinOurs } from "./join-ours.ts";
import { sizesOf } from "./sizes.ts";
import { openWorld, type World } from "./world.ts";

/** Of events and of left rows alike, in per cent: who asks about a key, asks about the one that things happen to. */
const hot = 20;

/** Rows that the hand-written join is asked about: by range, one row of the hot key alone reads a million events. */
const verified = "row % 9973 = 0";

const memory = "4GB";

/** Ours with a key that a fifth of all are of, against ours without: both sides are the product. */
export const skewCases: readonly Case[] = [
  skewed("skew", "latest", ({ events: [events = ""] }) => latest(events)),
  {
    ...skewed("skew-windows", "windows", ({ events: [events = ""] }) =>
      windows(events, 1, `(from l where ${verified})`),
    ),
    rounds: 5,
    warmUps: 1,
  },
];

function skewed(name: string, vector: VectorName, byHand: (world: World) => ByHand): Case {
  return {
    name,
    against: "ours with as many events and rows, evenly among the keys",
    unit: "s",
    async setup() {
      const sizes = sizesOf();
      const skew = await openWorld({ vector, sources: [{ sizes, hot }], hot, memory });
      const even = await openWorld({ vector, sources: [{ sizes }], memory });
      return {
        pieces: 1,
        ours: () => joinOurs(skew),
        baseline: () => joinOurs(even),
        verify: async () => {
          await joinOurs(skew);
          await joinByHand(skew, byHand(skew));
          await verifySame(skew, name, vector === "windows" ? verified : "true");
          await skew.engine.run("drop table hand", "clearing up");
        },
        close: async () => {
          await skew.close();
          await even.close();
        },
      };
    },
  };
}

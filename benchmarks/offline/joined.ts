import type { Case } from "../harness/suite.ts";
import { type ByHand, joinByHand, verifySame } from "./join-by-hand.ts";
import { joinOurs } from "./join-ours.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

/** A join by ours and by hand. */
export interface JoinedOptions extends Pick<Case, "name" | "against" | "rounds" | "warmUps"> {
  readonly world: WorldOptions;
  readonly byHand: (world: World) => ByHand;
}

/** The case of a join, each side from the files to a table of the vector's slots in the order of the rows. */
export function joined({ world: options, byHand, ...benchmark }: JoinedOptions): Case {
  return {
    ...benchmark,
    unit: "s",
    async setup() {
      const world = await openWorld(options);
      const hand = byHand(world);
      const contest = {
        pieces: 1,
        ours: () => joinOurs(world),
        baseline: () => joinByHand(world, hand),
        verify: async () => {
          await contest.ours();
          await contest.baseline();
          await verifySame(world, benchmark.name);
        },
        close: () => world.close(),
      };
      return contest;
    },
  };
}

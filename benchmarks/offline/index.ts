import type { Suite } from "../harness/suite.ts";
import { knownOf, knownOrder, latest, stateOrder, statesOf, windows } from "./by-hand.ts";
import { fewRowsCases } from "./few-rows.ts";
import { fiveGroups } from "./five-groups.ts";
import { joined } from "./joined.ts";
import { peerCases } from "./peers.ts";
import { sizesOf } from "./sizes.ts";
import { skewCases } from "./skew.ts";
import { windowsHundredMillion } from "./windows-100m.ts";

const sizes = sizesOf();

const suite: Suite = {
  name: "offline",
  cases: [
    joined({
      name: "join-1-group",
      against: "DuckDB ASOF by hand, ties broken",
      world: { vector: "latest", sources: [{ sizes }] },
      byHand: ({ events: [events = ""] }) => ({ query: latest(statesOf(events), stateOrder) }),
    }),
    joined({
      name: "join-known",
      against: "DuckDB ASOF by hand over what known leaves",
      world: { vector: "known", sources: [{ sizes }] },
      byHand: ({ events: [events = ""] }) => ({ query: latest(knownOf(events), knownOrder) }),
    }),
    joined({
      name: "windows",
      against: "DuckDB range join by hand, in buckets",
      world: { vector: "windows", sources: [{ sizes }] },
      byHand: ({ events: [events = ""] }) => windows(events),
      // Two minutes and more a round.
      rounds: 5,
      warmUps: 1,
    }),
    fiveGroups,
    ...fewRowsCases,
    ...skewCases,
    windowsHundredMillion,
  ],
  peers: peerCases,
};

export default suite;

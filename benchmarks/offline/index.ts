import type { Suite } from "../harness/suite.ts";
import { latest, latestKnown, windows } from "./by-hand.ts";
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
      against: "DuckDB ASOF by hand, then its states, ties broken",
      world: { vector: "latest", sources: [{ sizes }] },
      byHand: ({ events: [events = ""] }) => latest(events),
    }),
    joined({
      name: "join-known",
      against: "DuckDB ASOF by hand over what known leaves, then its states, ties broken",
      world: { vector: "known", sources: [{ sizes }] },
      byHand: ({ events: [events = ""] }) => latestKnown(events),
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

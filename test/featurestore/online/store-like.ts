import type { OnlineStore } from "../../../src/featurestore/online/index.ts";

/** A store that does some things in its own way, and all others as a real one. */
export function storeLike(real: OnlineStore, own: Partial<OnlineStore>): OnlineStore {
  return {
    kind: real.kind,
    staleness: real.staleness,
    switchLead: real.switchLead,
    afterErasure: real.afterErasure,
    view: (groups) => real.view(groups),
    begin: (group) => real.begin(group),
    switchPointers: (switches) => real.switchPointers(switches),
    generations: (group) => real.generations(group),
    drop: (group, generation) => real.drop(group, generation),
    groups: () => real.groups(),
    recordsOf: (group, keys) => real.recordsOf(group, keys),
    erase: (group, keys) => real.erase(group, keys),
    close: () => real.close(),
    ...own,
  };
}

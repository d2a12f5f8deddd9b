import { expect, it } from "vitest";
import type { ProjectPlan } from "../../../src/dsl/index.ts";
import { backfill } from "../../../src/featurestore/backfill/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { eachInSampleHome, type SampleHome } from "../online/sample-home.ts";
import { noon, sampleProject } from "../online/sample-project.ts";
import { storeLike } from "../online/store-like.ts";

let home: SampleHome;
eachInSampleHome(
  (given) => {
    home = given;
  },
  () => home.store,
);

it("a backfill says how late the switch of its load may have shown", async () => {
  const { folder, store } = home;
  const former: ProjectPlan = {
    ...sampleProject,
    groups: sampleProject.groups.map((group) => ({
      ...group,
      stored: group.stored.filter(({ name }) => name !== "n_3h"),
      features: group.features.filter(({ name }) => name !== "n_3h"),
    })),
  };
  let now = noon;
  const options = { ...home, home: folder, clock: () => now };
  await materialize({ ...options, project: former });
  now += 3_600_000_000;
  const slow = storeLike(store, {
    switchPointers: (switches) => {
      now += store.switchLead;
      return store.switchPointers(switches);
    },
  });
  const add = async (): Promise<number> =>
    (await backfill({ ...options, project: sampleProject, store: slow, features: ["airport:departures:n_3h"] })).lateBy;
  expect(await add()).toBe(store.staleness);
  // Nothing is loaded any more.
  expect(await add()).toBe(0);
});

import { describe, expect, it } from "vitest";
import type { GivenValue, Micros } from "../../../src/core/index.ts";
import type { GroupPlan, ProjectPlan } from "../../../src/dsl/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type PushRows } from "../../../src/featurestore/online/index.ts";
import { overlayOf } from "../../../src/featurestore/online/group-pointer.ts";
import type { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { pushing } from "../../../src/featurestore/pushed/index.ts";
import { eachInSampleHome, type SampleHome } from "../online/sample-home.ts";
import { noon, sampleProject } from "../online/sample-project.ts";

const second = 1_000_000;
let home: SampleHome;
let store: LmdbStore;
eachInSampleHome(
  (given) => {
    home = given;
    ({ store } = given);
    began = Date.now();
    last = 0;
    inForce = sampleProject;
  },
  () => store,
);

/** A clock that goes as fast as any, from a second behind noon on: what is waited for comes. */
let began = 0;
let last: Micros = 0;
const clock = (): Micros => (last = Math.max(last + 1, noon + second + (Date.now() - began) * 1000));
/** What is applied. */
let inForce: ProjectPlan;

const traffic = "route:traffic";
const departures = "airport:departures";
const nameOf = ({ entity, name }: GroupPlan): string => `${entity}:${name}`;

/** The sample's project with other groups. */
function withGroups(change: (groups: readonly GroupPlan[]) => readonly GroupPlan[]): ProjectPlan {
  return { ...sampleProject, groups: change(sampleProject.groups) };
}

const withoutTraffic = withGroups((groups) => groups.filter((group) => nameOf(group) !== traffic));
/** Routes are of the way back. */
const turned = withGroups((groups) =>
  groups.map((group) => (nameOf(group) === traffic ? { ...group, key: [...group.key].reverse() } : group)),
);

const pusher = (project: ProjectPlan): PushRows =>
  pushing({
    ...{ project, store, clock, erased: () => Promise.resolve(() => undefined) },
    inForce: () => Promise.resolve(inForce),
  });

async function load(groups: readonly string[], asOf?: Micros, project = inForce): Promise<void> {
  const given = asOf === undefined ? {} : { asOf: BigInt(asOf) };
  await materialize({ ...home, store, project, home: home.folder, clock, groups, ...given });
}

const flight: Record<string, GivenValue> = { origin: "NEW", destination: "LAX", delay: 60, at: noon - second };

/** How many rows of NEW are served, of airports and of routes. */
async function served(at: Micros, project = inForce): Promise<readonly unknown[]> {
  const reader = createFeatureReader({ project, store });
  const counts: unknown[] = [];
  for (const group of [departures, traffic]) {
    if (!project.groups.some((one) => nameOf(one) === group)) continue;
    const turns = project === turned;
    const route = { origin: turns ? "LAX" : "NEW", destination: turns ? "NEW" : "LAX" };
    const key = group === traffic ? { route } : { airport: "NEW" };
    const { values } = await reader.get([`${group}:n_3h`], key, { at: BigInt(at) });
    counts.push(values[`${group}:n_3h`]?.value);
  }
  return counts;
}

describe("rows pushed by a program that knows other definitions than those in force", () => {
  it("come in a group that was added and loaded since it looked", async () => {
    await load([departures], noon);
    const push = pusher(withoutTraffic);
    const first = await push("flights", [flight]);
    await load([traffic]);
    expect(await served(clock())).toEqual([1, 1]);
    const { appliedAt } = await push("flights", [flight]);
    expect(await served(appliedAt)).toEqual([2, 2]);
    expect(await served(appliedAt - 1)).toEqual([1, 1]);
    expect(first.appliedAt).toBeLessThan(appliedAt);
  });

  it("come in a group that is just being loaded for the first time", async () => {
    await load([departures], noon);
    const source = sampleProject.sources.find(({ name }) => name === "flights");
    const group = sampleProject.groups.find((one) => nameOf(one) === traffic);
    if (source === undefined || group === undefined) throw new Error("the sample lacks it");
    await store.pushed.feed([{ group: traffic, source: "flights", overlay: overlayOf(group, source) }]);
    const loadedAsOf = clock();
    const { appliedAt } = await pusher(withoutTraffic)("flights", [flight]);
    await load([traffic], loadedAsOf);
    expect(await served(appliedAt)).toEqual([1, 1]);
  });

  it("wait for the first load of a group that nothing was loaded of", async () => {
    await load([departures], noon);
    const { appliedAt } = await pusher(sampleProject)("flights", [flight]);
    expect(await served(appliedAt, withoutTraffic)).toEqual([1]);
    await expect(load([traffic], appliedAt - 1)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("rows were pushed behind") as string,
    });
    await load([traffic]);
    expect(await served(clock())).toEqual([1, 1]);
    // It lies beside no generation, also once there is one.
    await expect(load([traffic], appliedAt - 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await load([traffic], appliedAt);
    expect(await served(clock())).toEqual([1, 1]);
  });

  it("are behind the moment of a first load, which waits for those that are ahead of the clock", async () => {
    await load([departures], noon);
    const waiting = pusher(withoutTraffic)("flights", [flight]);
    // It is there ahead of its moment, and in no overlay of a group that is loaded for the first time.
    await expect.poll(() => store.pushed.logged("flights", 0, 1), { interval: 1 }).toHaveLength(1);
    await load([traffic]);
    const { appliedAt } = await waiting;
    expect(await served(Math.max(appliedAt, clock()))).toEqual([1, 1]);
  });

  it("come in groups by the key that is in force, once it is loaded, and are refused until then", async () => {
    await load([departures, traffic], noon);
    const push = pusher(sampleProject);
    await push("flights", [flight]);
    inForce = turned;
    await expect(pusher(turned)("flights", [flight])).rejects.toMatchObject({ code: "GROUP_NOT_MATERIALIZED" });
    await load([traffic]);
    expect(await served(clock())).toEqual([1, 1]);
    const { appliedAt } = await push("flights", [flight]);
    expect(await served(appliedAt)).toEqual([2, 2]);
  });

  it("are no longer of a group that is no more; where it comes back it is loaded before it takes rows", async () => {
    await load([departures, traffic], noon);
    const stale = pusher(sampleProject);
    inForce = withoutTraffic;
    await pusher(withoutTraffic)("flights", [flight]);
    const { appliedAt } = await stale("flights", [flight]);
    expect(await served(appliedAt)).toEqual([2]);
    inForce = sampleProject;
    await expect(pusher(sampleProject)("flights", [flight])).rejects.toMatchObject({ code: "GROUP_NOT_MATERIALIZED" });
    await load([traffic]);
    expect(await served(clock())).toEqual([2, 2]);
    const again = await pusher(sampleProject)("flights", [flight]);
    expect(await served(again.appliedAt)).toEqual([3, 3]);
  });

  it("are refused where a group is of another source by now, until it is loaded from that", async () => {
    await load([departures, traffic], noon);
    const stale = pusher(sampleProject);
    inForce = withGroups((groups) =>
      groups.map((group) => (nameOf(group) === traffic ? { ...group, source: "moved" } : group)),
    );
    const [flights] = sampleProject.sources;
    if (flights === undefined) throw new Error("the sample lacks it");
    inForce = { ...inForce, sources: [...inForce.sources, { ...flights, name: "moved" }] };
    await expect(pusher(inForce)("flights", [flight])).rejects.toMatchObject({ code: "GROUP_NOT_MATERIALIZED" });
    await load([traffic]);
    const { appliedAt } = await stale("flights", [flight]);
    expect(await served(appliedAt)).toEqual([1, 0]);
    await stale("moved", [flight]);
    expect(await served(clock())).toEqual([1, 1]);
  });
});

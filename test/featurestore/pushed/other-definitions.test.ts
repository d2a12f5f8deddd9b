import { describe, expect, it } from "vitest";
import type { GivenValue, Micros } from "../../../src/core/index.ts";
import type { GroupPlan, ProjectPlan } from "../../../src/dsl/index.ts";
import { rollback } from "../../../src/featurestore/generations/index.ts";
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
const turned = withTraffic((group) => ({ ...group, key: [...group.key].reverse() }));

const pusher = (project: ProjectPlan): PushRows =>
  pushing({
    ...{ project, store, clock, erased: () => Promise.resolve(() => undefined) },
    inForce: () => Promise.resolve(inForce),
  });

/** The sample's project with another group of that name. */
function withTraffic(change: (group: GroupPlan) => GroupPlan): ProjectPlan {
  return withGroups((groups) => groups.map((group) => (nameOf(group) === traffic ? change(group) : group)));
}

const back = (): Promise<unknown> =>
  rollback({ project: inForce, home: home.folder, store, groups: [traffic], actor: "test", clock });

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

const tooEarly = { code: "INVALID_ARGUMENT", message: expect.stringContaining("rows were pushed behind") as string };

const refused = { code: "ROLLBACK_REFUSED", message: expect.stringContaining("rows were pushed since") as string };

describe("rows that a group missed, or took under another key", () => {
  it("are in every load of a group that came back: none is as of a moment before them", async () => {
    await load([departures, traffic], noon);
    inForce = withoutTraffic;
    const between = clock();
    await pusher(withoutTraffic)("flights", [flight]);
    inForce = sampleProject;
    await expect(load([traffic], between)).rejects.toMatchObject(tooEarly);
    await load([traffic]);
    await expect(load([traffic], between)).rejects.toMatchObject(tooEarly);
    expect(await served(clock())).toEqual([1, 1]);
  });

  it("are in every load of a group whose key was another one meanwhile", async () => {
    await load([departures, traffic], noon);
    inForce = turned;
    await load([traffic]);
    const between = clock();
    await pusher(turned)("flights", [flight]);
    inForce = sampleProject;
    await load([traffic]);
    await expect(load([traffic], between)).rejects.toMatchObject(tooEarly);
    expect(await served(clock())).toEqual([1, 1]);
  });

  it("are in every load after the first of a group that was added behind them", async () => {
    await load([departures], noon);
    const between = clock();
    await pusher(withoutTraffic)("flights", [flight]);
    await load([traffic]);
    await expect(load([traffic], between)).rejects.toMatchObject(tooEarly);
    expect(await served(clock())).toEqual([1, 1]);
  });

  it("keep it from going back to a generation beside which they do not lie", async () => {
    await load([departures, traffic], noon);
    inForce = withoutTraffic;
    await pusher(withoutTraffic)("flights", [flight]);
    inForce = sampleProject;
    await load([traffic]);
    await expect(back()).rejects.toMatchObject(refused);
    await load([traffic]);
    await back();
    expect(await served(clock())).toEqual([1, 1]);
  });

  it("keep it from going back to a generation of another key", async () => {
    await load([departures, traffic], noon);
    inForce = turned;
    await load([traffic]);
    await pusher(turned)("flights", [flight]);
    inForce = sampleProject;
    await expect(back()).rejects.toMatchObject(refused);
    // Also once they are in files.
    await load([departures]);
    await expect(back()).rejects.toMatchObject(refused);
  });

  it("are none where nothing was pushed: it goes back", async () => {
    await load([departures, traffic], noon);
    inForce = turned;
    await load([traffic]);
    inForce = sampleProject;
    await back();
    expect(await served(clock())).toEqual([0, 0]);
  });
});

describe("a source", () => {
  it("goes on taking rows where a group over it looks forward only by now", async () => {
    await load([departures, traffic], noon);
    inForce = withTraffic((group) => ({
      ...group,
      stored: group.stored.flatMap((one) => (one.kind === "window" ? [{ ...one, direction: "next" as const }] : [])),
    }));
    const { appliedAt } = await pusher(inForce)("flights", [flight]);
    expect(await served(appliedAt, withoutTraffic)).toEqual([1]);
  });

  it("goes on taking rows where a group over it is of a table by now", async () => {
    await load([departures, traffic], noon);
    const place = sampleProject.groups.find((group) => nameOf(group) === "airport:place");
    inForce = withTraffic((group) => ({ ...(place ?? group), entity: "route", name: "traffic", key: group.key }));
    const { appliedAt } = await pusher(inForce)("flights", [flight]);
    expect(await served(appliedAt, withoutTraffic)).toEqual([1]);
  });

  it("takes rows of a program that does not know yet that they have an `id` as versions", async () => {
    await load([departures], noon);
    const stale = pusher(withoutTraffic);
    await stale("flights", [flight]);
    const id = [{ node: "column", type: "float?", name: "delay" }] as const;
    const sources = sampleProject.sources.map((one) => (one.name === "flights" ? { ...one, id } : one));
    inForce = { ...withoutTraffic, sources };
    await load([departures]);
    const [before] = await served(clock(), inForce);
    const { appliedAt } = await stale("flights", [flight, { ...flight, delay: 3 }]);
    expect(await served(appliedAt, inForce)).toEqual([Number(before) + 1]);
  });

  it("takes no rows before the moment that a load under way is as of, and takes them again where it fails", async () => {
    await load([departures, traffic], noon);
    const ahead = clock() + 2 * second;
    const early = { code: "MOMENT_NOT_SERVED", message: expect.stringContaining("is being loaded, as of") as string };
    let isRefused = false;
    const erased = async (): Promise<() => undefined> => {
      await expect(pusher(withoutTraffic)("flights", [flight])).rejects.toMatchObject(early);
      isRefused = true;
      throw new Error("the load fails");
    };
    const loading = { ...home, store, project: inForce, home: home.folder, clock, asOf: BigInt(ahead), erased };
    await expect(materialize(loading)).rejects.toThrow("the load fails");
    expect(isRefused).toBe(true);
    const { appliedAt } = await pusher(sampleProject)("flights", [flight]);
    expect(await served(appliedAt)).toEqual([1, 1]);
  });
});

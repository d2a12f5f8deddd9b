/**
 * Random histories: what was planned, what happened, and who asks when; weighted to the edges of the time contract.
 */
import * as fc from "fast-check";
import type { Micros, Value } from "../../src/core/index.ts";
import type { StoredWindowPlan } from "../../src/dsl/plan/index.ts";
import { hopSeeds, type Planned, planOf, projectSeeds, roleColumns, type ProjectSeed } from "./history-plan.ts";
import {
  eventPlaces,
  knownAt,
  momentOf,
  type Place,
  requestMoments,
  statePlaces,
  type Surroundings,
  ttls,
} from "./history-moments.ts";
import { type KeySeed, keySeeds, type PayloadChoice, payloads } from "./history-values.ts";
import type { Data, LeftRow } from "../../src/featurestore/oracle/oracle.ts";
import { type Row, transportOf } from "../../src/featurestore/oracle/values.ts";

/** Plans, rows of every source, and left rows. */
export interface History extends Planned {
  readonly data: Data;
  readonly left: readonly LeftRow[];
}

/** Which key: mostly the first; the two parts of a key may be mixed from two, and be missing. */
interface KeyChoice {
  readonly of: number;
  readonly mixed: boolean;
  readonly missing: "no part" | "the first part" | "the last part";
}

interface RowSeed {
  readonly key: KeyChoice;
  readonly place: Place;
  readonly known: { readonly after: Micros } | { readonly place: Place } | null;
  readonly id: Value;
  readonly part: Value;
  readonly payload: PayloadChoice;
  /** Which transport it comes by, of two. */
  readonly transport: number;
  readonly gone: Value;
  /** An earlier row that this one repeats, but for what it changes. */
  readonly again: {
    readonly row: number;
    readonly changes: readonly ("place" | "known" | "payload" | "key" | "id" | "transport" | "gone")[];
    /** Whether the row comes once more thereafter, as it was at first: corrected, and then repeated. */
    readonly andBack: boolean;
  } | null;
}

interface LeftSeed {
  readonly keys: readonly KeyChoice[];
  readonly request: number;
  readonly again: number | null;
}

const keyChoices: fc.Arbitrary<KeyChoice> = fc.record({
  of: fc.constantFrom(0, 0, 0, 1),
  mixed: fc.constantFrom(false, false, false, false, true),
  missing: fc.oneof(
    { weight: 20, arbitrary: fc.constant("no part" as const) },
    { weight: 1, arbitrary: fc.constantFrom("the first part" as const, "the last part" as const) },
  ),
});

function rowSeeds(places: fc.Arbitrary<Place>): fc.Arbitrary<RowSeed> {
  return fc.record({
    key: keyChoices,
    place: places,
    known: knownAt,
    id: fc.constantFrom<Value[]>("e1", "e2", "e3", "e4", "", null),
    part: fc.constantFrom<Value[]>(1, 1, 1, 2n ** 53n, 2n ** 53n + 1n, null),
    payload: payloads,
    transport: fc.nat(1),
    gone: fc.constantFrom(null, false, false, false, false, true, true),
    again: fc.option(
      fc.record({
        row: fc.nat(29),
        andBack: fc.constantFrom(false, false, false, true),
        changes: fc.constantFrom<NonNullable<RowSeed["again"]>["changes"][]>(
          [],
          ["known"],
          ["payload"],
          ["known", "payload"],
          ["known", "payload"],
          ["transport"],
          ["transport", "known"],
          ["transport", "payload"],
          ["gone", "known"],
          ["gone", "known"],
          ["gone", "transport", "payload"],
          ["place"],
          ["key"],
          ["id"],
          ["id", "payload"],
          ["id", "known", "payload"],
        ),
      }),
      { freq: 2 },
    ),
  });
}

const leftSeeds: fc.Arbitrary<LeftSeed> = fc.record({
  keys: fc.array(keyChoices, { minLength: 2, maxLength: 2 }),
  request: fc.nat(3),
  again: fc.option(fc.nat(19), { freq: 7 }),
});

/** What happened and who asks, for any plan. */
const happened = {
  keys: keySeeds,
  moments: requestMoments,
  payload: fc.constantFrom<(keyof PayloadChoice)[]>("usual", "usual", "usual", "edge"),
  left: fc.array(leftSeeds, { minLength: 1, maxLength: 20, size: "max" }),
  events: fc.oneof(
    { weight: 1, arbitrary: fc.array(rowSeeds(eventPlaces), { maxLength: 3 }) },
    { weight: 4, arbitrary: fc.array(rowSeeds(eventPlaces), { minLength: 10, maxLength: 30, size: "max" }) },
  ),
  states: fc.array(rowSeeds(statePlaces), { maxLength: 12, size: "max" }),
  facts: fc.array(rowSeeds(statePlaces), { maxLength: 5 }),
} as const;

type Happened = {
  readonly [K in keyof typeof happened]: (typeof happened)[K] extends fc.Arbitrary<infer T> ? T : never;
};

/** Random histories. */
export const histories: fc.Arbitrary<History> = fc
  .record({ project: projectSeeds, ...happened, hops: hopSeeds })
  .map(({ project, hops, ...rest }) => historyOf(project, planOf(project, hops), rest));

/** Several random histories of one plan as one: the rows of all lie in the same files, and all ask at once. */
export function historiesTogether(count: number): fc.Arbitrary<History> {
  return fc
    .record({
      project: projectSeeds,
      hops: hopSeeds,
      each: fc.array(fc.record(happened), { minLength: count, maxLength: count }),
    })
    .map(({ project, hops, each }) => {
      const planned = planOf(project, hops);
      const all = each.map((one) => historyOf(project, planned, one));
      const rows = (source: keyof Planned["fileColumns"]): readonly Row[] =>
        all.flatMap(({ data }) => data[source] ?? []);
      return {
        ...planned,
        data: { events: rows("events"), states: rows("states"), facts: rows("facts") },
        left: all.flatMap(({ left }) => left),
      };
    });
}

function historyOf(
  project: ProjectSeed,
  planned: Planned,
  { keys, moments, payload, left, events, states, facts }: Happened,
): History {
  const requests = moments.offsets.map((offset) => moments.centre + offset);
  const surroundings: Surroundings = {
    requests,
    windows: planned.project.groups.flatMap(({ stored }) =>
      stored.filter((one): one is StoredWindowPlan => one.kind === "window"),
    ),
    ttl: project.stateGroups.find(({ ttl }) => ttl !== null)?.ttl ?? ttls[0] ?? 0,
  };
  const rowsOf = (source: keyof Planned["fileColumns"], seeds: readonly RowSeed[]): readonly Row[] =>
    withAgain(seeds).map((seed) => {
      const all: Row = { ...rowOf(seed, project, keys, surroundings), gone: seed.gone, ...seed.payload[payload] };
      const columns = Object.keys(planned.fileColumns[source]).map((name) => [name, all[name] ?? null] as const);
      return Object.fromEntries([...columns, [transportOf, seed.transport % project[source].files.length]]);
    });
  return {
    ...planned,
    data: { events: rowsOf("events", events), states: rowsOf("states", states), facts: rowsOf("facts", facts) },
    left: leftRows(left, planned, project, keys, requests),
  };
}

/** Resolves "again": each such seed becomes the row named, but for its changes. */
function withAgain(seeds: readonly RowSeed[]): readonly RowSeed[] {
  const resolved: RowSeed[] = [];
  for (const seed of seeds) {
    const original = seed.again === null ? undefined : resolved[seed.again.row % Math.max(1, resolved.length)];
    if (original === undefined) resolved.push(seed);
    else {
      const changed = Object.fromEntries((seed.again?.changes ?? []).map((part) => [part, seed[part]]));
      if (seed.again?.andBack === true) {
        resolved.push(
          { ...original, payload: seed.payload, known: { after: 1 } },
          { ...original, known: { after: 2 } },
        );
      } else resolved.push({ ...original, ...changed });
    }
  }
  return resolved;
}

function rowOf(seed: RowSeed, project: ProjectSeed, keys: KeySeed, surroundings: Surroundings): Row {
  const at = momentOf(seed.place, surroundings);
  const known =
    seed.known === null
      ? null
      : "place" in seed.known
        ? momentOf(seed.known.place, surroundings)
        : at === null
          ? null
          : at + seed.known.after;
  const key = Object.fromEntries(keyOf(seed.key, project, keys).map((value, i) => [`key_${String(i)}`, value]));
  return { ...key, at, known, id: seed.id, part: seed.part };
}

function keyOf(choice: KeyChoice, { keyTypes }: ProjectSeed, keys: KeySeed): readonly Value[] {
  return keyTypes.map((type, i) => {
    const isMissing =
      (choice.missing === "the first part" && i === 0) ||
      (choice.missing === "the last part" && i === keyTypes.length - 1);
    const of = choice.mixed && i > 0 ? 1 - choice.of : choice.of;
    return isMissing ? null : (keys[type][of] ?? null);
  });
}

function leftRows(
  seeds: readonly LeftSeed[],
  planned: Planned,
  project: ProjectSeed,
  keys: KeySeed,
  requests: readonly Micros[],
): readonly LeftRow[] {
  const rows: LeftRow[] = [];
  for (const seed of seeds) {
    const again = seed.again === null ? undefined : rows[seed.again];
    const columns: Record<string, Value> = {};
    for (const [r, { role, entity: name }] of planned.vector.roles.entries()) {
      const entity = planned.vector.entities.find((one) => one.name === name);
      const choice = seed.keys[r];
      if (entity === undefined || choice === undefined) throw new Error("a role without an entity or key");
      const values = keyOf(choice, project, keys);
      for (const [i, keyColumn] of roleColumns(entity, role).entries()) columns[keyColumn.name] = values[i] ?? null;
    }
    rows.push(again ?? { at: requests[seed.request % requests.length] ?? 0, columns });
  }
  return rows;
}

import { canonicalJson, parseTypeName, type ValueKind } from "../../core/index.ts";
import {
  aggregates,
  type AggregateCode,
  type Constants,
  type GroupPlan,
  type SourcePlan,
  storedFingerprint,
  type StoredWindowPlan,
} from "../../dsl/index.ts";
import { TondoError } from "../../core/index.ts";
import type { TileShape } from "./codec/index.ts";

/**
 * How the records of one generation of a group are laid out. It stands in the group's pointer, so that records are
 * always read by the layout they were written with, whatever the definitions say by then: a program whose definitions
 * lack a value, or have one more, reads what it knows and is told what is not there.
 */
export type GroupLayout = RowLayout | WindowLayout;

/** A stored column: its name, kind, and the fingerprint of what it means. */
export interface ColumnLayout {
  readonly name: string;
  readonly kind: ValueKind;
  readonly fingerprint: string;
}

/** The layout of a group from a snapshot or a table: packed versions of rows. */
export interface RowLayout {
  readonly kind: "rows";
  readonly key: readonly ValueKind[];
  readonly columns: readonly ColumnLayout[];
}

/** A state that each tile of a hop holds. */
export interface StateLayout {
  readonly aggregate: string;
  readonly version: number;
  readonly input: ValueKind | "rows";
  readonly options?: Constants;
}

/** Tiles of one width, microseconds; windows of different lengths share them. */
export interface HopLayout {
  readonly hop: number;
  /** The longest window over these tiles: how far back they reach. */
  readonly reach: number;
  readonly states: readonly StateLayout[];
}

/** A stored window: which state of which hop's tiles, over how long, and what is made of it. */
export interface WindowPlace extends Omit<StateLayout, "input"> {
  readonly name: string;
  readonly fingerprint: string;
  readonly over: number;
  readonly hop: number;
  readonly state: number;
}

/** The layout of a group from events: bundles of tiles. */
export interface WindowLayout {
  readonly kind: "windows";
  readonly key: readonly ValueKind[];
  readonly hops: readonly HopLayout[];
  readonly windows: readonly WindowPlace[];
}

/** A state's plan: the first stored window that needs it, by its index in the group. */
export interface StateSource {
  readonly plan: StoredWindowPlan;
  readonly index: number;
}

/** The layout in which a group is written, and for windows what computes each state. */
export interface PlannedLayout<L extends GroupLayout = GroupLayout> {
  readonly layout: L;
  /** By hop and state, as in the layout. Empty for rows. */
  readonly states: readonly (readonly StateSource[])[];
}

/** The kind an aggregate's code and SQL are asked for. */
export function inputKind(plan: StoredWindowPlan): ValueKind | "rows" {
  return plan.input === undefined ? "rows" : parseTypeName(plan.input.type).kind;
}

/** The layout of all that a group stores online: its columns, or its windows that look back. */
export function planLayout(group: GroupPlan, source: SourcePlan): PlannedLayout {
  const key = group.key.map(({ type }) => parseTypeName(type).kind);
  if (source.kind === "events") return planWindows(group, source, key);
  const columns = group.stored.flatMap((stored) =>
    stored.kind === "column"
      ? [
          {
            name: stored.name,
            kind: parseTypeName(stored.type).kind,
            fingerprint: storedFingerprint(group, stored.name, source),
          },
        ]
      : [],
  );
  return { layout: { kind: "rows", key, columns }, states: [] };
}

function planWindows(group: GroupPlan, source: SourcePlan, key: readonly ValueKind[]): PlannedLayout<WindowLayout> {
  const back = group.stored.flatMap((plan, index) =>
    plan.kind === "window" && plan.direction === "back" ? [{ plan, index }] : [],
  );
  const widths = [...new Set(back.map(({ plan }) => plan.hop))].sort((a, b) => b - a);
  const places = new Map<string, WindowPlace>();
  const states: StateSource[][] = [];
  const hops = widths.map((hop, h): HopLayout => {
    const own = back.filter(({ plan }) => plan.hop === hop);
    const found = new Map<string, number>();
    const sources: StateSource[] = [];
    for (const one of own) {
      const { aggregate, version, options, input, where, name, over } = one.plan;
      // Aggregates of one state share it: `sum`, `mean` of floats; quantiles.
      const id = canonicalJson({ state: stateName(one.plan), input, where });
      const state = found.get(id) ?? sources.push(one) - 1;
      found.set(id, state);
      const fingerprint = storedFingerprint(group, name, source);
      places.set(name, { name, fingerprint, over, hop: h, state, ...madeBy({ aggregate, version, options }) });
    }
    states.push(sources);
    return {
      hop,
      reach: Math.max(...own.map(({ plan }) => plan.over)),
      states: sources.map(({ plan }) => ({
        ...madeBy(plan),
        input: inputKind(plan),
      })),
    };
  });
  const windows = back.flatMap(({ plan }) => places.get(plan.name) ?? []);
  return { layout: { kind: "windows", key, hops, windows }, states };
}

function stateName(plan: StoredWindowPlan): string {
  const entry = aggregates.get(plan.aggregate);
  if (entry === undefined) throw new TondoError("INTERNAL", `no aggregate "${plan.aggregate}"`);
  return entry.state(inputKind(plan), plan.options ?? {});
}

function madeBy({
  aggregate,
  version,
  options,
}: Pick<StoredWindowPlan, "aggregate" | "version"> & {
  readonly options?: Constants | undefined;
}): Omit<StateLayout, "input"> {
  return { aggregate, version, ...(options === undefined ? {} : { options }) };
}

/**
 * The code of a state.
 * @throws TondoError `GROUP_NOT_MATERIALIZED` where this program has no such aggregate
 */
export function codeOf({ aggregate, version, input, options }: StateLayout): AggregateCode {
  const entry = aggregates.get(aggregate);
  if (entry?.version !== version) {
    throw new TondoError(
      "GROUP_NOT_MATERIALIZED",
      `this program has no aggregate "${aggregate}" of version ${String(version)}`,
      { hint: "The group was materialized by another version of Tondo: materialize it again." },
    );
  }
  return entry.code(input, options ?? {});
}

/** What a tile of a hop holds. */
export function tileShape(hop: HopLayout): TileShape {
  let numbers = 0;
  const values: ValueKind[] = [];
  for (const state of hop.states) {
    const { shape, stored } = codeOf(state);
    numbers += shape.numbers;
    const kind = stored !== undefined || state.input === "string" ? "string" : "int";
    for (let i = 0; i < shape.values; i++) values.push(kind);
  }
  return { numbers, values };
}

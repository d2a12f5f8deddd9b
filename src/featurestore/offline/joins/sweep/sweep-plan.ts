import { canonicalJson, parseTypeName, type ValueKind } from "../../../../core/index.ts";
import {
  type AggregateCode,
  aggregates,
  type ExpressionPlan,
  type SlideRule,
  slideRuleOf,
  type StoredWindowPlan,
} from "../../../../dsl/index.ts";
import { kindOfInput } from "../../sources/source-relation.ts";
import type { Window } from "../window-states.ts";

/** A stretch of time that states are over. */
export interface SweptWindow {
  readonly over: number;
  readonly hop: number;
  /** Which of a row's questions it answers: see {@link SweepPlan.horizons}. */
  readonly horizon: number;
}

/** A state that is kept while rows and events pass by, with what is made of it. */
export interface SweptState {
  readonly rule: SlideRule;
  /** Places in the plan's lists; without an input rows are counted. */
  readonly input: number | undefined;
  readonly where: number | undefined;
  readonly window: number;
  readonly results: readonly { readonly output: number; readonly code: AggregateCode }[];
}

/** What a sweep computes: equal inputs, conditions and states once. */
export interface SweepPlan {
  /** Columns of the relation, such as `x0`; `of` names the source's column that one is as it stands. */
  readonly inputs: readonly { readonly column: string; readonly kind: ValueKind; readonly of?: string }[];
  readonly wheres: readonly string[];
  readonly windows: readonly SweptWindow[];
  readonly states: readonly SweptState[];
  readonly outputs: readonly { readonly column: string; readonly kind: ValueKind }[];
  readonly direction: "back" | "next";
  /**
   * How far behind a row's moment its questions lie, microseconds: 0 looking back; looking forward the ends of its
   * windows, each of which is asked about when it has come.
   */
  readonly horizons: readonly number[];
  /** Whether the order of rows of one time decides a result. */
  readonly ordered: boolean;
}

/** Plans the sweep of a join's windows. */
export function sweepPlan(windows: readonly Window[], direction: "back" | "next"): SweepPlan {
  const inputs = new Numbered<SweepPlan["inputs"][number]>();
  const wheres = new Numbered<string>();
  const stretches = new Numbered<SweptWindow>();
  const horizons = new Numbered<number>();
  const states = new Numbered<Omit<SweptState, "results"> & { readonly results: SweptState["results"][number][] }>();
  for (const [output, { plan, index }] of windows.entries()) {
    const horizon = direction === "back" ? 0 : plan.over;
    const window = { over: plan.over, hop: plan.hop, horizon: horizons.place(horizon, horizon) };
    const kind = kindOfInput(plan);
    const { rule, name } = ruleOf(plan);
    const parts = {
      input:
        plan.input === undefined || kind === "rows"
          ? undefined
          : inputs.place(plan.input, { column: `x${String(index)}`, kind, ...sourceColumn(plan.input) }),
      where: plan.where === undefined ? undefined : wheres.place(plan.where, `w${String(index)}`),
      window: stretches.place(window, window),
    };
    const id = { ...parts, input: parts.input ?? null, where: parts.where ?? null, kind, name };
    states.at(states.place(id, { rule, ...parts, results: [] })).results.push({ output, code: rule.code });
  }
  return {
    inputs: inputs.all,
    wheres: wheres.all,
    windows: stretches.all,
    states: states.all,
    outputs: windows.map(({ plan, column }) => ({ column, kind: parseTypeName(plan.type).kind })),
    direction,
    horizons: horizons.all,
    ordered: states.all.some(({ rule }) => rule.by === "latest" || (rule.by === "best" && rule.ordered === true)),
  };
}

function sourceColumn(input: ExpressionPlan): { readonly of?: string } {
  return input.node === "column" ? { of: input.name } : {};
}

function ruleOf(plan: StoredWindowPlan): { readonly rule: SlideRule; readonly name: string } {
  const entry = aggregates.get(plan.aggregate);
  if (entry === undefined) throw new Error(`no aggregate "${plan.aggregate}"`);
  const [kind, options] = [kindOfInput(plan), plan.options ?? {}];
  return { rule: slideRuleOf(entry, kind, options), name: entry.state(kind, options) };
}

/** Things in the order in which they first came, equal ones once. */
class Numbered<T> {
  readonly all: T[] = [];
  readonly #places: Map<string, number> = new Map<string, number>();

  place(id: object | number, one: T): number {
    const text = canonicalJson(id);
    const place = this.#places.get(text) ?? this.all.push(one) - 1;
    this.#places.set(text, place);
    return place;
  }

  at(place: number): T {
    const one = this.all[place];
    if (one === undefined) throw new Error(`nothing stands at ${String(place)}`);
    return one;
  }
}

import { formatDuration, hopOf, typeName, type ValueKind } from "../../core/index.ts";
import { type Aggregate, aggregates, composedAggregates, scalarFunctions } from "../functions/index.ts";
import type { ExpressionPlan, StoredWindowPlan } from "../plan/index.ts";
import type { CallExpression, WindowClause } from "../syntax/index.ts";
import { aggregateOptions } from "./aggregate-options.ts";
import { checkExpression } from "./check-expression.ts";
import { columnScope } from "./check-source.ts";
import { typeOf, widened } from "./resolve-call.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";
import type { CheckedSource } from "./symbols.ts";

/** A stored window that has no name yet. */
export type WindowPlan = Omit<StoredWindowPlan, "name">;

/** What an aggregate is written in: a group from a source, with the step that the group asks for, if any. */
export interface AggregatePlace {
  readonly source: CheckedSource;
  readonly hop: number | undefined;
  readonly report: Report;
  /** Stores a window, all of a feature or a part of one, and gives the reference to it. */
  readonly store: (plan: WindowPlan, part: boolean) => ExpressionPlan;
}

/** Checks the call of an aggregate in a group, and stores the windows that it comes to. */
export function checkAggregate(call: CallExpression, place: AggregatePlace): ExpressionPlan | undefined {
  const { report } = place;
  const { plan: source, schema } = place.source;
  const name = call.name.text;
  const entry = aggregates.get(name);
  if (source.kind !== "events") {
    return report.error(
      "aggregate-here",
      `"${source.name}" is a ${source.kind}: windows are over events`,
      call.span,
      "a state has one row a key: name the column itself",
    );
  }
  const { window } = call;
  if (window === undefined) {
    return report.error(
      "missing-over",
      `the aggregate "${name}" needs a window`,
      call.span,
      `write ${name}(${call.args.length === 0 ? "" : "..."}) over 7d`,
    );
  }
  if (window.micros < 1_000_000) return report.error("bad-duration", "a window is at least 1s long", window.span);
  const scope = columnScope(source.name, schema, report);
  const inputs: ExpressionPlan[] = [];
  // What has no name: the value first, then options in their order. Aggregates made of others take values only.
  const unnamed = call.args.filter((arg) => arg.name === undefined);
  const values = entry === undefined ? unnamed.length : 1;
  const options = aggregateOptions(name, entry, unnamed.slice(values), call, report);
  if (options === undefined) return undefined;
  for (const { value } of unnamed.slice(0, values)) {
    const input = checkExpression(value, scope, report);
    if (input === undefined) return undefined;
    inputs.push(input);
  }
  const where = checkWhere(window, place);
  if (where === undefined) return undefined;
  const hop = checkHop(window, place);
  if (hop === undefined) return undefined;
  const common: WindowFrame = {
    ...where,
    over: window.micros,
    hop,
    direction: window.next ? "next" : "back",
  };
  if (entry === undefined) return composed(call, inputs, common, place);
  const [input] = inputs;
  const plan = windowPlan(entry, input, options, common);
  return plan === undefined ? wrongInput(entry, input, call, report) : place.store(plan, false);
}

type WindowFrame = Pick<WindowPlan, "where" | "over" | "hop" | "direction">;

function windowPlan(
  entry: Aggregate,
  input: ExpressionPlan | undefined,
  options: WindowPlan["options"],
  frame: WindowFrame,
): WindowPlan | undefined {
  const kind = input === undefined ? "rows" : typeOf(input).kind;
  const result = entry.takes[kind];
  if (result === undefined) return undefined;
  const own = input === undefined ? undefined : widened(input, kind as ValueKind);
  return {
    kind: "window",
    type: typeName({ kind: result, optional: entry.optional }),
    aggregate: entry.name,
    version: entry.version,
    ...(options === undefined || Object.keys(options).length === 0 ? {} : { options }),
    ...(own === undefined ? {} : { input: own }),
    ...frame,
  };
}

/** An aggregate that is made of others: which, and how, its entry says. */
function composed(
  call: CallExpression,
  inputs: readonly ExpressionPlan[],
  frame: WindowFrame,
  { report, store }: AggregatePlace,
): ExpressionPlan | undefined {
  const entry = composedAggregates.get(call.name.text);
  const form = entry?.forms.find(
    ({ takes }) => takes.length === inputs.length && inputs.every((input, i) => accepts(takes[i], input)),
  );
  if (entry === undefined || form === undefined) {
    return report.error(
      "wrong-arguments",
      `"${call.name.text}" does not take (${inputs.map((input) => typeOf(input).kind).join(", ")})`,
      call.span,
      `it is called as ${entry?.forms.map(({ written }) => written).join(" or ") ?? ""}`,
    );
  }
  const stored: ExpressionPlan[] = [];
  for (const [i, { aggregate, kind }] of form.parts.entries()) {
    const part = aggregates.get(aggregate);
    const input = inputs[i] === undefined ? undefined : widened(inputs[i], kind);
    const plan = part === undefined ? undefined : windowPlan(part, input, undefined, frame);
    if (plan === undefined) return undefined;
    stored.push(store(plan, form.combine !== undefined));
  }
  if (form.combine === undefined) return stored[0];
  const { function: name, type } = form.combine;
  const version = scalarFunctions.get(name)?.version;
  return version === undefined ? undefined : { node: "call", type, function: name, version, args: stored };
}

function accepts(kinds: readonly ValueKind[] | undefined, input: ExpressionPlan): boolean {
  return kinds?.includes(typeOf(input).kind) ?? false;
}

function wrongInput(
  entry: Aggregate,
  input: ExpressionPlan | undefined,
  call: CallExpression,
  report: Report,
): undefined {
  const takes = Object.keys(entry.takes)
    .filter((kind) => kind !== "rows")
    .join(", ");
  return report.error(
    "wrong-type",
    input === undefined ? `"${entry.name}" needs a value` : `"${entry.name}" does not take a ${typeOf(input).kind}`,
    call.span,
    `it takes ${takes}`,
  );
}

const nested = "an aggregate stands in a group's feature, and not inside another";
const outOfWhere =
  "`where` reaches as far as `or`: put the first in brackets, (count() over 1d where x > 1) / count() over 1d, or write ratio(x > 1) over 1d";

/** The condition of a window as a part of its plan; `undefined` where it has an error. */
function checkWhere(window: WindowClause, { source, report }: AggregatePlace): Pick<WindowPlan, "where"> | undefined {
  if (window.where === undefined) return {};
  const scope: Scope = {
    ...columnScope(source.plan.name, source.schema, report),
    aggregate: (call) => report.error("nested-aggregate", nested, call.span, outOfWhere),
  };
  const where = checkExpression(window.where, scope, report);
  if (where === undefined) return undefined;
  if (typeOf(where).kind === "bool") return { where };
  return report.error(
    "wrong-type",
    `\`where\` is a condition, and this is of type ${typeOf(where).kind}`,
    window.where.span,
    "compare it with something",
  );
}

function checkHop(window: WindowClause, { hop, report }: AggregatePlace): number | undefined {
  const usual = hopOf(window.micros);
  if (hop === undefined || hop <= usual) return hop ?? usual;
  return report.error(
    "bad-hop",
    "`hop` may make a window's step smaller, not larger",
    window.span,
    `the step of this window is ${formatDuration(usual)}`,
  );
}

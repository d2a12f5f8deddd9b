import { canonicalJson, hopOf, type Json, typeName } from "../../core/index.ts";
import { aggregates } from "../functions/index.ts";
import {
  columnsOf,
  type ExpressionPlan,
  type FeaturePlan,
  type GroupPlan,
  type StoredPlan,
  walk,
} from "../plan/index.ts";
import type { CallExpression, Definition, GroupDeclaration } from "../syntax/index.ts";
import { checkExpression } from "./check-expression.ts";
import { columnOf, columnScope } from "./check-source.ts";
import { typeOf, widened } from "./resolve-call.ts";
import { didYouMean, type Report } from "./report.ts";
import type { Scope } from "./scope.ts";
import { type CheckedSource, checkName, type Symbols } from "./symbols.ts";

/** A feature group: its key, what it stores, and its features over that. */
export function checkGroup(declaration: GroupDeclaration, symbols: Symbols, report: Report): GroupPlan | undefined {
  if (!checkName("a group", declaration.name, report)) return undefined;
  const source = sourceOf(declaration, symbols, report);
  const key = checkKey(declaration, symbols, report, source);
  if (source === undefined || key === undefined) return undefined;
  const settings = properties(declaration, source, report);
  if (settings === undefined) return undefined;
  const body = new GroupBody(declaration, source, settings.hop, report);
  const features = declaration.definitions.flatMap((definition) => body.feature(definition.name.text) ?? []);
  if (declaration.definitions.length === 0) {
    return report.error("empty-group", `the group "${declaration.name.text}" has no features`, declaration.name.span);
  }
  const { stored } = body;
  const reads = columnsOf(
    ...stored.map((plan): ExpressionPlan | undefined =>
      plan.kind === "column" ? { node: "column", name: plan.column, type: plan.type } : plan.input,
    ),
    ...stored.map((plan) => (plan.kind === "window" ? plan.where : undefined)),
  );
  return {
    entity: declaration.entity.text,
    name: declaration.name.text,
    source: source.plan.name,
    key,
    ...(settings.ttl === undefined ? {} : { ttl: settings.ttl }),
    reads,
    stored,
    features,
  };
}

function sourceOf(declaration: GroupDeclaration, symbols: Symbols, report: Report): CheckedSource | undefined {
  const { text, span } = declaration.source;
  if (!symbols.sourceDeclarations.has(text)) {
    return report.error(
      "unknown-source",
      `there is no source "${text}"`,
      span,
      didYouMean(text, symbols.sourceDeclarations.keys()),
    );
  }
  // A source that is declared but absent here has its own error.
  return symbols.sources.get(text);
}

function checkKey(
  declaration: GroupDeclaration,
  symbols: Symbols,
  report: Report,
  source: CheckedSource | undefined,
): readonly ExpressionPlan[] | undefined {
  const { text, span } = declaration.entity;
  if (!symbols.entityDeclarations.has(text)) {
    return report.error(
      "unknown-entity",
      `there is no entity "${text}"`,
      span,
      didYouMean(text, symbols.entityDeclarations.keys()),
    );
  }
  const entity = symbols.entities.get(text);
  if (entity === undefined || source === undefined) return undefined;
  if (entity.key.length !== declaration.by.length) {
    const columns = entity.key.map((column) => column.name).join(", ");
    return report.error(
      "wrong-key",
      `the key of "${text}" is (${columns}): \`by\` takes ${String(entity.key.length)}, not ${String(declaration.by.length)}`,
      declaration.by[0]?.value.span ?? span,
    );
  }
  const scope = columnScope(source.plan.name, source.schema, report);
  const key: ExpressionPlan[] = [];
  for (const [i, { value, as }] of declaration.by.entries()) {
    const column = entity.key[i];
    const plan = checkExpression(value, scope, report);
    if (column === undefined || plan === undefined) return undefined;
    if (as !== undefined && as.text !== column.name) {
      return report.error("wrong-key", `the key column of "${text}" is "${column.name}"`, as.span);
    }
    if (typeOf(plan).kind !== column.type) {
      return report.error(
        "wrong-type",
        `the key column "${column.name}" is of type ${column.type}, and this is a ${typeOf(plan).kind}`,
        value.span,
      );
    }
    key.push(plan);
  }
  return key;
}

function properties(
  declaration: GroupDeclaration,
  source: CheckedSource,
  report: Report,
): { readonly ttl?: number; readonly hop?: number } | undefined {
  const found: { ttl?: number; hop?: number } = {};
  for (const { name, value, span } of declaration.properties) {
    if (typeof value !== "number" || name === "sla") continue;
    if (name === "ttl" && source.plan.kind !== "snapshot") {
      return report.error(
        "misplaced-property",
        "`ttl` is for groups from a snapshot",
        span,
        source.plan.kind === "events" ? "windows say themselves how far they look back" : "a table has no time",
      );
    }
    if (name === "hop" && source.plan.kind !== "events")
      return report.error("misplaced-property", "`hop` is for groups from events", span);
    if (value <= 0) return report.error("bad-duration", `\`${name}\` is longer than 0`, span);
    if (name === "ttl") found.ttl = value;
    else found.hop = value;
  }
  return found;
}

/** The features of one group, checked as they are needed by each other. */
class GroupBody {
  readonly stored: StoredPlan[] = [];
  readonly #source: CheckedSource;
  readonly #hop: number | undefined;
  readonly #report: Report;
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #features: Map<string, FeaturePlan | undefined> = new Map<string, FeaturePlan | undefined>();
  readonly #open: string[] = [];

  constructor(declaration: GroupDeclaration, source: CheckedSource, hop: number | undefined, report: Report) {
    this.#source = source;
    this.#hop = hop;
    this.#report = report;
    const definitions = new Map<string, Definition>();
    for (const definition of declaration.definitions) {
      const { name } = definition;
      if (definitions.has(name.text)) report.error("duplicate", `the feature "${name.text}" stands twice`, name.span);
      else definitions.set(name.text, definition);
    }
    this.#definitions = definitions;
  }

  /** The feature of that name; absent where it has an error. */
  feature(name: string): FeaturePlan | undefined {
    if (this.#features.has(name)) return this.#features.get(name);
    const definition = this.#definitions.get(name);
    if (definition === undefined) return undefined;
    this.#open.push(name);
    const feature = this.#check(definition);
    this.#open.pop();
    this.#features.set(name, feature);
    return feature;
  }

  #check(definition: Definition): FeaturePlan | undefined {
    const { name, value } = definition;
    if (!checkName("a feature", name, this.#report)) return undefined;
    const plan =
      value === undefined ? this.#column(definition) : checkExpression(value, this.#scope(name.text), this.#report);
    if (plan === undefined) return undefined;
    const forward = [...walk(plan)].some((node) => {
      if (node.node !== "stored") return false;
      const stored = this.stored.find((candidate) => candidate.name === node.name);
      return stored?.kind === "window" && stored.direction === "next";
    });
    return { name: name.text, type: plan.type, forward, value: plan };
  }

  #column({ name }: Definition): ExpressionPlan | undefined {
    if (this.#source.plan.kind === "events") {
      return this.#report.error(
        "bare-column",
        "events have many rows a key: a feature says how to aggregate them",
        name.span,
        `write ${name.text} = last(${name.text}) over 7d, say`,
      );
    }
    return this.#storeColumn(columnOf(this.#source.plan.name, this.#source.schema, name, this.#report));
  }

  #storeColumn(column: ExpressionPlan | undefined): ExpressionPlan | undefined {
    if (column?.node !== "column") return undefined;
    const name = column.name;
    if (!this.stored.some((stored) => stored.name === name)) {
      this.stored.push({ kind: "column", name, type: column.type, column: name });
    }
    return { node: "stored", type: column.type, name };
  }

  #scope(own: string): Scope {
    const report = this.#report;
    const { name: source, kind } = this.#source.plan;
    return {
      // A feature is stored for all requests alike: what depends on the moment belongs into a vector.
      now: false,
      name: (identifier) => {
        const { text, span } = identifier;
        if (this.#definitions.has(text) && text !== own) {
          if (this.#open.includes(text)) {
            return report.error(
              "cycle",
              `"${text}" is made from itself: ${[...this.#open.slice(this.#open.indexOf(text)), text].join(" -> ")}`,
              span,
            );
          }
          return this.feature(text)?.value;
        }
        if (kind !== "events") return this.#storeColumn(columnOf(source, this.#source.schema, identifier, report));
        if (text === own) return report.error("cycle", `"${text}" is made from itself`, span);
        const hint = Object.hasOwn(this.#source.schema, text)
          ? `"${text}" is a column of ${source}: it stands inside an aggregate, such as last(${text}) over 7d`
          : didYouMean(text, this.#definitions.keys());
        return report.error("unknown-name", `the group has no feature "${text}"`, span, hint);
      },
      reference: (reference) =>
        report.error(
          "reference-here",
          "a group knows its own features only",
          reference.span,
          "features of several groups meet in a vector",
        ),
      aggregate: (call) => this.#aggregate(call, own),
      fitted: (call) =>
        report.error(
          "fitted-here",
          `"${call.name.text}" is fitted on training rows: it stands in a vector only`,
          call.span,
        ),
    };
  }

  #aggregate(call: CallExpression, own: string): ExpressionPlan | undefined {
    const report = this.#report;
    const { window } = call;
    const entry = aggregates.get(call.name.text);
    if (window === undefined || entry === undefined) return undefined;
    const { plan: source, schema } = this.#source;
    if (source.kind !== "events") {
      return report.error("aggregate-here", `"${source.name}" is a ${source.kind}: windows are over events`, call.span);
    }
    if (window.micros < 1_000_000) return report.error("bad-duration", "a window is at least 1s long", window.span);
    const scope = columnScope(source.name, schema, report);
    const [first, second] = call.args;
    if (second !== undefined || first?.name !== undefined) {
      return report.error("wrong-arguments", `"${entry.name}" takes one value`, call.span);
    }
    const input = first === undefined ? undefined : checkExpression(first.value, scope, report);
    if (first !== undefined && input === undefined) return undefined;
    const where = window.where === undefined ? undefined : checkExpression(window.where, scope, report);
    if (window.where !== undefined) {
      if (where === undefined) return undefined;
      if (typeOf(where).kind !== "bool") return report.error("wrong-type", "`where` is a condition", window.where.span);
    }
    const kind = input === undefined ? "rows" : typeOf(input).kind;
    const result = entry.takes[kind];
    if (result === undefined) {
      const takes = Object.keys(entry.takes)
        .filter((name) => name !== "rows")
        .join(", ");
      return report.error(
        "wrong-type",
        input === undefined ? `"${entry.name}" needs a value` : `"${entry.name}" does not take a ${kind}`,
        call.span,
        `it takes ${takes}`,
      );
    }
    const checkedInput = input === undefined ? undefined : widened(input, kind as typeof result);
    const hop = Math.min(this.#hop ?? Infinity, hopOf(window.micros));
    if (this.#hop !== undefined && this.#hop > hopOf(window.micros)) {
      return report.error("bad-hop", "`hop` may make a window's step smaller, not larger", window.span);
    }
    const whole = this.#definitions.get(own)?.value === call;
    const plan: Omit<Extract<StoredPlan, { kind: "window" }>, "name"> = {
      kind: "window",
      type: typeName({ kind: result, optional: entry.optional }),
      aggregate: entry.name,
      version: entry.version,
      ...(checkedInput === undefined ? {} : { input: checkedInput }),
      ...(where === undefined ? {} : { where }),
      over: window.micros,
      hop,
      direction: window.next ? "next" : "back",
    };
    return { node: "stored", type: plan.type, name: this.#store(plan, own, whole) };
  }

  /** Stores a window once, under the feature's name where it is all of it. */
  #store(plan: Omit<Extract<StoredPlan, { kind: "window" }>, "name">, own: string, whole: boolean): string {
    const same = this.stored.find((stored) => {
      const { name: _name, ...rest } = stored;
      return canonicalJson(rest as unknown as Json) === canonicalJson(plan as unknown as Json);
    });
    if (same !== undefined) return same.name;
    let name = own;
    for (
      let n = 1;
      !whole && (this.#definitions.has(name) || this.stored.some((stored) => stored.name === name));
      n++
    ) {
      name = `${own}_${String(n)}`;
    }
    this.stored.push({ ...plan, name });
    return name;
  }
}

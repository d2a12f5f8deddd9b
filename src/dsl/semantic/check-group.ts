import { durationUnits, formatDuration } from "../../core/index.ts";
import { columnsOf, type ExpressionPlan, type GroupPlan } from "../plan/index.ts";
import { didYouMean, type GroupDeclaration } from "../syntax/index.ts";
import { checkExpression } from "./check-expression.ts";
import { columnScope } from "./check-source.ts";
import { groupFeatures } from "./group-features.ts";
import { planLimits, planSize } from "./plan-size.ts";
import { checkProperties } from "./properties.ts";
import { typeOf } from "./resolve-call.ts";
import type { Report } from "./report.ts";
import { type CheckedSource, checkName, isBroken, type Symbols } from "./symbols.ts";

/** A feature group: its key, what it stores, and its features over that. */
export function checkGroup(declaration: GroupDeclaration, symbols: Symbols, report: Report): GroupPlan | undefined {
  if (!checkName("a group", declaration.name, report)) return undefined;
  const source = sourceOf(declaration, symbols, report);
  const key = checkKey(declaration, symbols, report, source);
  if (source === undefined || key === undefined) return undefined;
  const settings = settingsOf(declaration, source, report);
  if (settings === undefined) return undefined;
  if (declaration.definitions.length === 0) {
    return report.error(
      "empty-group",
      `the group "${declaration.name.text}" has no features`,
      declaration.name.span,
      source.plan.kind === "events" ? "a feature is a line such as n_1h = count() over 1h" : "name the columns to keep",
    );
  }
  const { stored, features } = groupFeatures(declaration, source, settings.hop, report);
  const total = features.reduce((sum, { value }) => sum + planSize(value).nodes, 0);
  if (total > planLimits.total) {
    const message = `the features of "${declaration.name.text}" come to ${String(total)} steps, of ${String(planLimits.total)} allowed`;
    return report.error("too-large", message, declaration.name.span, "make two groups of it");
  }
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
    if (isBroken(symbols, "source", text)) return undefined;
    return report.error(
      "unknown-source",
      `there is no source "${text}"`,
      span,
      () => didYouMean(text, symbols.sourceDeclarations.keys()) ?? "sources are events, snapshot or table",
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
    if (isBroken(symbols, "entity", text)) return undefined;
    return report.error(
      "unknown-entity",
      `there is no entity "${text}"`,
      span,
      () => didYouMean(text, symbols.entityDeclarations.keys()) ?? `declare it: entity ${text} (${text}_id: string)`,
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
      "one value for each key column, in its order",
    );
  }
  const scope = columnScope(source.plan.name, source.schema, report);
  const key: ExpressionPlan[] = [];
  for (const [i, { value, as }] of declaration.by.entries()) {
    const column = entity.key[i];
    const plan = checkExpression(value, scope, report);
    if (column === undefined || plan === undefined) return undefined;
    if (as !== undefined && as.text !== column.name) {
      return report.error(
        "wrong-key",
        `the key column of "${text}" is "${column.name}"`,
        as.span,
        `write as ${column.name}, or leave it out`,
      );
    }
    if (typeOf(plan).kind !== column.type) {
      return report.error(
        "wrong-type",
        `the key column "${column.name}" is of type ${column.type}, and this of type ${typeOf(plan).kind}`,
        value.span,
        "the same key has the same type everywhere: change the entity, or the column's type",
      );
    }
    key.push(plan);
  }
  return key;
}

/** Steps by which windows may move: each divides the next, so that coarse tiles are made of finer ones. */
const hops: readonly number[] = [1, 10, 60, 300, 3600, 86_400].map((seconds) => seconds * durationUnits.s);

function settingsOf(
  { properties }: GroupDeclaration,
  { plan: { kind } }: CheckedSource,
  report: Report,
): { readonly ttl?: number; readonly hop?: number } | undefined {
  const hint = kind === "events" ? "windows say themselves how far they look back" : `this group is from a ${kind}`;
  const own = kind === "events" ? (["hop"] as const) : kind === "snapshot" ? (["ttl"] as const) : [];
  if (!checkProperties(properties, ["owner", "description", "sla", ...own], report, hint)) return undefined;
  const durationOf = (name: "ttl" | "hop"): number | undefined =>
    properties.flatMap((property) =>
      property.name === name && typeof property.value === "number" ? [property.value] : [],
    )[0];
  const ttl = durationOf("ttl");
  const hop = durationOf("hop");
  if (hop !== undefined && !hops.includes(hop)) {
    const span = properties.find(({ name }) => name === "hop")?.span;
    return report.error(
      "bad-hop",
      `windows do not move by ${formatDuration(hop)}`,
      span ?? { file: "", start: 0, end: 0, line: 1, column: 1 },
      `\`hop\` is one of ${hops.map(formatDuration).join(", ")}`,
    );
  }
  return { ...(ttl === undefined ? {} : { ttl }), ...(hop === undefined ? {} : { hop }) };
}

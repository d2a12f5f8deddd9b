import { formatDuration, type Span, type TypeName } from "../../core/index.ts";
import {
  type ExpressionPlan,
  type GroupPlan,
  parts,
  type ReadPlan,
  type StoredPlan,
  type StoredRefPlan,
} from "../plan/index.ts";
import type { Places } from "../semantic/index.ts";
import { writtenName } from "../syntax/index.ts";
import { expressionText, functionText, optionTexts } from "./expression-text.ts";

/** A node of a plan as people read it. */
export interface PlanNode {
  readonly label: string;
  readonly type?: TypeName;
  /** `file:line`; absent where it is its parent's. */
  readonly place?: string;
  readonly children: readonly PlanNode[];
}

/** Where the values that a plan's stored leaves name come from. */
export interface TreeContext {
  readonly places: Places;
  /** The read of that id; none in a group, where a leaf has the stored value's own name. */
  readonly read: (name: string) => ReadPlan | undefined;
  readonly stored: (leaf: StoredRefPlan) => { readonly group: GroupPlan; readonly stored: StoredPlan } | undefined;
}

/** @example `features.tondo:65` */
export function placeText({ file, line }: Span): string {
  return `${file}:${String(line)}`;
}

/** The tree of an expression: functions over their arguments, down to windows over the columns of sources. */
export function planTree(plan: ExpressionPlan, context: TreeContext, parent = ""): PlanNode {
  const span = context.places.expressions.get(plan);
  const place = span === undefined ? parent : placeText(span);
  const child = (part: ExpressionPlan): PlanNode => planTree(part, context, place);
  return {
    label: labelOf(plan, context),
    type: plan.type,
    ...(place === parent || place === "" ? {} : { place }),
    children: plan.node === "stored" ? storedChildren(plan, context, place) : parts(plan).map(child),
  };
}

function labelOf(plan: ExpressionPlan, { read, stored }: TreeContext): string {
  switch (plan.node) {
    case "literal":
      return expressionText(plan);
    case "column":
      return `column ${writtenName(plan.name)}`;
    case "now":
      return "now, the moment of the request";
    case "stored": {
      const own = stored(plan);
      const asked = read(plan.name);
      const name = own === undefined ? plan.name : `${own.group.entity}:${own.group.name} ${own.stored.name}`;
      if (asked === undefined) return `stored ${name}`;
      const isPlain = asked.key.every(({ node }) => node === "column");
      return `stored ${name} [${isPlain ? keyText(asked, read) : "computed key"}]`;
    }
    case "fitted":
      return `${functionText(plan)}, fitted as ${[plan.fit, ...optionTexts(plan.options)].join(", ")}`;
    case "call":
      return [
        functionText(plan),
        ...(plan.user === undefined ? [] : [`(the project's own, version ${String(plan.version)})`]),
        ...optionTexts(plan.options),
      ].join(" ");
  }
}

/** The key of a read as it would be written: names of keys and inputs, or what they are computed by. */
export function keyText({ key }: ReadPlan, read: TreeContext["read"]): string {
  const stored = ({ name }: StoredRefPlan): string => {
    const inner = read(name);
    return inner === undefined ? name : readText(inner, read);
  };
  return key.map((column) => expressionText(column, stored)).join(", ");
}

/** A read as it would be written, were stored values features: `@airport:place:lat[origin]`. */
export function readText(asked: ReadPlan, read: TreeContext["read"]): string {
  return `@${asked.entity}:${asked.group}:${asked.stored}[${keyText(asked, read)}]`;
}

function storedChildren(leaf: StoredRefPlan, context: TreeContext, place: string): readonly PlanNode[] {
  const found = context.stored(leaf);
  const computed = (context.read(leaf.name)?.key ?? []).filter(({ node }) => node !== "column");
  const keys = computed.map((key) => labelled("key", key, context, place));
  if (found === undefined) return keys;
  const { stored, group } = found;
  if (stored.kind === "column") {
    return [{ label: `column ${stored.column} of ${group.source}`, type: stored.type, children: [] }, ...keys];
  }
  const window = {
    label: `${[stored.aggregate, ...optionTexts(stored.options)].join(" ")} over ${stored.direction === "next" ? "next " : ""}${formatDuration(stored.over)} of ${group.source}, in steps of ${formatDuration(stored.hop)}`,
    type: stored.type,
    children: [
      ...(stored.input === undefined ? [] : [planTree(stored.input, context, place)]),
      ...(stored.where === undefined ? [] : [labelled("where", stored.where, context, place)]),
    ],
  };
  return [window, ...keys];
}

function labelled(word: string, plan: ExpressionPlan, context: TreeContext, place: string): PlanNode {
  const tree = planTree(plan, context, place);
  return { ...tree, label: `${word} ${tree.label}` };
}

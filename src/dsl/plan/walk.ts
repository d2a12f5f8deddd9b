import type { ExpressionPlan } from "./expression-plan.ts";

/** The direct parts of an expression. */
export function parts(expression: ExpressionPlan): readonly ExpressionPlan[] {
  return expression.node === "call" ? expression.args : expression.node === "fitted" ? [expression.arg] : [];
}

/** An expression and all its parts, outer first. */
export function* walk(expression: ExpressionPlan): Generator<ExpressionPlan> {
  yield expression;
  for (const part of parts(expression)) yield* walk(part);
}

/** The names of the columns that some expressions read, sorted. */
export function columnsOf(...expressions: readonly (ExpressionPlan | undefined)[]): readonly string[] {
  const names = new Set<string>();
  for (const expression of expressions) {
    if (expression === undefined) continue;
    for (const node of walk(expression)) if (node.node === "column") names.add(node.name);
  }
  return [...names].sort();
}

/** The same expression with some of its leaves replaced; `undefined` leaves one as it is. */
export function replaceLeaves(
  expression: ExpressionPlan,
  replace: (leaf: ExpressionPlan) => ExpressionPlan | undefined,
): ExpressionPlan {
  switch (expression.node) {
    case "call":
      return { ...expression, args: expression.args.map((arg) => replaceLeaves(arg, replace)) };
    case "fitted":
      return { ...expression, arg: replaceLeaves(expression.arg, replace) };
    default:
      return replace(expression) ?? expression;
  }
}

/** The names of the stored values that some expressions read, each once: of a read's key, the ids of the reads that come first. */
export function storedNames(...expressions: readonly ExpressionPlan[]): readonly string[] {
  const names = new Set<string>();
  for (const expression of expressions) {
    for (const node of walk(expression)) if (node.node === "stored") names.add(node.name);
  }
  return [...names];
}

/** The ids of what some values read, and of what the keys of that read; `keyOf` gives the key of the read of an id. */
export function readIds(
  values: readonly ExpressionPlan[],
  keyOf: (id: string) => readonly ExpressionPlan[],
): ReadonlySet<string> {
  const ids = new Set<string>();
  const visited = new Set<ExpressionPlan>();
  const left = [...values];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (visited.has(value)) continue;
    visited.add(value);
    for (const id of storedNames(value)) {
      if (ids.has(id)) continue;
      ids.add(id);
      left.push(...keyOf(id));
    }
  }
  return ids;
}

/** Whether a key is computed from features, and not from the request alone: it can be read only after those are. */
export function isSecondHop(key: readonly ExpressionPlan[]): boolean {
  return storedNames(...key).length > 0;
}

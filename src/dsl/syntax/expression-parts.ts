import type { Expression } from "./ast.ts";

/** The direct parts of an expression as it is written: arguments, items, parts of a key. The condition of a window is none of them. */
export function expressionParts(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "call":
      return expression.args.map(({ value }) => value);
    case "list":
      return expression.items;
    case "reference":
      return expression.key ?? [];
    default:
      return [];
  }
}

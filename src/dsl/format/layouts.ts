import { isNode, type SyntaxPart } from "../syntax/index.ts";
import { declarationLayouts } from "./declaration-layouts.ts";
import type { Document } from "./document.ts";
import { expressionLayouts } from "./expression-layouts.ts";
import { type Layout, tokenDocument } from "./layout.ts";

/** How each rule of the grammar is laid out. */
export const layouts: ReadonlyMap<string, Layout> = new Map(
  Object.entries({ ...expressionLayouts, ...declarationLayouts }),
);

/** Lays out a part of the tree. @throws Error for a rule that has no layout: a defect */
export function documentOf(part: SyntaxPart): Document {
  if (!isNode(part)) return tokenDocument(part);
  const layout = layouts.get(part.rule);
  if (layout === undefined) throw new Error(`format: no layout for ${part.rule}`);
  return layout(part, documentOf);
}

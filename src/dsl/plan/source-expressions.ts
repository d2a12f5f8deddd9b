import { TondoError } from "../../core/index.ts";
import type { ExpressionPlan } from "./expression-plan.ts";
import type { GroupPlan, SourcePlan } from "./plan.ts";

/** An expression that a group computes of the rows of all places of its source. */
export interface SourceExpression {
  /** The name of its column, safe in SQL as it stands: `key0`, `t`, `x3`. */
  readonly name: string;
  readonly value: ExpressionPlan;
  /** What it is for, in words: `key`, `where of late_6h`. */
  readonly what: string;
}

/** What a group computes from its source's columns; `known` besides, which each place has its own. */
export function* sourceExpressions(group: GroupPlan, source: SourcePlan): Generator<SourceExpression> {
  for (const [i, value] of group.key.entries()) yield { name: `key${String(i)}`, what: "key", value };
  if (source.at !== undefined) yield { name: "t", what: "at", value: source.at };
  for (const [i, value] of (source.id ?? []).entries()) yield { name: `id${String(i)}`, what: "id", value };
  if (source.deleted !== undefined) yield { name: "gone", what: "deleted", value: source.deleted };
  for (const [i, name] of group.reads.entries()) {
    const type = source.columns[name];
    if (type === undefined)
      throw new TondoError("INTERNAL", `the plan of source ${source.name} lacks the column ${name}`);
    yield { name: `r${String(i)}`, what: name, value: { node: "column", type, name } };
  }
  for (const [i, stored] of group.stored.entries()) {
    if (stored.kind !== "window") continue;
    const { name, input, where } = stored;
    if (input !== undefined) yield { name: `x${String(i)}`, what: `input of ${name}`, value: input };
    if (where !== undefined) yield { name: `w${String(i)}`, what: `where of ${name}`, value: where };
  }
}

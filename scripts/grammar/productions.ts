import { grammar } from "../../src/dsl/syntax/grammar.ts";

/** A part of a rule as Chevrotain serializes it, in the members that pages are made of. */
export interface Production {
  readonly type: string;
  readonly name?: string;
  readonly label?: string;
  readonly definition?: readonly Production[];
  readonly separator?: Production;
}

/** A rule of the grammar. */
export interface RuleProduction extends Production {
  readonly name: string;
  readonly definition: readonly Production[];
}

/** All rules, declarations before the expressions that stand in them. */
export function grammarRules(): readonly RuleProduction[] {
  const rules = grammar.getSerializedGastProductions() as unknown as readonly RuleProduction[];
  const first = rules.findIndex(({ name }) => name === "declaration");
  return [...rules.slice(first), ...rules.slice(0, first)];
}

import type {
  ExpressionPlan,
  FunctionLibrary,
  GroupPlan,
  SourcePlan,
  StoredPlan,
  TransportPlan,
} from "../../dsl/index.ts";
import { walk } from "../../dsl/index.ts";
import { knownFunctions, type Row, type Rows } from "../oracle/index.ts";
import { evaluate } from "./evaluate.ts";

/** A source and its groups as the oracle can read them. */
export interface KnownSource {
  readonly source: SourcePlan;
  readonly groups: readonly GroupPlan[];
  readonly rows: Rows;
}

/**
 * Has all expressions over a source's columns that the oracle does not know computed as further columns of its rows, since each
 * function of the language has one implementation only.
 */
export function knownExpressions(
  source: SourcePlan,
  groups: readonly GroupPlan[],
  rows: Rows,
  functions: FunctionLibrary,
): KnownSource {
  const lifted: ExpressionPlan[] = [];
  const known = (expression: ExpressionPlan): ExpressionPlan => {
    const isKnown = [...walk(expression)].every((node) => node.node !== "call" || knownFunctions.has(node.function));
    if (isKnown) return expression;
    // No column of a file has such a name: it would be read as one of its own.
    return { node: "column", type: expression.type, name: `(computed ${String(lifted.push(expression) - 1)})` };
  };
  const place = (transport: TransportPlan): TransportPlan =>
    transport.known === undefined ? transport : { ...transport, known: known(transport.known) };
  const { at, id, deleted } = source;
  const readable: SourcePlan = {
    ...source,
    transports: source.transports.map(place),
    ...(at === undefined ? {} : { at: known(at) }),
    ...(id === undefined ? {} : { id: id.map(known) }),
    ...(deleted === undefined ? {} : { deleted: known(deleted) }),
  };
  const stored = (plan: StoredPlan): StoredPlan => {
    if (plan.kind === "column") return plan;
    const { input, where } = plan;
    return {
      ...plan,
      ...(input === undefined ? {} : { input: known(input) }),
      ...(where === undefined ? {} : { where: known(where) }),
    };
  };
  const own = groups.map((group) => ({ ...group, key: group.key.map(known), stored: group.stored.map(stored) }));
  return { source: readable, groups: own, rows: withComputed(rows, lifted, functions) };
}

function withComputed(rows: Rows, lifted: readonly ExpressionPlan[], functions: FunctionLibrary): Rows {
  if (lifted.length === 0) return rows;
  const outputs = lifted.map((value, i) => ({ name: `(computed ${String(i)})`, value }));
  const leaves = rows.map((row) => (leaf: string) => row[leaf.slice("column:".length)] ?? null);
  const computed = evaluate(outputs, leaves, "closures", functions);
  return rows.map((row, i): Row => ({
    ...row,
    ...Object.fromEntries(outputs.map(({ name }, j) => [name, computed[i]?.[j] ?? null])),
  }));
}

import { embeddingSize, isEmbedding, isList, isNumeric, typeName } from "../../core/index.ts";
import { scalarFunctions } from "../functions/index.ts";
import { type CallPlan, type ExpressionPlan, type SlotPlan } from "../plan/index.ts";
import type { Definition } from "../syntax/index.ts";
import { typeOf } from "./resolve-call.ts";
import type { Report } from "./report.ts";

/** The slots that one definition makes: one, or several where its function gives several results. */
export function expandSlot(
  { name, value: written }: Definition,
  value: ExpressionPlan,
  report: Report,
): readonly SlotPlan[] | undefined {
  const span = written?.span ?? name.span;
  const expansion = expansionOf(value);
  if (expansion === undefined) {
    const { kind, optional } = typeOf(value);
    if (isNumeric(kind)) return [{ name: name.text, type: value.type, value }];
    if (isEmbedding(kind)) return elements(name.text, value, embeddingSize(kind), optional);
    if (isList(kind)) {
      return report.error(
        "list-slot",
        `the slot "${name.text}" is a ${kind}, and models take numbers`,
        span,
        "len(list), contains(list, x) and item(list, 0) make something of it; a step that is not a slot is written let",
      );
    }
    return report.error(
      "text-slot",
      `the slot "${name.text}" is a text, and models take numbers`,
      span,
      'encode it, with onehot(["a", "b"]) say; a step that is not a slot is written let',
    );
  }
  const taken = new Set<string>();
  return expansion.results.map(({ suffix, function: part, constants }) => {
    const type = typeName({ kind: "float", optional: typeOf(value).optional });
    const call: CallPlan = { ...expansion.call, type, function: part, options: constants };
    return { name: freeName(`${name.text}_${wordOf(suffix)}`, taken), type, value: call };
  });
}

/** An embedding is a slot for each of its numbers. */
function elements(name: string, value: ExpressionPlan, size: number, optional: boolean): readonly SlotPlan[] {
  const type = typeName({ kind: "float", optional });
  return Array.from({ length: size }, (_, index) => ({
    name: `${name}_${String(index)}`,
    type,
    value: { node: "call", type, function: "element", version: 1, args: [value], options: { index } },
  }));
}

/** Whether an expression is a function that gives several slots. */
export function hasExpansion(value: ExpressionPlan): boolean {
  return expansionOf(value) !== undefined;
}

function expansionOf(plan: ExpressionPlan):
  | {
      readonly call: CallPlan;
      readonly results: readonly {
        readonly suffix: string;
        readonly function: string;
        readonly constants: NonNullable<CallPlan["options"]>;
      }[];
    }
  | undefined {
  if (plan.node !== "call") return undefined;
  const results = scalarFunctions.get(plan.function)?.expands?.(plan.options ?? {});
  return results === undefined ? undefined : { call: plan, results };
}

/** A suffix as a part of a name: `"Los Angeles"` gives `los_angeles`. */
function wordOf(suffix: string): string {
  const word = suffix.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");
  return word.replace(/^_|_$/g, "").slice(0, 64) || "other";
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}_${String(n)}`;
  taken.add(free);
  return free;
}

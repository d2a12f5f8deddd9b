import { embeddingSize, isEmbedding, isList, isNumeric, typeName } from "../../core/index.ts";
import type { ExpressionPlan, SlotPlan } from "../plan/index.ts";
import type { Definition } from "../syntax/index.ts";
import { expansionOf } from "./expansion.ts";
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
      'encode it, with onehot(["a", "b"]) or onehot(20) say; a step that is not a slot is written let',
    );
  }
  const taken = new Set<string>();
  return expansion.results.map(({ suffix, value: part }) => ({
    name: freeName(`${name.text}_${wordOf(suffix)}`, taken),
    type: part.type,
    value: part,
  }));
}

/** An embedding is a slot for each of its numbers. */
export function elements(name: string, value: ExpressionPlan, size: number, optional: boolean): readonly SlotPlan[] {
  const type = typeName({ kind: "float", optional });
  return Array.from({ length: size }, (_, index) => ({
    name: `${name}_${String(index)}`,
    type,
    value: { node: "call", type, function: "element", version: 1, args: [value], options: { index } },
  }));
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

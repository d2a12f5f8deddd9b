import { grammarRules, type Production } from "./productions.ts";

/** The grammar as text, one rule a paragraph: `x?` may stand, `x*` any number of times, `x+` once or more. */
export function grammarText(): string {
  return grammarRules()
    .map(({ name, definition }) => {
      const [only] = definition;
      const choices =
        definition.length === 1 && only?.type === "Alternation"
          ? (only.definition ?? []).map((one) => sequence(one.definition ?? [one]))
          : [sequence(definition)];
      return `${name}\n  = ${choices.join("\n  | ")}`;
    })
    .join("\n\n");
}

function sequence(parts: readonly Production[]): string {
  return parts.map(part).join(" ");
}

function part(one: Production): string {
  const inner = one.definition ?? [];
  switch (one.type) {
    case "NonTerminal":
      return one.name ?? "";
    case "Terminal":
      return terminal(one);
    case "Option":
      return `${bracketed(inner)}?`;
    case "Repetition":
      return `${bracketed(inner)}*`;
    case "RepetitionMandatory":
      return `${bracketed(inner)}+`;
    case "RepetitionMandatoryWithSeparator":
      return `${bracketed(inner)} ( ${separator(one)} ${sequence(inner)} )*`;
    case "RepetitionWithSeparator":
      return `( ${bracketed(inner)} ( ${separator(one)} ${sequence(inner)} )* )?`;
    case "Alternation":
      return `( ${inner.map((choice) => sequence(choice.definition ?? [choice])).join(" | ")} )`;
    case "Alternative":
      return sequence(inner);
    default:
      throw new Error(`a part of a rule of an unknown kind: ${one.type}`);
  }
}

function bracketed(parts: readonly Production[]): string {
  const [only] = parts;
  const single = parts.length === 1 && only !== undefined && /Terminal|Alternation/.test(only.type);
  return single ? part(only) : `( ${sequence(parts)} )`;
}

function separator({ separator: one, type }: Production): string {
  if (one === undefined) throw new Error(`a ${type} without what separates its parts`);
  return terminal(one);
}

/** Words and signs in quotes; kinds of token, such as Name, as they are called. */
function terminal({ name = "", label = name }: Production): string {
  return tokenKinds.has(label) ? label : `"${label}"`;
}

/** Tokens of many forms; the page says what they look like. */
const tokenKinds: ReadonlySet<string> = new Set(["Name", "String", "Number", "Duration"]);

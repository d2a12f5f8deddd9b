import type { ExpressionPlan, StoredRefPlan } from "../plan/index.ts";
import { type RowLine, rowLines } from "../javascript/index.ts";
import { expressionText, functionText, optionTexts } from "./expression-text.ts";
import { writtenName } from "../syntax/index.ts";
import { placeText, readText, type TreeContext } from "./plan-tree.ts";

/** Generated JavaScript with what each line is about. */
export interface ExplainedProgram {
  /** What it computes. */
  readonly title: string;
  readonly lines: readonly { readonly text: string; readonly comment?: string }[];
}

/** The most lines that are shown of one program: a vector may have 10,000 slots. */
const maxLines = 2_000;

/** The loop over rows that computes some outputs, generated as it would run, with a comment beside each statement. */
export function explainProgram(
  title: string,
  outputs: readonly { readonly name: string; readonly value: ExpressionPlan }[],
  context: TreeContext,
): ExplainedProgram {
  const lines = rowLines(outputs.map(({ value }) => value)).map((line) => {
    const comment = commentOf(line, outputs, context);
    return { text: line.text, ...(comment === undefined ? {} : { comment: oneLine(comment) }) };
  });
  const left = lines.length - maxLines;
  return {
    title,
    lines: left <= 0 ? lines : [...lines.slice(0, maxLines), { text: `... ${String(left)} lines more` }],
  };
}

function commentOf(
  { leaf, expression, output }: RowLine,
  outputs: readonly { readonly name: string }[],
  context: TreeContext,
): string | undefined {
  if (leaf !== undefined) {
    const name = leaf.name.slice(leaf.name.indexOf(":") + 1);
    if (!leaf.name.startsWith("stored:")) return leaf.name === "now" ? "now" : writtenName(name);
    return storedName({ node: "stored", name, type: leaf.kind }, context);
  }
  if (output !== undefined) return outputs[output]?.name;
  if (expression === undefined) return undefined;
  const span = context.places.expressions.get(expression);
  const place = span === undefined ? "" : `  ${placeText(span)}`;
  switch (expression.node) {
    case "call":
      return `${[functionText(expression), ...optionTexts(expression.options)].join(" ")}${place}`;
    case "fitted":
      return `${functionText(expression)}, fitted as ${expression.fit}${place}`;
    case "stored":
      return `${storedName(expression, context)}${place}`;
    default:
      return `${expressionText(expression)}${place}`;
  }
}

function storedName(leaf: StoredRefPlan, context: TreeContext): string {
  const asked = context.read(leaf.name);
  return asked === undefined ? leaf.name : readText(asked, context.read);
}

/** What ends a line would end a comment. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, " ");
}

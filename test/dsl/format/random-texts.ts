import * as fc from "fast-check";

const word = /\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|`[^`\n]*`|[A-Za-z0-9_.]+|\?\?|[=!<>]=|\S/g;
const declarations = new Set(["entity", "events", "snapshot", "table", "group", "vector"]);
const tight = /^[()[\],:@{}]$/;

/** The words, signs and comments of a text. */
export function wordsOf(text: string): readonly string[] {
  return text.match(word) ?? [];
}

/** What may stand between two words. */
export const gap: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("", " ") },
  { weight: 3, arbitrary: fc.constantFrom("  ", "\t", "\n", "\r\n", "\n\n", "\n   \n\n") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(" // 1\n", "\n// 2\n", "\n\n // 3\n\n\n", "//4\n//\n//6 \n", "// ä\r\n\n//\u{1F600}\n"),
  },
);

/** The same words with other white space and more comments between them. */
export function respaced(words: readonly string[], gaps: readonly string[]): string {
  let text = "";
  let depth = 0;
  for (const [i, word] of words.entries()) {
    const before = words[i - 1] ?? "";
    const chosen = gaps[i % gaps.length] ?? " ";
    const starts = depth === 0 && declarations.has(word) && before !== "from" && before !== "by";
    const space = chosen === "" && !tight.test(word) && !tight.test(before) ? " " : chosen;
    if (before.startsWith("///")) text += "\n";
    else if (before.startsWith("//") || word.startsWith("///") || starts)
      text += space.includes("\n") ? `\n${space}` : "\n";
    else text += space;
    // In the first column a word may begin a declaration.
    if (!starts && text.endsWith("\n")) text += " ";
    text += word;
    if (/^[{([]$/.test(word)) depth++;
    if (/^[})\]]$/.test(word)) depth--;
  }
  return text;
}

const name = fc.constantFrom("a", "b", "`c d`", "`e`", "key", "@x:y:z", "now", "missing", "15", '"ö"', "7d", "0.5");

/** The text of an expression with all operators and many brackets. */
export const expressionText: fc.Arbitrary<string> = fc.letrec<{ whole: string; tree: string }>((tie) => {
  const tree = tie("tree");
  const binary = fc.constantFrom(..."+ - * / ^ and or ?? == != < <= > >=".split(" "));
  return {
    whole: tree,
    tree: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      name,
      fc.tuple(tree, binary, tree).map((parts) => `(${parts.join(" ")})`),
      fc.tuple(tree, binary, tree).map((parts) => parts.join(" ")),
      tree.map((inner) => `(${inner})`),
      tree.map((inner) => `- ${inner}`),
      tree.map((inner) => `not ${inner}`),
      fc.tuple(tree, tree).map(([a, b]) => `f(${a}, n: ${b})`),
      fc.tuple(tree, tree).map(([a, b]) => `${a} | g(${b}) | h`),
      fc.tuple(tree, tree).map(([a, b]) => `count(${a}) over 1h where ${b}`),
      fc.tuple(tree, tree).map(([a, b]) => `${a} not in [${b}, a]`),
      tree.map((inner) => `(${inner}) is not missing`),
      tree.map((inner) => `@x:y:z[${inner}]`),
      fc.array(tree, { maxLength: 4 }).map((inner) => `max([${inner.join(", ")}])`),
    ),
  };
}).whole;

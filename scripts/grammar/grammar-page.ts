import { grammarText } from "./grammar-text.ts";

/** docs/grammar.md: the grammar as text. */
export function grammarPage(): string {
  return `# The grammar

Made by \`node scripts/generate-grammar.ts\` from the parser itself; [grammar.html](grammar.html) shows the same as railroad
diagrams. \`x?\` may stand, \`x*\` stands any number of times, \`x+\` once or more. What the words mean is in
[the language](language.md).

\`\`\`text
file
  = declaration*

${grammarText()}
\`\`\`

The tokens with many forms:

| token    | form |
| -------- | ---- |
| Name     | a letter or \`_\`, then letters, digits and \`_\`, all ASCII; or anything but a line break in backticks. Keywords are names too wherever a name is expected. |
| String   | text in double quotes, with the escapes of JSON: \`\\"\`, \`\\\\\`, \`\\n\`, \`\\t\`, \`\\u00e9\` ... |
| Number   | \`12\`, \`0.5\`, \`1e6\`, \`1_000_000\` |
| Duration | a whole number and a unit: \`us\`, \`ms\`, \`s\`, \`m\` or \`min\`, \`h\`, \`d\`, \`w\` |

White space and line breaks separate tokens and mean nothing otherwise. \`//\` begins a comment and \`///\` one that documents what
begins on the next line. A declaration begins where its word stands first on a line: after an error, reading goes on there.
`;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { grammarRules, type RuleProduction } from "./productions.ts";

const folder = join(import.meta.dirname, "../../node_modules/chevrotain/diagrams");

/** Chevrotain's builder of diagrams, which is written for browsers: it leaves its functions in the global object. */
interface Builder {
  convertProductionToDiagram(rule: RuleProduction, name: string): { toString(): string };
}

const style = `
body { font-family: system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733; background: #fff; }
nav a { display: inline-block; margin: 0 .6rem .3rem 0; font-family: monospace; }
h2 { font-family: monospace; font-size: 1.05rem; margin: 1.6rem 0 .2rem; }
.diagram { overflow-x: auto; }
svg.railroad-diagram { background: #fff; }
svg.railroad-diagram path { stroke-width: 2; stroke: #41505f; fill: none; }
svg.railroad-diagram text { font: bold 14px monospace; text-anchor: middle; fill: #1d2733; }
svg.railroad-diagram rect { stroke-width: 2; stroke: #41505f; fill: #d8f0e3; }
svg.railroad-diagram g.non-terminal rect { fill: #dfe6fb; }
svg.railroad-diagram a text { fill: #1f4aa8; }
`;

/** docs/grammar.html: railroad diagrams of all rules, by Chevrotain's own tool, as a page without scripts. */
export function grammarDiagrams(): string {
  const rules = grammarRules();
  const builder = loadBuilder();
  const names = new Set(rules.map(({ name }) => name));
  const diagrams = rules.map(({ name, ...rest }) => {
    const svg = builder.convertProductionToDiagram({ name, ...rest }, name).toString();
    return `<h2 id="${name}">${name}</h2>\n<div class="diagram">${linked(svg, names)}</div>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tondo: the grammar of the feature language</title>
<style>${style}</style>
<h1>The grammar of the feature language</h1>
<p>Made by <code>node scripts/generate-grammar.ts</code> from the parser itself. <a href="grammar.md">grammar.md</a> has the same as text
and says what names, numbers and texts look like.</p>
<nav>${rules.map(({ name }) => `<a href="#${name}">${name}</a>`).join("")}</nav>
${diagrams.join("\n")}
</html>
`;
}

function loadBuilder(): Builder {
  const context: { diagrams_builder?: Builder } = {};
  for (const file of ["vendor/railroad-diagrams.js", "src/diagrams_builder.js"])
    runInNewContext(readFileSync(join(folder, file), "utf8"), context, { filename: file });
  if (context.diagrams_builder === undefined) throw new Error("Chevrotain's diagrams have no builder any more");
  return context.diagrams_builder;
}

/** The boxes of rules lead to them. The tool's own attributes, for its tooltips, are left out. */
function linked(svg: string, names: ReadonlySet<string>): string {
  return svg
    .replaceAll(/ (?:data-[a-z-]+|dslRuleName|topRuleName|occurrenceIdx|tokenName|ruleName)="[^"]*"/gi, "")
    .replaceAll(/<text\b[^>]*>([^<]*)<\/text>/g, (text, name: string) =>
      names.has(name) ? `<a href="#${name}">${text}</a>` : text,
    );
}

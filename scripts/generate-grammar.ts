// `node scripts/generate-grammar.ts`: writes docs/grammar.md and docs/grammar.html from the parser itself.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { grammarDiagrams } from "./grammar/grammar-diagrams.ts";
import { grammarPage } from "./grammar/grammar-page.ts";

const docs = join(import.meta.dirname, "../docs");
const path = join(docs, "grammar.md");
writeFileSync(path, await format(grammarPage(), { ...(await resolveConfig(path)), parser: "markdown" }));
writeFileSync(join(docs, "grammar.html"), grammarDiagrams());

// `node scripts/generate-function-reference.ts`: writes docs/functions.md from the library itself.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { functionReference } from "./function-reference/function-reference.ts";

const path = join(import.meta.dirname, "../docs/functions.md");
const options = await resolveConfig(path);
writeFileSync(path, await format(functionReference(), { ...options, parser: "markdown" }));

// `npm run build`: an empty dist/, then plain tsc, then a look at what tsc overlooks.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
rmSync(join(root, "dist"), { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json")],
  { cwd: root, stdio: "inherit" },
);
process.exitCode = status ?? 1;

// tsc writes `.js` for `.ts` in imports, except in `import()` in a block with an `await using`. Sources run all
// the same; only the package would not find its modules.
for (const file of globSync("dist/**/*.js", { cwd: root })) {
  for (const [left] of readFileSync(join(root, file), "utf8").matchAll(/(?:from |import ?\(?)["']\.[^"']*\.ts["']/g)) {
    process.stderr.write(`${file}: ${left} names a source: import it in a function without \`await using\`\n`);
    process.exitCode = 1;
  }
}

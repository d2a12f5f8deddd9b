// `npm run check`: every check, also after one has failed, and one line for each at the end.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** In the order in which their findings help most; publint looks at what the build leaves. */
const steps: readonly { readonly name: string; readonly command: readonly [program: string, ...rest: string[]] }[] = [
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "eslint", command: ["eslint", "--max-warnings", "0", "."] },
  { name: "prettier", command: ["prettier", "--check", "--log-level", "warn", "."] },
  { name: "layering", command: ["depcruise", "src"] },
  { name: "unused code", command: ["knip"] },
  { name: "build", command: [process.execPath, "scripts/build.ts"] },
  { name: "package shape", command: ["publint", "--strict"] },
];

const results = steps.map(({ name, command: [program, ...rest] }) => {
  const file = program === process.execPath ? program : join(root, "node_modules/.bin", program);
  const started = performance.now();
  const { status, error } = spawnSync(file, rest, { cwd: root, stdio: "inherit" });
  if (error !== undefined) process.stderr.write(`${name} did not start: ${error.message}\n`);
  return { name, passed: status === 0, seconds: (performance.now() - started) / 1000 };
});

for (const { name, passed, seconds } of results) {
  process.stdout.write(`${passed ? "passed" : "FAILED"}  ${name.padEnd(14)} ${seconds.toFixed(1)} s\n`);
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;

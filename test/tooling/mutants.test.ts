import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mutant, plant } from "../../scripts/mutants/mutant.ts";

const root = join(import.meta.dirname, "../..");

const files: Readonly<Record<string, string>> = {
  ".gitignore": "node_modules\ntemporary\n",
  "package.json": JSON.stringify({ type: "module" }),
  "vitest.config.ts": "export default {};\n",
  "src/sum.ts": "export const sum = (a: number, b: number): number => a + b;\nexport const unused = 1;\n",
  "src/loop.ts": "export const count = (): number => {\n  let n = 0;\n  while (n < 3) n += 1;\n  return n;\n};\n",
  "test/sum.test.ts": `import { expect, it } from "vitest";
    import { sum } from "../src/sum.ts";
    it("adds", () => expect(sum(2, 3)).toBe(5));
    it("adds nothing", () => expect(sum(0, 0)).toBe(0));`,
  "test/loop.test.ts": `import { expect, it } from "vitest";
    import { count } from "../src/loop.ts";
    it("ends", () => expect(count()).toBe(3));`,
  "test/red.test.ts": `import { expect, it } from "vitest";
    it("is red", () => expect(1).toBe(2));`,
};

const sum = { file: "src/sum.ts", find: "a + b", tests: ["test/sum.test.ts"] };
const mutants: readonly Mutant[] = [
  { name: "minus", ...sum, replace: "a - b" },
  { name: "seen-by-no-chosen-test", ...sum, replace: "a - b", testName: "adds nothing" },
  { name: "nobody-looks", ...sum, find: "unused = 1", replace: "unused = 2" },
  { name: "not-there", ...sum, find: "a * b", replace: "a" },
  { name: "syntax-error", ...sum, replace: "a +" },
  { name: "red-before", ...sum, replace: "a - b", tests: ["test/red.test.ts"] },
  { name: "no-test", ...sum, replace: "a - b", tests: ["test/none.test.ts"] },
  {
    ...{ name: "endless", file: "src/loop.ts", find: "n += 1", replace: "n += 0" },
    ...{ tests: ["test/loop.test.ts"], timeoutSeconds: 3 },
  },
];

describe("the mutants runner", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tondo-fixture-"));
    const all = { ...files, "mutants/all.ts": `export default ${JSON.stringify(mutants)};\n` };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    mkdirSync(join(folder, "temporary"));
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...options: readonly string[]): { status: number | null; lines: readonly string[] } => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, "scripts/mutants.ts"), "--root", folder, ...options],
      // The copies go where this test can see that they are gone.
      { encoding: "utf8", env: { ...process.env, TMPDIR: join(folder, "temporary") } },
    );
    return { status, lines: `${stdout}${stderr}`.trimEnd().split("\n") };
  };

  it("tells bugs that tests notice from those that they do not, and from those that prove nothing", () => {
    const { status, lines } = run("--json", "--jobs", "2");
    const results = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const outcomes = new Map(results.slice(0, -1).map((result) => [result["name"], result["outcome"]]));
    expect(Object.fromEntries(outcomes) as unknown).toEqual({
      minus: "caught",
      "seen-by-no-chosen-test": "survived",
      "nobody-looks": "survived",
      "not-there": "invalid",
      "syntax-error": "invalid",
      "red-before": "invalid",
      "no-test": "invalid",
      endless: "timed out",
    });
    expect(results.at(-1)).toEqual({ caught: 2, survived: 2, invalid: 4 });
    expect(status).toBe(1);
    expect(readFileSync(join(folder, "src/sum.ts"), "utf8")).toBe(files["src/sum.ts"]);
    expect(readdirSync(join(folder, "temporary")).filter((name) => name.startsWith("tondo-mutants-"))).toEqual([]);
  });

  it("passes where all chosen ones are caught, and closes with the counts", () => {
    const { status, lines } = run("--only", "minus");
    expect(lines.at(-1)).toBe("1 caught, 0 survived");
    expect(lines[0]).toMatch(/^caught +minus .* adds$/);
    expect(status).toBe(0);
  });

  it("refuses a name that no mutant has", () => {
    const { status, lines } = run("--only", "nonsense");
    expect(lines[0]).toBe("no mutant is named nonsense");
    expect(status).toBe(2);
  });
});

describe("planting", () => {
  const mutant: Mutant = { name: "m", file: "f.ts", find: "$1", replace: "$&", tests: [] };
  it("takes texts literally", () => expect(plant(mutant, "a $1 b")).toBe("a $& b"));
  it("refuses a text that stands twice", () => expect(() => plant(mutant, "$1 $1")).toThrow("stands 2 times in f.ts"));
  it("refuses a change that is none", () =>
    expect(() => plant({ ...mutant, replace: "$1" }, "$1")).toThrow("changes nothing"));
});

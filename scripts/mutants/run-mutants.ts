import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Mutant, type MutantResult, plant } from "./mutant.ts";
import { runTests, type TestRun } from "./run-tests.ts";
import { copyWorkingTree, type WorkingCopy } from "./working-copy.ts";

/** How to run them. */
export interface MutantOptions {
  /** The repository. It is only read. */
  readonly root: string;
  /** How many run at once, each in a copy of its own. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Called as each one ends. */
  onResult?(result: MutantResult): void;
}

const defaultTimeoutSeconds = 120;

/**
 * Plants each bug alone in a copy of the working tree and runs the tests that must notice it. Each set of tests runs
 * once without any bug first: a mutant whose tests fail, or do not exist, without it proves nothing and is `invalid`,
 * and so is one whose text is not found once or that keeps a file from loading.
 */
export async function runMutants(mutants: readonly Mutant[], options: MutantOptions): Promise<readonly MutantResult[]> {
  const copies: WorkingCopy[] = [];
  try {
    for (let job = 0; job < Math.min(options.jobs, mutants.length); job++) copies.push(copyWorkingTree(options.root));
    const unmutated = new Map<string, Promise<string | undefined>>();
    const results = new Map<Mutant, MutantResult>();
    const queue = [...mutants];
    const work = async (copy: WorkingCopy): Promise<void> => {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const started = performance.now();
        const judged = await judge(mutant, copy, unmutated, options.signal);
        const result = { name: mutant.name, ...judged, seconds: (performance.now() - started) / 1000 };
        results.set(mutant, result);
        options.onResult?.(result);
      }
    };
    await Promise.all(copies.map(work));
    return mutants.flatMap((mutant) => results.get(mutant) ?? []);
  } finally {
    for (const copy of copies) copy.remove();
  }
}

type Judgement = Pick<MutantResult, "outcome" | "detail">;

async function judge(
  mutant: Mutant,
  copy: WorkingCopy,
  unmutated: Map<string, Promise<string | undefined>>,
  signal: AbortSignal,
): Promise<Judgement> {
  const path = join(copy.folder, mutant.file);
  const run = (): Promise<TestRun> =>
    runTests(copy.folder, mutant.tests, {
      testName: mutant.testName,
      timeoutSeconds: mutant.timeoutSeconds ?? defaultTimeoutSeconds,
      signal,
    });
  let original: string;
  let mutated: string;
  try {
    original = readFileSync(path, "utf8");
    mutated = plant(mutant, original);
  } catch (error) {
    return { outcome: "invalid", detail: error instanceof Error ? error.message : String(error) };
  }
  const key = JSON.stringify([mutant.tests, mutant.testName]);
  const before = unmutated.get(key) ?? run().then(complaint);
  unmutated.set(key, before);
  const wrong = await before;
  if (wrong !== undefined) return { outcome: "invalid", detail: wrong };

  writeFileSync(path, mutated);
  try {
    const { failed, passed, broken, timedOut } = await run();
    if (timedOut) return { outcome: "timed out", detail: "its tests did not end in time" };
    const [first] = failed;
    if (first !== undefined) return { outcome: "caught", detail: first };
    if (broken !== undefined) return { outcome: "invalid", detail: `with the bug planted: ${broken}` };
    return { outcome: "survived", detail: `${String(passed)} tests passed with the bug in place` };
  } finally {
    writeFileSync(path, original);
  }
}

/** Why a run without any bug proves nothing; undefined for a good one. */
function complaint(run: TestRun): string | undefined {
  if (run.timedOut) return "without the bug its tests do not end in time";
  if (run.broken !== undefined) return `without the bug: ${run.broken}`;
  if (run.failed.length > 0) return `without the bug it fails too: ${run.failed.join("; ")}`;
  return run.passed === 0 ? "without the bug no test runs" : undefined;
}

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Diagnostic, TondoError } from "../../core/index.ts";
import type { ProjectPlan, TestPlan, UserFunction } from "../../dsl/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import type { OnlineStore } from "../online/index.ts";
import { askedOf } from "./asked.ts";
import { answersByJoin } from "./by-join.ts";
import { answersByOracle } from "./by-oracle.ts";
import { answersByStore } from "./by-store.ts";
import { judge } from "./judge.ts";
import { withTestFiles, writeTestFiles } from "./test-files.ts";

/** What tests are run with. */
export interface DefinitionTestOptions {
  readonly plan: ProjectPlan;
  readonly tests: readonly TestPlan[];
  /** Opens an online store in a folder of the tests' own. */
  readonly openStore: (folder: string) => OnlineStore | Promise<OnlineStore>;
  readonly engine?: EngineOptions;
  readonly signal?: AbortSignal;
  /** Told of each test when it is done. */
  readonly done?: (result: DefinitionTestResult) => void;
}

/** What came of one test. */
export interface DefinitionTestResult {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly passed: boolean;
  readonly expectations: number;
  /**
   * Where it failed: `expectation-failed`; `test-cannot-run`, where what it asks for cannot be computed, as by a function of the
   * project's own that throws; or `paths-disagree`, which is a defect of this library.
   */
  readonly diagnostics: readonly Diagnostic[];
  readonly seconds: number;
}

/** How many tests share an engine: it keeps room for the results of every program that it ever ran. */
const testsPerEngine = 100;

/**
 * Runs the `test` blocks of a project on every path: the time contract by nested loops, the join of training sets in both of its
 * ways, and an online store that is loaded as of each moment. Rows stand in a folder of the tests' own, which goes in any case;
 * no file of the project is read.
 *
 * @throws TondoError `ABORTED`, `IO_FAILED` where that folder cannot be made
 */
export async function runDefinitionTests(options: DefinitionTestOptions): Promise<readonly DefinitionTestResult[]> {
  const { tests, openStore, signal, done } = options;
  if (tests.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), "tondo-test-")).catch((error: unknown) => {
    throw new TondoError("IO_FAILED", `no folder for tests can be made in "${tmpdir()}"`, { cause: error });
  });
  try {
    const home = join(folder, "home");
    await mkdir(home);
    const store = await openStore(join(folder, "online"));
    try {
      const results: DefinitionTestResult[] = [];
      for (let from = 0; from < tests.length; from += testsPerEngine) {
        const engine = await Engine.open({ threads: 1, ...options.engine });
        try {
          for (const [i, test] of tests.slice(from, from + testsPerEngine).entries()) {
            // Each in a place of its own: nothing that was kept of another test's files is taken for this one's.
            const own = join(folder, String(from + i));
            await mkdir(own);
            const functions = options.engine?.functions ?? [];
            const result = await runTest(test, options.plan, { engine, functions, store, folder: own, home, signal });
            await rm(own, { recursive: true });
            done?.(result);
            results.push(result);
          }
        } finally {
          engine.close();
        }
      }
      return results;
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Workshop {
  readonly engine: Engine;
  readonly functions: readonly UserFunction[];
  readonly store: OnlineStore;
  readonly folder: string;
  readonly home: string;
  readonly signal: AbortSignal | undefined;
}

async function runTest(test: TestPlan, plan: ProjectPlan, workshop: Workshop): Promise<DefinitionTestResult> {
  const started = performance.now();
  const diagnostics = await diagnosticsOf(test, plan, workshop).catch((error: unknown) => [cannotRun(test, error)]);
  return {
    name: test.name,
    file: test.span.file,
    line: test.span.line,
    passed: diagnostics.length === 0,
    expectations: test.expectations.length,
    diagnostics,
    seconds: Math.round(performance.now() - started) / 1000,
  };
}

async function diagnosticsOf(test: TestPlan, plan: ProjectPlan, workshop: Workshop): Promise<readonly Diagnostic[]> {
  const { engine, folder, signal } = workshop;
  const asked = askedOf(test);
  const project = withTestFiles(plan, plan);
  const vector = withTestFiles(test.vector, plan);
  const sources = vector.sources.map(({ name }) => name);
  await writeTestFiles(engine, project, sources, test.rows, folder, signal);
  return judge(asked, [
    answersByOracle(asked, engine.functions),
    await answersByJoin(engine, asked, vector, { folder }, "plan", signal),
    await answersByJoin(engine, asked, vector, { folder }, "range", signal),
    ...(await answersByStore(asked, { ...workshop, project, vector })),
  ]);
}

/** An error that is of the test or of what it calls fails it, and the others go on; a cancellation or a defect ends them all. */
function cannotRun({ span }: TestPlan, error: unknown): Diagnostic {
  if (!(error instanceof TondoError) || error.code === "ABORTED" || error.code === "INTERNAL") throw error;
  const { message, hint } = error;
  return { code: "test-cannot-run", severity: "error", message, span, ...(hint === undefined ? {} : { hint }) };
}

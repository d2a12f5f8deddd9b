import { TondoError } from "../core/index.ts";
import {
  compileRows,
  type Fitted,
  fittedFault,
  fittedFingerprint,
  type FunctionLibrary,
  type Raw,
  rawFromJson,
  type RawColumn,
  type RowProgram,
  requireFunctions,
  vectorFingerprint,
  type VectorPlan,
} from "../dsl/index.ts";
import { type ModelPackage, packageFiles } from "../registry/index.ts";
import { parseRuntime, type Runtime } from "../runtimes/index.ts";

/** A model as loaded from its package: its vector compiled anew, its parameters in a runtime, both checked on the golden rows. */
export interface LoadedModel {
  readonly vector: VectorPlan;
  readonly fingerprint: string;
  readonly fitted: Fitted;
  readonly runtime: Runtime;
  /** Computes the slots, in the vector's order. */
  readonly program: RowProgram;
  /** For each slot of the runtime its place among the vector's. */
  readonly positions: readonly number[];
}

/** Gives the compiled program of a vector with its fitted parameters; models of one training share it. */
export type ProgramOf = (vector: VectorPlan, fitted: Fitted, key: string) => RowProgram;

/**
 * Makes a package's model ready. No code of it runs: it has none, and names the functions of the project's own that it calls.
 *
 * @throws TondoError `PACKAGE_CORRUPT` where a file lacks or is damaged, or a golden row gives something else here than where the model was
 * sealed; `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`; `MODEL_INVALID`
 */
export function loadModel(
  digest: string,
  { files }: ModelPackage,
  programOf: ProgramOf,
  functions: FunctionLibrary,
): LoadedModel {
  const read = (name: string): unknown => {
    const bytes = files.get(name);
    if (bytes === undefined) throw corrupt(digest, `it lacks ${name}`);
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch (error) {
      throw corrupt(digest, `${name} is no JSON`, error);
    }
  };
  const vector = vectorOf(read(packageFiles.vector), digest);
  const manifest = read(packageFiles.manifest) as {
    readonly version?: unknown;
    readonly vector?: { readonly fingerprint?: unknown; readonly fitted?: unknown };
  };
  const fingerprint = vectorFingerprint(vector);
  if (manifest.version !== 1) throw corrupt(digest, "it was made by another version of Tondo");
  if (manifest.vector?.fingerprint !== fingerprint)
    throw corrupt(digest, "its vector is not the one it was sealed with");
  requireFunctions(vector, functions);
  const fit = fittedOfPackage(read(packageFiles.fitted), vector, manifest.vector.fitted, digest);
  const model = files.get(packageFiles.model);
  if (model === undefined) throw corrupt(digest, `it lacks ${packageFiles.model}`);
  const runtime = parseRuntime(model);
  const positions = runtime.slots.map((slot) => {
    const position = vector.slots.findIndex(({ name }) => name === slot);
    if (position < 0) throw corrupt(digest, `its model takes a slot "${slot}" that its vector does not have`);
    return position;
  });
  const program = programOf(vector, fit.fitted, `${fingerprint}:${fit.fingerprint}`);
  const loaded: LoadedModel = { vector, fingerprint, fitted: fit.fitted, runtime, program, positions };
  replay(digest, loaded, read(packageFiles.golden));
  return loaded;
}

/** Compiles programs once for each vector and fit, and remembers the latest of them. */
export function programCache(limit: number, functions: FunctionLibrary): ProgramOf {
  const programs = new Map<string, RowProgram>();
  return (vector, fitted, key) => {
    const known = programs.get(key);
    if (known !== undefined) return known;
    const program = compileRows(vector.slots, fitted, { functions });
    const [oldest] = programs.keys();
    if (oldest !== undefined && programs.size >= limit) programs.delete(oldest);
    programs.set(key, program);
    return program;
  };
}

function vectorOf(plan: unknown, digest: string): VectorPlan {
  const vector = plan as Readonly<Record<string, unknown>> | null;
  if (vector?.["version"] !== 1) throw corrupt(digest, "it was made by another version of Tondo");
  const isWhole = ["roles", "keys", "inputs", "reads", "slots", "entities", "sources", "groups"].every((part) =>
    Array.isArray(vector[part]),
  );
  if (!isWhole) throw corrupt(digest, "its vector is damaged");
  return plan as VectorPlan;
}

/** What was fitted and its fingerprint, which is the sealed one. */
function fittedOfPackage(
  fitted: unknown,
  vector: VectorPlan,
  sealed: unknown,
  digest: string,
): { readonly fitted: Fitted; readonly fingerprint: string } {
  const fault = fittedFault(
    vector.slots.map(({ value }) => value),
    fitted,
  );
  if (fault !== undefined) throw corrupt(digest, fault);
  const fingerprint = fittedFingerprint(fitted as Fitted);
  if (fingerprint !== sealed) throw corrupt(digest, "what was fitted is not what it was sealed with");
  return { fitted: fitted as Fitted, fingerprint };
}

interface GoldenFile {
  readonly version: 1;
  readonly inputs: readonly string[];
  readonly rows: readonly {
    readonly inputs: readonly Raw[];
    readonly slots: readonly (number | null)[];
    readonly score: number | null;
  }[];
}

function replay(digest: string, { program, runtime, positions }: LoadedModel, file: unknown): void {
  const golden = file as Partial<GoldenFile> | null;
  if (golden?.version !== 1 || !Array.isArray(golden.inputs) || !Array.isArray(golden.rows) || golden.rows.length === 0)
    throw corrupt(digest, "its golden rows are damaged");
  const { inputs, rows } = golden as GoldenFile;
  if (inputs.length !== program.leaves.length || program.leaves.some(({ name }, i) => inputs[i] !== name)) {
    throw corrupt(digest, "its golden rows are of another vector");
  }
  const columns = program.leaves.map(({ kind }, i): RawColumn =>
    rows.map((row) => rawFromJson(row.inputs[i] ?? null, kind)),
  );
  const results: RawColumn[] = program.outputs.map(() => new Float64Array(rows.length));
  program.run(rows.length, columns, results);
  for (const [i, row] of rows.entries()) {
    const slots = results.map((column) => Number(column[i]));
    const same =
      slots.every((slot, s) => Object.is(slot, row.slots[s] ?? Number.NaN)) && slots.length === row.slots.length;
    const score = runtime.score(positions.map((position) => slots[position] ?? Number.NaN));
    if (!same || !Object.is(score, row.score)) {
      throw new TondoError(
        "PACKAGE_CORRUPT",
        `golden row ${String(i)} of package ${digest} gives something else here than where it was sealed`,
        {
          hint: "This program computes otherwise than the one that trained the model: use the same versions of Tondo and Node, or train again.",
          details: { expected: row.score, actual: score },
        },
      );
    }
  }
}

function corrupt(digest: string, what: string, cause?: unknown): TondoError {
  return new TondoError("PACKAGE_CORRUPT", `package ${digest} cannot be served: ${what}`, {
    hint: "Register the model again.",
    ...(cause === undefined ? {} : { cause }),
  });
}

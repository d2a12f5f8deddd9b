import { elementKind, embeddingSize, isEmbedding, isList, type ScalarKind, type ValueKind } from "../core/index.ts";
import {
  compileRows,
  type Fitted,
  type FunctionLibrary,
  missingRaw,
  type Raw,
  type RawColumn,
  type VectorPlan,
} from "../dsl/index.ts";
import type { Runtime } from "../runtimes/index.ts";

/** A golden row: what the vector's expressions read, the slots they gave, and the model's score. `null` is missing. */
export interface GoldenRow {
  readonly inputs: readonly (number | string | null | readonly (number | string)[])[];
  readonly slots: readonly (number | null)[];
  readonly score: number | null;
}

/** The golden rows of a package, replayed when it is loaded. */
export interface Golden {
  readonly version: 1;
  /** What the inputs are, in order: `stored:ID`, `column:NAME`, `now`. */
  readonly inputs: readonly string[];
  readonly rows: readonly GoldenRow[];
}

const count = 16;

/**
 * Rows that a loader can check itself by: inputs of all kinds, missing ones among them, with what they gave here. They are made up, so that no
 * package carries anybody's data. What they hold besides the scores is the same for all models of one training, and made once.
 *
 * @returns the golden rows of a model, by its runtime
 * @throws TondoError `USER_FUNCTION_FAILED` where a function of the project's own has no answer for one of them
 */
export function goldenRowsOf(
  vector: VectorPlan,
  fitted: Fitted,
  functions: FunctionLibrary,
): (runtime: Runtime) => Golden {
  const program = compileRows(vector.slots, fitted, { functions });
  const texts = textsFor(fitted);
  const inputs = program.leaves.map(({ kind }, leaf) =>
    Array.from({ length: count }, (_, row) => sample(kind, row, leaf, texts)),
  );
  const results: RawColumn[] = program.outputs.map(() => new Float64Array(count));
  program.run(count, inputs, results);
  const rows = Array.from({ length: count }, (_, row) => ({
    inputs: inputs.map((column) => json(column[row] ?? null)),
    slots: results.map((column) => Number(column[row])),
  }));
  return (runtime) => {
    const positions = runtime.slots.map((slot) => vector.slots.findIndex(({ name }) => name === slot));
    return {
      version: 1,
      inputs: program.leaves.map(({ name }) => name),
      rows: rows.map(({ inputs: given, slots }) => ({
        inputs: given,
        slots: slots.map((slot) => (Number.isNaN(slot) ? null : slot)),
        score: runtime.score(positions.map((position) => slots[position] ?? Number.NaN)),
      })),
    };
  };
}

/** How many texts of each fitted list are among the inputs. */
const fittedTexts = 6;

/** Texts of many kinds, and those that something was fitted to. */
function textsFor(fitted: Fitted): readonly string[] {
  const known = Object.values(fitted).flatMap((parameters) =>
    Object.values(parameters).flatMap((value) => (typeof value === "object" ? value.slice(0, fittedTexts) : [value])),
  );
  return [...new Set([...plainTexts, ...known.filter((one) => typeof one === "string")])];
}

const plainTexts = ["", "a", "Europe/Berlin", "America/New_York", "ß É 😀", "UTC"];

/** The last row is all missing; of the others now and then a value. */
function sample(kind: ValueKind, row: number, leaf: number, texts: readonly string[]): Raw {
  const n = ((row + 1) * 7919 + (leaf + 1) * 104729) % 9973;
  if (row === count - 1 || n % 11 === 0) return missingRaw(kind);
  if (isEmbedding(kind))
    return Float64Array.from({ length: embeddingSize(kind) }, (_, i) => ((n + i * 31) % 997) / 97 - 5);
  if (isList(kind))
    return Array.from({ length: n % 4 }, (_, i) => scalar(elementKind(kind), n + i, texts, row + leaf + i));
  return scalar(kind, n, texts, row + leaf);
}

function scalar(kind: ScalarKind, n: number, texts: readonly string[], text: number): number | string {
  switch (kind) {
    case "string":
      return texts[text % texts.length] ?? "";
    case "bool":
      return n % 2;
    case "int":
      return n % 500;
    case "float":
      return n / 37 - 50;
    case "date":
      return n;
    case "timestamp":
      return 900_000_000_000_000 + n * 61_000_000_007;
    case "duration":
      return n * 1_000_003;
  }
}

function json(raw: Raw): GoldenRow["inputs"][number] {
  if (typeof raw === "object" && raw !== null)
    return Array.from(raw, (item) => (typeof item === "string" ? item : Number(item)));
  return typeof raw === "number" && !Number.isNaN(raw) ? raw : typeof raw === "string" ? raw : null;
}

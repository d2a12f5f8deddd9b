import { type Diagnostic, embeddingSize, isEmbedding, nearestName, type ValueKind } from "../../core/index.ts";
import type { DeclaredColumn, DeclaredPlace } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { type ColumnMisfit, misfitOf } from "../offline/files/column-misfit.ts";
import { firstLengths, numbers } from "../offline/files/embedding-lengths.ts";
import { columnsOfFirst, type FileSet } from "../offline/files/file-scan.ts";
import type { ParquetSchema } from "../offline/files/parquet-columns.ts";

/** What the first file of a place has. */
export interface FirstFile {
  readonly schema: ParquetSchema;
  /** Of columns declared as embeddings: which lengths their first lists have. */
  readonly lengths: ReadonlyMap<string, readonly number[]>;
}

/** The columns of a place that are declared as embeddings. */
export function embeddingsOf({ columns }: DeclaredPlace): readonly string[] {
  return columns.filter(({ kind }) => isEmbedding(kind)).map(({ name }) => name.text);
}

/**
 * Looks at the first file of a place.
 *
 * @throws TondoError `SOURCE_UNREADABLE`
 */
export async function firstFileOf(engine: Engine, set: FileSet, place: DeclaredPlace): Promise<FirstFile> {
  const schema = await columnsOfFirst(engine, set);
  const lists = embeddingsOf(place).filter((name) => misfitOf(schema, name, "embedding(1)") === undefined);
  return { schema, lengths: await firstLengths(engine, schema.file, lists, set.what) };
}

/** Where the columns that a source declares cannot be read so from the files of one of its places, by the rule of the scan itself. */
export function declaredProblems(
  { file: { format, path }, columns }: DeclaredPlace,
  { schema, lengths }: FirstFile,
): readonly Diagnostic[] {
  return columns.flatMap((column) => {
    // Texts of CSV are parsed as what is declared.
    const wanted: ValueKind = format === "csv" ? "string" : column.kind;
    const misfit = misfitOf(schema, column.name.text, wanted);
    if (misfit !== undefined) return problemOf(column, misfit, path, [...schema.types.keys()]);
    return isEmbedding(wanted) ? lengthProblem(column, embeddingSize(wanted), path, lengths) : [];
  });
}

/** A warning only: later rows and other files may have the length. Where none has, training sets and loads refuse it. */
function lengthProblem(
  { name: { text }, type: { span } }: DeclaredColumn,
  size: number,
  path: string,
  lengths: FirstFile["lengths"],
): readonly Diagnostic[] {
  const [first, ...more] = lengths.get(text) ?? [];
  if (first === undefined || first === size || more.includes(size)) return [];
  const last = more.at(-1);
  const held = last === undefined ? numbers(first) : `${String(first)} to ${numbers(last)}`;
  return [
    {
      code: "embedding-length",
      severity: "warning",
      message: `the first lists of ${text} in "${path}" have ${held}, and none has ${String(size)}`,
      span,
      hint: `lists of another length are missing${last === undefined ? `; write ${text}: embedding(${String(first)})` : ""}`,
    },
  ];
}

function problemOf(
  { name: { text, span }, type, kind }: DeclaredColumn,
  misfit: ColumnMisfit,
  path: string,
  present: readonly string[],
): Diagnostic {
  const severity = "error";
  const nearest = nearestName(text, present);
  switch (misfit) {
    case "gone":
      return {
        code: "unknown-column",
        severity,
        message: `"${path}" has no column "${text}"`,
        span,
        hint: nearest === undefined ? `it has ${present.slice(0, 12).join(", ")}` : `did you mean "${nearest}"?`,
      };
    case "twice":
      return {
        code: "duplicate",
        severity,
        message: `"${path}" has more than one column "${text}"`,
        span,
        hint: "rename all but one in the file; upper and lower case are not told apart",
      };
    case "unreadable":
      return {
        code: "column-type",
        severity,
        message: `"${path}" has ${text} in a form that the language has no type for`,
        span: type.span,
        hint: "cast it in the file, or leave the column out here",
      };
    default:
      return {
        code: "column-type",
        severity,
        message: `"${path}" has ${text} as ${misfit.kind}, and not as ${kind}`,
        span: type.span,
        hint: isEmbedding(kind)
          ? "an embedding is read from lists of numbers"
          : `write ${text}: ${misfit.kind}, or cast it in the file`,
      };
  }
}

import { type Diagnostic, isEmbedding, nearestName, type ValueKind } from "../../core/index.ts";
import type { DeclaredColumn, DeclaredPlace } from "../../dsl/index.ts";
import { type ColumnMisfit, misfitOf } from "../offline/column-misfit.ts";
import type { ParquetSchema } from "../offline/parquet-columns.ts";

/** Where the columns that a source declares cannot be read so from the files of one of its places, by the rule of the scan itself. */
export function declaredProblems(
  { file: { format, path }, columns }: DeclaredPlace,
  found: ParquetSchema,
): readonly Diagnostic[] {
  return columns.flatMap((column) => {
    // Texts of CSV are parsed as what is declared.
    const wanted: ValueKind = format === "csv" ? "string" : column.kind;
    const misfit = misfitOf(found, column.name.text, wanted);
    return misfit === undefined ? [] : [problemOf(column, misfit, path, [...found.types.keys()])];
  });
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

import { isScalar, parseTypeName, type ValueKind } from "../../core/index.ts";
import {
  type Expression,
  expressionParts,
  type FileClause,
  type Identifier,
  type TypeExpression,
} from "../syntax/index.ts";
import { isFile } from "./check-transports.ts";
import type { ParsedProject } from "./compile.ts";
import { Report } from "./report.ts";
import { checkType } from "./types.ts";

/** A column that a source declares. */
export interface DeclaredColumn {
  readonly name: Identifier;
  readonly type: TypeExpression;
  readonly kind: ValueKind;
}

/** A place with rows at rest of a source with `columns (...)`, and the columns that they must have. */
export interface DeclaredPlace {
  readonly source: string;
  readonly file: FileClause;
  readonly columns: readonly DeclaredColumn[];
}

/**
 * The places of a project whose files can be held against `columns (...)`. Columns whose declaration is itself an error are left
 * out, and so are those that only another place's `known` needs.
 */
export function declaredPlaces(project: ParsedProject): readonly DeclaredPlace[] {
  const places: DeclaredPlace[] = [];
  for (const declaration of project.declarations) {
    if (declaration.kind !== "source" || declaration.columns === undefined) continue;
    const seen = new Set<string>();
    const columns = declaration.columns.flatMap(({ name, type }): DeclaredColumn[] => {
      const checked = seen.has(name.text) ? undefined : checkType(type, new Report());
      seen.add(name.text);
      return checked === undefined ? [] : [{ name, type, kind: parseTypeName(checked).kind }];
    });
    for (const file of declaration.transports) {
      if (!isFile(file) || file.path.includes("\0")) continue;
      const others = declaration.transports.filter((other) => other !== file);
      const elsewhere = new Set(others.flatMap(({ known }) => namesIn(known)));
      for (const name of namesIn(file.known)) elsewhere.delete(name);
      const own = columns.filter(
        ({ name, kind }) => !elsewhere.has(name.text) && (file.format !== "csv" || isScalar(kind)),
      );
      places.push({ source: declaration.name.text, file, columns: own });
    }
  }
  return places;
}

/** The names in an expression, which may be as long as its file. */
function namesIn(expression: Expression | undefined): readonly string[] {
  const names: string[] = [];
  const left = expression === undefined ? [] : [expression];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (one.kind === "name") names.push(one.name.text);
    for (const part of expressionParts(one)) left.push(part);
  }
  return names;
}

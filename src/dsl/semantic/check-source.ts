import { formatDuration, isScalar, parseTypeName, type TypeName } from "../../core/index.ts";
import type { ExpressionPlan, SourcePlan } from "../plan/index.ts";
import { didYouMean, type Expression, type Identifier, type SourceDeclaration } from "../syntax/index.ts";
import { checkExpression } from "./check-expression.ts";
import { checkDeleted } from "./check-deleted.ts";
import { checkTransports, hasFiles } from "./check-transports.ts";
import { checkPii } from "./check-pii.ts";
import { typeOf } from "./resolve-call.ts";
import { checkProperties } from "./properties.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";
import { type CheckedSource, checkName, type Schema } from "./symbols.ts";
import { checkType } from "./types.ts";

/** A source; `schema` is what its files have, absent where the caller could not read them (and has said so). */
export function checkSource(
  declaration: SourceDeclaration,
  schema: Schema | undefined,
  report: Report,
): CheckedSource | undefined {
  const { name, source: kind } = declaration;
  if (!checkName("a source", name, report)) return undefined;
  if (declaration.transports.length === 0) {
    return report.error(
      "no-transport",
      `the source "${name.text}" says not where its rows are`,
      name.span,
      'add a line such as parquet "data/*.parquet"',
    );
  }
  if (declaration.columns === undefined && !hasFiles(declaration)) {
    return report.error(
      "missing-columns",
      `the source "${name.text}" says not which columns its rows have, and has no file that tells`,
      name.span,
      "add columns (...) with their names and types",
    );
  }
  if (!checkProperties(declaration.properties, ["owner", "description"], report)) return undefined;
  const columns = declaredColumns(declaration, report);
  if (columns === undefined) return undefined;
  const all: Schema | undefined = columns ?? schema;
  if (all === undefined) return undefined;
  const scope = columnScope(name.text, all, report);
  const [at, second] = declaration.at;
  if (second !== undefined) return report.error("duplicate", "a source has one `at`", second.span);
  if (kind === "table" && at !== undefined) {
    return report.error(
      "table-time",
      "a table has no time: its rows are always visible",
      at.span,
      "call it snapshot or events, or leave out `at`",
    );
  }
  if (kind !== "table" && at === undefined) {
    return report.error(
      "missing-at",
      `the source "${name.text}" says not when its rows happened`,
      name.span,
      kind === "snapshot" ? "add `at column`, or call it table if its rows are always valid" : "add `at column`",
    );
  }
  const atPlan = at === undefined ? undefined : timestamp(at, scope, report, "`at`");
  if (at !== undefined && atPlan === undefined) return undefined;
  const transports = checkTransports(
    declaration,
    {
      timestamp: (known) => timestamp(known, scope, report, "`known`"),
      column: (column) => columnOf(name.text, all, column, report),
    },
    report,
  );
  const id = checkId(declaration, scope, report);
  const deleted = checkDeleted(declaration, scope, report);
  const pii = checkPii(declaration.pii, (column) => columnOf(name.text, all, column, report) !== undefined, report);
  if (transports === undefined || id === undefined || deleted === undefined || pii === undefined) return undefined;
  const plan: SourcePlan = {
    name: name.text,
    kind,
    transports,
    ...(atPlan === undefined ? {} : { at: atPlan }),
    ...(id.length === 0 ? {} : { id }),
    ...(deleted === null ? {} : { deleted }),
    ...(pii.length === 0 ? {} : { pii }),
    columns: {},
  };
  return { plan, schema: all };
}

function declaredColumns(declaration: SourceDeclaration, report: Report): Schema | undefined | null {
  if (declaration.columns === undefined) return null;
  const columns: Record<string, TypeName> = Object.create(null) as Record<string, TypeName>;
  for (const { name, type } of declaration.columns) {
    const checked = checkType(type, report);
    if (checked === undefined) return undefined;
    if (!isScalar(parseTypeName(checked).kind) && declaration.transports.some(({ format }) => format === "csv"))
      return report.error("list-in-csv", `CSV holds no ${checked.replace("?", "")}`, type.span, "write it as Parquet");
    if (/^(list<)?duration/.test(checked))
      return report.error("unknown-type", "no file holds durations", type.span, "read it as a number, of minutes say");
    if (name.text in columns) return report.error("duplicate", `the column "${name.text}" stands twice`, name.span);
    // Whatever is read from a store may be missing, declared so or not.
    columns[name.text] = checked.endsWith("?") ? checked : (`${checked}?` as TypeName);
  }
  return columns;
}

function checkId(declaration: SourceDeclaration, scope: Scope, report: Report): readonly ExpressionPlan[] | undefined {
  const [id, second] = declaration.id;
  if (id === undefined) return [];
  if (second !== undefined)
    return report.error("duplicate", "a source has one `id`", second[0]?.span ?? declaration.span);
  if (declaration.source !== "events") {
    return report.error(
      "id-here",
      "only events have an `id`: of a snapshot's rows the latest wins anyway",
      id[0]?.span ?? declaration.span,
    );
  }
  const plans: ExpressionPlan[] = [];
  for (const part of id) {
    const plan = checkExpression(part, scope, report);
    if (plan === undefined) return undefined;
    if (typeOf(plan).kind === "float")
      return report.error(
        "float-key",
        "a float is no `id`: two of them are seldom equal",
        part.span,
        "use an int or a string",
      );
    if (!isScalar(typeOf(plan).kind))
      return report.error(
        "list-key",
        `an \`id\` is made of single values, and this is of type ${typeOf(plan).kind}`,
        part.span,
        "use an int or a string",
      );
    plans.push(plan);
  }
  return plans;
}

function timestamp(expression: Expression, scope: Scope, report: Report, what: string): ExpressionPlan | undefined {
  const plan = checkExpression(expression, scope, report);
  if (plan === undefined) return undefined;
  if (typeOf(plan).kind === "timestamp") return plan;
  return report.error(
    "wrong-type",
    `${what} is a timestamp, and this is of type ${typeOf(plan).kind}`,
    expression.span,
    what === "`known`" && typeOf(plan).kind === "duration"
      ? `a fixed delay is written lag ${durationText(expression)}`
      : "in the files it is a TIMESTAMP; in columns (...) it is declared timestamp",
  );
}

/** A duration that is written out, or one for an example. */
export function durationText(expression: Expression): string {
  const isWritten = expression.kind === "literal" && expression.type === "duration";
  return isWritten ? formatDuration(Number(expression.value)) : "10m";
}

/** The scope in which names are a source's columns and nothing else. */
export function columnScope(source: string, schema: Schema, report: Report): Scope {
  return {
    now: false,
    name: (identifier) => columnOf(source, schema, identifier, report),
    reference: (reference) =>
      report.error(
        "reference-here",
        "a source knows its own columns only",
        reference.span,
        "features of other groups are joined in a vector",
      ),
    aggregate: (call) =>
      report.error("nested-aggregate", "an aggregate stands in a group's feature, and not inside another", call.span),
    fitted: (call) =>
      report.error(
        "fitted-here",
        `"${call.name.text}" is fitted on training rows: it stands in a vector only`,
        call.span,
      ),
  };
}

/** The column of that name, or a report. */
export function columnOf(
  source: string,
  schema: Schema,
  { text, span, version }: Identifier,
  report: Report,
): ExpressionPlan | undefined {
  if (version !== undefined) {
    return report.error(
      "version-here",
      "a column has no versions",
      span,
      `write ${text.slice(0, text.lastIndexOf("@"))}; versions are of features: feature@2 = ...`,
    );
  }
  const type = Object.hasOwn(schema, text) ? schema[text] : undefined;
  if (type !== undefined) return { node: "column", type, name: text };
  return report.error(
    "unknown-column",
    `the source "${source}" has no column "${text}"`,
    span,
    () => didYouMean(text, Object.keys(schema)) ?? `it has ${Object.keys(schema).slice(0, 12).join(", ")}`,
  );
}

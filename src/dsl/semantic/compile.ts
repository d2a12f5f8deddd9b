import type { Diagnostic, SourceFile } from "../../core/index.ts";
import { type FunctionLibrary, noFunctions } from "../functions/index.ts";
import { type About, type GroupPlan, type ProjectPlan, testLimits, type TestPlan } from "../plan/index.ts";
import {
  type BrokenDeclaration,
  type Declaration,
  defaultParseLimits,
  type EntityDeclaration,
  type FileClause,
  type GroupDeclaration,
  type Identifier,
  parse,
  type ParsedFile,
  type ParseLimits,
  type Property,
  type SourceDeclaration,
  type TestDeclaration,
} from "../syntax/index.ts";
import { isFile } from "./check-transports.ts";
import { checkEntity } from "./check-entity.ts";
import { checkGroup } from "./check-group.ts";
import { checkSource } from "./check-source.ts";
import { checkTest } from "./check-test.ts";
import { checkVector } from "./check-vector.ts";
import { narrowedSource } from "./embed.ts";
import type { PlaceRecorder, Places } from "./places.ts";
import { type ExpressionTypes, Report } from "./report.ts";
import type { Schema, Symbols } from "./symbols.ts";

/** All the files of a project, parsed. */
export interface ParsedProject {
  readonly files: readonly SourceFile[];
  readonly declarations: readonly Declaration[];
  /** Declarations with an error of syntax. */
  readonly broken: readonly BrokenDeclaration[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a project's text comes to. */
export interface Compilation {
  /** Absent where there is an error. */
  readonly plan?: ProjectPlan;
  /** What the `test` blocks expect; none where there is an error. */
  readonly tests: readonly TestPlan[];
  /**
   * Docs, owners and promises, by `entity:NAME`, `source:NAME`, `group:ENTITY:NAME`, `feature:ENTITY:GROUP:NAME`, `vector:NAME`,
   * `slot:VECTOR:NAME` and `label:VECTOR:NAME` as declared.
   */
  readonly about: ReadonlyMap<string, About>;
  readonly diagnostics: readonly Diagnostic[];
  /** Where what the plan says was written. */
  readonly places: Places;
}

/** Parses the files of a project. */
export function parseProject(files: readonly SourceFile[], limits: ParseLimits = defaultParseLimits): ParsedProject {
  const parsed: readonly ParsedFile[] = files.map((file) => parse(file, limits));
  return {
    files,
    declarations: parsed.flatMap(({ declarations }) => declarations),
    broken: parsed.flatMap(({ broken }) => broken),
    diagnostics: parsed.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** A source whose columns stand in its files only. */
export interface UndeclaredSource {
  readonly name: Identifier;
  /** Its first place with rows at rest. */
  readonly file: FileClause;
}

/** The sources of a project whose columns the caller must read from their files: those without `columns (...)`. */
export function undeclaredSources(project: ParsedProject): readonly UndeclaredSource[] {
  return project.declarations.flatMap((declaration) => {
    if (declaration.kind !== "source" || declaration.columns !== undefined) return [];
    const file = declaration.transports.find(isFile);
    return file === undefined ? [] : [{ name: declaration.name, file }];
  });
}

/**
 * Resolves names, checks types and makes the plan. `schemas` gives the columns of sources by name; a source that is not
 * in it and declares none is taken to have been reported by the caller, in `problems`. The types of all expressions that have
 * one are put into `types`, for those who show them. `functions` are those of the project's own.
 */
export function compile(
  project: ParsedProject,
  schemas: ReadonlyMap<string, Schema>,
  problems: readonly Diagnostic[] = [],
  types?: ExpressionTypes,
  functions: FunctionLibrary = noFunctions,
): Compilation {
  const report = new Report(types, functions);
  const { declarations } = project;
  const entityDeclarations = unique(
    declarations.filter((d): d is EntityDeclaration => d.kind === "entity"),
    ({ name }) => [name.text, name],
    "entity",
    report,
  );
  const sourceDeclarations = unique(
    declarations.filter((d): d is SourceDeclaration => d.kind === "source"),
    ({ name }) => [name.text, name],
    "source",
    report,
  );
  const groupDeclarations = unique(
    declarations.filter((d): d is GroupDeclaration => d.kind === "group"),
    ({ entity, name }) => [`${entity.text}:${name.text}`, name],
    "group",
    report,
  );
  const vectorDeclarations = unique(
    declarations.filter((d) => d.kind === "vector"),
    ({ name }) => [name.text, name],
    "vector",
    report,
  );
  const testDeclarations = unique(
    declarations.filter((d) => d.kind === "test"),
    ({ name }) => [name.text, name],
    "test",
    report,
  );
  const symbols: Symbols = {
    entityDeclarations,
    sourceDeclarations,
    groupDeclarations,
    broken: project.broken,
    entities: new Map(),
    sources: new Map(),
    groups: new Map(),
  };
  for (const [name, declaration] of entityDeclarations) put(symbols.entities, name, checkEntity(declaration, report));
  for (const [name, declaration] of sourceDeclarations)
    put(symbols.sources, name, checkSource(declaration, schemas.get(name), report));
  for (const [name, declaration] of groupDeclarations)
    put(symbols.groups, name, checkGroup(declaration, symbols, report));
  const vectors = [...vectorDeclarations.values()].flatMap(
    (declaration) => checkVector(declaration, symbols, report) ?? [],
  );
  const tests = [...testDeclarations.values()].flatMap(
    (declaration, i) =>
      (i < testLimits.tests ? checkTest(declaration, symbols, report) : tooMany(declaration, report)) ?? [],
  );
  const diagnostics = [...project.diagnostics, ...problems, ...report.diagnostics].sort(byPlace);
  const about = aboutAll(declarations);
  const { places } = report;
  for (const declaration of declarations) placeDefinitions(declaration, places);
  if (diagnostics.some(({ severity }) => severity === "error")) return { tests: [], about, diagnostics, places };
  const groups = sorted([...symbols.groups.values()], (group: GroupPlan) => `${group.entity}:${group.name}`);
  const plan: ProjectPlan = {
    version: 1,
    entities: sorted([...symbols.entities.values()], ({ name }) => name),
    sources: sorted([...symbols.sources.keys()], (name) => name).flatMap(
      (name) => narrowedSource(name, groups, symbols) ?? [],
    ),
    groups,
    vectors: sorted(vectors, ({ name }) => name),
  };
  return { plan, tests, about, diagnostics, places };
}

function tooMany({ name }: TestDeclaration, report: Report): undefined {
  const message = `a project has at most ${String(testLimits.tests)} tests`;
  return report.error("too-large", message, name.span, "make two projects of it");
}

function byPlace({ span: a }: Diagnostic, { span: b }: Diagnostic): number {
  return a.file === b.file ? a.start - b.start : a.file < b.file ? -1 : 1;
}

function put<T>(map: Map<string, T>, name: string, value: T | undefined): void {
  if (value !== undefined) map.set(name, value);
}

function sorted<T>(items: readonly T[], by: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => (by(a) < by(b) ? -1 : 1));
}

function unique<T>(
  items: readonly T[],
  nameOf: (item: T) => [string, Identifier],
  kind: string,
  report: Report,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const item of items) {
    const [name, { span }] = nameOf(item);
    if (found.has(name)) report.error("duplicate", `the ${kind} "${name}" stands twice`, span);
    else found.set(name, item);
  }
  return found;
}

/** Slots and labels have been placed when they were checked. */
function placeDefinitions(declaration: Declaration, { definitions }: PlaceRecorder): void {
  const { kind, name } = declaration;
  if (kind !== "group") {
    definitions.set(`${kind}:${name.text}`, name.span);
    return;
  }
  const group = `${declaration.entity.text}:${name.text}`;
  definitions.set(`group:${group}`, name.span);
  for (const definition of declaration.definitions) {
    definitions.set(`feature:${group}:${definition.name.text}`, definition.name.span);
  }
}

function aboutAll(declarations: readonly Declaration[]): ReadonlyMap<string, About> {
  const about = new Map<string, About>();
  const add = (key: string, doc: string | undefined, properties: readonly Property[] = []): void => {
    const entry: About = {
      ...(doc === undefined ? {} : { doc }),
      ...Object.fromEntries(
        properties
          .filter(({ name }) => name === "owner" || name === "description" || name === "sla")
          .map(({ name, value }) => [name, value]),
      ),
    };
    if (Object.keys(entry).length > 0) about.set(key, entry);
  };
  for (const declaration of declarations) {
    if (declaration.kind === "group") {
      const name = `${declaration.entity.text}:${declaration.name.text}`;
      add(`group:${name}`, declaration.doc, declaration.properties);
      for (const definition of declaration.definitions) add(`feature:${name}:${definition.name.text}`, definition.doc);
    } else if (declaration.kind !== "test") {
      const { name } = declaration;
      add(`${declaration.kind}:${name.text}`, declaration.doc, declaration.properties);
      if (declaration.kind !== "vector") continue;
      for (const slot of declaration.slots) add(`slot:${name.text}:${slot.name.text}`, slot.doc);
      for (const label of declaration.labels) add(`label:${name.text}:${label.name.text}`, label.doc);
    }
  }
  return about;
}

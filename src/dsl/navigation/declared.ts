import type { Span } from "../../core/index.ts";
import { type FunctionLibrary, noFunctions } from "../functions/index.ts";
import { type ExpressionTypes, type ParsedProject, placeOf, type Schema } from "../semantic/index.ts";
import type {
  Definition,
  EntityDeclaration,
  GroupDeclaration,
  LabelClause,
  Property,
  SourceDeclaration,
  TypedName,
  VectorDeclaration,
} from "../syntax/index.ts";
import { namedFunctions } from "./library.ts";
import type { Named, NamedKind } from "./named.ts";

/** Names that a declaration gives a meaning to, by name. */
export type Names = ReadonlyMap<string, Named>;

/** An entity, with the columns of its key. */
export interface DeclaredEntity {
  readonly named: Named;
  readonly key: Names;
}

/** A source, with its columns as far as they are known. */
export interface DeclaredSource {
  readonly named: Named;
  readonly kind: SourceDeclaration["source"];
  readonly columns: Names;
}

/** A group, with its features by their own names. */
export interface DeclaredGroup {
  readonly named: Named;
  readonly source: string;
  readonly features: Names;
}

/** A vector, with its names. */
export interface DeclaredVector {
  readonly named: Named;
  /** Roles, and `role_column` where a key has several columns. */
  readonly roles: Names;
  readonly inputs: Names;
  /** Slots and steps. */
  readonly definitions: Names;
  readonly labels: Names;
}

/** What all declarations of a project define; of two with one name the first. Groups by `entity:group`. */
export interface Declared {
  readonly entities: ReadonlyMap<string, DeclaredEntity>;
  readonly sources: ReadonlyMap<string, DeclaredSource>;
  readonly groups: ReadonlyMap<string, DeclaredGroup>;
  readonly vectors: ReadonlyMap<string, DeclaredVector>;
  /** The functions of the project's own. */
  readonly functions: Names;
}

/** What is known of a project beside its text. */
export interface Known {
  /** Columns by source, for those whose columns stand in files only. */
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly types: ExpressionTypes;
  /** The functions of the project's own. */
  readonly functions?: FunctionLibrary;
}

/** The longest definition that is shown. */
const maxWritten = 400;

/** Collects what the declarations of a project define. */
export function declare(project: ParsedProject, known: Known): Declared {
  const texts = new Map(project.files.map(({ path, text }) => [path, text]));
  const context: Context = {
    ...known,
    written: ({ file, start, end }) => oneLine(texts.get(file)?.slice(start, end) ?? ""),
  };
  const entities = new Map<string, DeclaredEntity>();
  const sources = new Map<string, DeclaredSource>();
  const groups = new Map<string, DeclaredGroup>();
  const vectors = new Map<string, DeclaredVector>();
  for (const declaration of project.declarations) {
    if (declaration.kind === "entity") first(entities, declaration.name.text, entityOf(declaration, context));
    else if (declaration.kind === "source") first(sources, declaration.name.text, sourceOf(declaration, context));
  }
  for (const declaration of project.declarations) {
    if (declaration.kind === "group") {
      const source = sources.get(declaration.source.text);
      first(groups, `${declaration.entity.text}:${declaration.name.text}`, groupOf(declaration, source, context));
    } else if (declaration.kind === "vector") {
      first(vectors, declaration.name.text, vectorOf(declaration, entities, context));
    }
  }
  return { entities, sources, groups, vectors, functions: namedFunctions(known.functions ?? noFunctions) };
}

interface Context extends Known {
  readonly written: (span: Span) => string;
}

function first<T>(map: Map<string, T>, name: string, value: T): void {
  if (!map.has(name)) map.set(name, value);
}

/** Texts and names in backticks, a cut one too, or else comments and white space. */
const apart = /("(?:[^"\\\r\n]|\\.)*"?|`[^`\r\n]*`?)|(?:\/\/[^\r\n]*|\s)+/g;

function oneLine(text: string): string {
  const line = text.slice(0, 2 * maxWritten).replace(apart, (_, kept: string | undefined) => kept ?? " ");
  return line.length > maxWritten ? `${line.slice(0, maxWritten)} ...` : line;
}

function ownerOf(properties: readonly Property[]): { readonly owner?: string } {
  const owner = properties.find(({ name }) => name === "owner");
  return owner === undefined ? {} : { owner: String(owner.value) };
}

function docOf({ doc }: { readonly doc?: string }): { readonly doc?: string } {
  return doc === undefined ? {} : { doc };
}

function typedNames(names: readonly TypedName[], kind: NamedKind, context: Context): Map<string, Named> {
  return new Map(
    names.map(({ name, type }): [string, Named] => [
      name.text,
      { kind, name: name.text, type: context.written(type.span), definition: name.span },
    ]),
  );
}

function entityOf(declaration: EntityDeclaration, context: Context): DeclaredEntity {
  const { name, key, properties } = declaration;
  const columns = key.map((column) => `${column.name.text}: ${context.written(column.type.span)}`).join(", ");
  return {
    named: {
      kind: "entity",
      name: name.text,
      ...docOf(declaration),
      ...ownerOf(properties),
      written: `entity ${name.text} (${columns})`,
      definition: name.span,
    },
    key: typedNames(key, "column", context),
  };
}

function sourceOf(declaration: SourceDeclaration, context: Context): DeclaredSource {
  const { name, source, transports, columns, properties } = declaration;
  const own = columns === undefined ? new Map<string, Named>() : typedNames(columns, "column", context);
  if (columns === undefined) {
    for (const [column, type] of Object.entries(context.schemas.get(name.text) ?? {}))
      own.set(column, { kind: "column", name: column, type, written: `of ${name.text}`, definition: name.span });
  }
  return {
    named: {
      kind: "source",
      name: name.text,
      ...docOf(declaration),
      ...ownerOf(properties),
      written: `${source} ${name.text} { ${transports.map(({ span }) => context.written(span)).join("; ")} }`,
      definition: name.span,
    },
    kind: source,
    columns: own,
  };
}

function groupOf(declaration: GroupDeclaration, source: DeclaredSource | undefined, context: Context): DeclaredGroup {
  const { entity, name, by, definitions, properties } = declaration;
  const canonical = `${entity.text}:${name.text}`;
  const key = by.map(({ value }) => context.written(value.span)).join(", ");
  const owner = ownerOf(properties);
  const features = new Map<string, Named>();
  for (const definition of definitions) {
    const column = definition.value === undefined ? source?.columns.get(definition.name.text)?.type : undefined;
    const feature = definitionNamed("feature", definition, context, column);
    first(features, definition.name.text, { ...feature, name: `${canonical}:${definition.name.text}`, ...owner });
  }
  return {
    named: {
      kind: "group",
      name: canonical,
      ...docOf(declaration),
      ...owner,
      written: `group ${canonical} from ${declaration.source.text} by ${key}`,
      definition: name.span,
    },
    source: declaration.source.text,
    features,
  };
}

function definitionNamed(
  kind: NamedKind,
  definition: Definition | LabelClause,
  context: Context,
  column?: string,
): Named {
  const { name, value } = definition;
  const type = value === undefined ? column : context.types.get(placeOf(value.span));
  return {
    kind,
    name: name.text,
    ...(type === undefined ? {} : { type }),
    ...docOf(definition),
    written: value === undefined ? name.text : `${name.text} = ${context.written(value.span)}`,
    definition: name.span,
  };
}

function vectorOf(
  declaration: VectorDeclaration,
  entities: ReadonlyMap<string, DeclaredEntity>,
  context: Context,
): DeclaredVector {
  const { name, roles, inputs, steps, slots, labels, properties } = declaration;
  const keys = new Map<string, Named>();
  for (const { role, entity } of roles) {
    const columns = [...(entities.get(entity.text)?.key.values() ?? [])];
    const [only] = columns;
    const type = columns.length === 1 ? only?.type : undefined;
    const named = {
      kind: "role" as const,
      name: role.text,
      definition: role.span,
      written: `key ${role.text}: ${entity.text}`,
    };
    first(keys, role.text, type === undefined ? named : { ...named, type });
    if (columns.length < 2) continue;
    for (const column of columns)
      first(keys, `${role.text}_${column.name}`, {
        ...column,
        kind: "role",
        name: `${role.text}_${column.name}`,
        definition: role.span,
      });
  }
  const definitions = new Map<string, Named>();
  for (const step of steps) first(definitions, step.name.text, definitionNamed("step", step, context));
  for (const slot of slots) first(definitions, slot.name.text, definitionNamed("slot", slot, context));
  return {
    named: {
      kind: "vector",
      name: name.text,
      ...docOf(declaration),
      ...ownerOf(properties),
      written: `vector ${name.text}: ${String(slots.length)} ${slots.length === 1 ? "slot" : "slots"}`,
      definition: name.span,
    },
    roles: keys,
    inputs: typedNames(inputs, "input", context),
    definitions,
    labels: new Map(
      labels.map((label): [string, Named] => [
        label.name.text,
        definitionNamed(
          "label",
          label,
          context,
          label.type === undefined ? undefined : context.written(label.type.span),
        ),
      ]),
    ),
  };
}

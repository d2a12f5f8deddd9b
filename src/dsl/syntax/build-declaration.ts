import type { CstNode } from "chevrotain";
import type { Span } from "../../core/index.ts";
import type {
  Declaration,
  Definition,
  EntityDeclaration,
  GroupDeclaration,
  Identifier,
  LabelClause,
  LookbackClause,
  Property,
  SourceDeclaration,
  TransportClause,
  TypedName,
  TypeExpression,
  VectorDeclaration,
} from "./ast.ts";
import { BuildError, buildExpression, durationOf, identifier, stringOf, versionedName } from "./build-expression.ts";
import { nodes, optionalNode, requiredNode, requiredToken, spanOf, spanOfToken, tokens } from "./cst.ts";
import { buildTest } from "./build-test.ts";
import type { DocComments } from "./docs.ts";

interface Context {
  readonly file: string;
  readonly docs: DocComments;
}

/** Builds the AST of one `declaration` rule and takes the comments that document it and its parts. */
export function buildDeclaration(node: CstNode, file: string, docs: DocComments): Declaration {
  const context = { file, docs };
  const entity = optionalNode(node, "entity");
  if (entity !== undefined) return buildEntity(entity, context);
  const source = optionalNode(node, "source");
  if (source !== undefined) return buildSource(source, context);
  const group = optionalNode(node, "group");
  if (group !== undefined) return buildGroup(group, context);
  const test = optionalNode(node, "test");
  if (test !== undefined) return buildTest(test, file, docs);
  return buildVector(requiredNode(node, "vector"), context);
}

function buildEntity(node: CstNode, context: Context): EntityDeclaration {
  return {
    kind: "entity",
    name: identifier(requiredToken(node, "Name"), context.file),
    ...doc(node, context),
    key: nodes(node, "typedName").map((child) => typedName(child, context.file)),
    pii: piiNames(node, context.file),
    properties: properties(node, context.file),
    span: spanOf(node, context.file),
  };
}

function buildSource(node: CstNode, context: Context): SourceDeclaration {
  const { file } = context;
  const [columns, again] = nodes(node, "columns");
  if (again !== undefined) throw new BuildError("duplicate", "a source says its columns once", spanOf(again, file));
  return {
    kind: "source",
    source: tokens(node, "Events").length > 0 ? "events" : tokens(node, "Snapshot").length > 0 ? "snapshot" : "table",
    name: identifier(requiredToken(node, "Name"), file),
    ...doc(node, context),
    transports: nodes(node, "transport").map((child) => transport(child, file)),
    ...(columns === undefined ? {} : { columns: nodes(columns, "typedName").map((child) => typedName(child, file)) }),
    at: nodes(node, "at").map((child) => buildExpression(requiredNode(child, "expression"), file)),
    deleted: nodes(node, "deleted").map((child) => buildExpression(requiredNode(child, "expression"), file)),
    pii: piiNames(node, file),
    id: nodes(node, "id").map((child) => nodes(child, "expression").map((part) => buildExpression(part, file))),
    properties: properties(node, file),
    span: spanOf(node, file),
  };
}

function transport(node: CstNode, file: string): TransportClause {
  const [known, secondKnown] = nodes(node, "known");
  const [lag, secondLag] = nodes(node, "lag");
  const [cursor, secondCursor] = nodes(node, "cursor");
  const [lookback, secondLookback] = nodes(node, "lookback");
  const again = secondKnown ?? secondLag ?? secondCursor ?? secondLookback;
  if (again !== undefined) {
    throw new BuildError("duplicate", `a place of rows has one \`${again.name}\``, spanOf(again, file));
  }
  if (known !== undefined && lag !== undefined) {
    throw new BuildError(
      "known-and-lag",
      "`known` says when each row was known, and `lag` assumes it: one of them is enough",
      spanOf(lag, file),
      "keep `known` if the rows have such a column",
    );
  }
  const where = stringOf(requiredToken(node, "String"), file);
  const length = lag === undefined ? undefined : requiredToken(lag, "Duration");
  const rest = {
    ...(known === undefined ? {} : { known: buildExpression(requiredNode(known, "expression"), file) }),
    ...(length === undefined ? {} : { lag: { micros: durationOf(length, file), span: spanOfToken(length, file) } }),
    span: spanOf(node, file),
  };
  if (tokens(node, "Postgres").length > 0) {
    return {
      format: "postgres",
      table: where,
      ...(cursor === undefined ? {} : { cursor: identifier(requiredToken(cursor, "Name"), file) }),
      ...(lookback === undefined ? {} : { lookback: buildLookback(lookback, file) }),
      ...rest,
    };
  }
  const incremental = cursor ?? lookback;
  if (incremental !== undefined) {
    throw new BuildError(
      "cursor-here",
      `only a table of a database is read by a ${incremental.name}: files and topics know what is new`,
      spanOf(incremental, file),
      "leave it out",
    );
  }
  if (tokens(node, "Kafka").length > 0) return { format: "kafka", topic: where, ...rest };
  const isOf = (token: string): boolean => tokens(node, token).length > 0;
  return { format: isOf("Csv") ? "csv" : isOf("Arrow") ? "arrow" : "parquet", path: where, ...rest };
}

function buildLookback(node: CstNode, file: string): LookbackClause {
  const span = spanOf(node, file);
  const [duration] = tokens(node, "Duration");
  if (duration !== undefined) return { unit: "duration", amount: durationOf(duration, file), span };
  return { unit: "number", amount: Number(requiredToken(node, "Number").image), span };
}

function buildGroup(node: CstNode, context: Context): GroupDeclaration {
  const { file } = context;
  const [entity, name, source] = tokens(node, "Name").map((token) => identifier(token, file));
  if (entity === undefined || name === undefined || source === undefined) throw new Error("grammar: short group");
  return {
    kind: "group",
    entity,
    name,
    source,
    ...doc(node, context),
    by: nodes(node, "byItem").map((child) => {
      const [as] = tokens(child, "Name");
      const value = buildExpression(requiredNode(child, "expression"), file);
      return as === undefined ? { value } : { value, as: identifier(as, file) };
    }),
    definitions: nodes(node, "definition").flatMap((child) => definitions(child, context)),
    properties: properties(node, file),
    span: spanOf(node, file),
  };
}

function definitions(node: CstNode, context: Context): readonly Definition[] {
  const value = optionalNode(node, "expression");
  const names = tokens(node, "Name");
  const [version] = tokens(node, "Number");
  if (version !== undefined && value === undefined) {
    throw new BuildError(
      "bad-version",
      "a version of a feature says what it is: a column has none",
      spanOfToken(version, context.file),
      `write ${names[0]?.image ?? ""}@${version.image} = ...`,
    );
  }
  return names.map((token, i) => ({
    name: versionedName(token, version, context.file),
    // Of several columns on one line the comment above documents the first.
    ...(i > 0 && names[i - 1]?.startLine === token.startLine
      ? {}
      : docAbove(i === 0 ? spanOf(node, context.file) : spanOfToken(token, context.file), context)),
    ...(value === undefined ? {} : { value: buildExpression(value, context.file) }),
  }));
}

function buildVector(node: CstNode, context: Context): VectorDeclaration {
  const { file } = context;
  return {
    kind: "vector",
    name: identifier(requiredToken(node, "Name"), file),
    ...doc(node, context),
    roles: nodes(node, "roles").flatMap((child) => {
      context.docs.take(spanOf(child, file));
      return nodes(child, "role").map((role) => {
        const [name, entity] = tokens(role, "Name").map((token) => identifier(token, file));
        if (name === undefined) throw new Error("grammar: empty role");
        return { role: name, entity: entity ?? name };
      });
    }),
    inputs: nodes(node, "inputs").flatMap((child) => {
      context.docs.take(spanOf(child, file));
      return nodes(child, "typedName").map((input) => typedName(input, file));
    }),
    pii: piiNames(node, file),
    steps: nodes(node, "step").flatMap((child) => definitions(child, context)),
    slots: nodes(node, "slot").flatMap((child) => definitions(child, context)),
    labels: nodes(node, "label").map((child) => label(child, context)),
    properties: properties(node, file),
    span: spanOf(node, file),
  };
}

function label(node: CstNode, context: Context): LabelClause {
  const { file } = context;
  const typed = optionalNode(node, "type");
  const [expression] = nodes(node, "expression").map((child) => buildExpression(child, file));
  return {
    name: identifier(requiredToken(node, "Name"), file),
    ...doc(node, context),
    ...(typed === undefined ? {} : { type: type(typed, file) }),
    ...(expression === undefined ? {} : typed === undefined ? { value: expression } : { known: expression }),
  };
}

function piiNames(node: CstNode, file: string): readonly Identifier[] {
  return nodes(node, "pii").flatMap((child) => tokens(child, "Name").map((token) => identifier(token, file)));
}

function typedName(node: CstNode, file: string): TypedName {
  return { name: identifier(requiredToken(node, "Name"), file), type: type(requiredNode(node, "type"), file) };
}

function type(node: CstNode, file: string): TypeExpression {
  const [name, nested] = tokens(node, "Name").map((token) => identifier(token, file));
  if (name === undefined) throw new Error("grammar: empty type");
  const inner = optionalNode(node, "elementType");
  const element: TypeExpression | undefined =
    inner !== undefined
      ? type(inner, file)
      : nested === undefined
        ? undefined
        : { name: nested, optional: false, span: nested.span };
  const size = optionalNode(node, "size");
  return {
    name,
    ...(element === undefined ? {} : { element }),
    ...(size === undefined ? {} : { size: sizeOf(size, file) }),
    optional: tokens(node, "?").length > 0,
    span: spanOf(node, file),
  };
}

function sizeOf(node: CstNode, file: string): Identifier {
  const sign = tokens(node, "-").length > 0 ? "-" : "";
  return { text: sign + requiredToken(node, "Number").image, span: spanOf(node, file) };
}

function properties(node: CstNode, file: string): readonly Property[] {
  return nodes(node, "property").map((child) => {
    const span = spanOf(child, file);
    if (tokens(child, "Owner").length > 0) return { name: "owner", value: text(child, file), span };
    if (tokens(child, "Description").length > 0) return { name: "description", value: text(child, file), span };
    const value = durationOf(requiredToken(child, "Duration"), file);
    const name = tokens(child, "Sla").length > 0 ? "sla" : tokens(child, "Ttl").length > 0 ? "ttl" : "hop";
    return { name, value, span };
  });
}

function text(node: CstNode, file: string): string {
  return stringOf(requiredToken(node, "String"), file);
}

function doc(node: CstNode, context: Context): { readonly doc?: string } {
  return docAbove(spanOf(node, context.file), context);
}

function docAbove(place: Span, context: Context): { readonly doc?: string } {
  const found = context.docs.take(place);
  return found === undefined ? {} : { doc: found };
}

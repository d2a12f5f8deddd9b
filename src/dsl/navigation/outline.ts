import type { Span } from "../../core/index.ts";
import type { Declaration, Identifier, VectorDeclaration } from "../syntax/index.ts";
import type { NamedKind } from "./named.ts";

/** A definition, with those in it. */
export interface OutlineItem {
  readonly kind: NamedKind;
  readonly name: string;
  /** What it is of: a source's kind, an entity of a role. */
  readonly detail?: string;
  readonly nameSpan: Span;
  /** All of it; holds the name's. */
  readonly span: Span;
  readonly children: readonly OutlineItem[];
}

/** The definitions of one file, in the order of the text. */
export function outlineOf(declarations: readonly Declaration[]): readonly OutlineItem[] {
  return declarations.flatMap((declaration): OutlineItem[] => {
    const { name, span } = declaration;
    const of = (kind: NamedKind, text: string, children: readonly OutlineItem[], detail?: string): OutlineItem[] => [
      {
        kind,
        name: text,
        ...(detail === undefined ? {} : { detail }),
        nameSpan: name.span,
        span,
        children: children.toSorted((a, b) => a.span.start - b.span.start),
      },
    ];
    switch (declaration.kind) {
      case "entity":
        return of(
          "entity",
          name.text,
          declaration.key.map((column) => leaf("column", column.name, column.type.span)),
        );
      case "source":
        return of("source", name.text, [], declaration.source);
      case "group": {
        const features = declaration.definitions.map(({ name: own, value }) => leaf("feature", own, value?.span));
        return of("group", `${declaration.entity.text}:${name.text}`, features, `from ${declaration.source.text}`);
      }
      case "vector":
        return of("vector", name.text, vectorLeaves(declaration));
      case "test":
        return of("test", name.text === "" ? "test" : name.text, []);
    }
  });
}

function vectorLeaves({ roles, inputs, steps, slots, labels }: VectorDeclaration): readonly OutlineItem[] {
  return [
    ...roles.map(({ role, entity }) => leaf("role", role, entity.span)),
    ...inputs.map((input) => leaf("input", input.name, input.type.span)),
    ...steps.map((step) => leaf("step", step.name, step.value?.span)),
    ...slots.map((slot) => leaf("slot", slot.name, slot.value?.span)),
    ...labels.map((label) => leaf("label", label.name, label.known?.span ?? label.value?.span ?? label.type?.span)),
  ];
}

function leaf(kind: NamedKind, { text, span }: Identifier, until: Span = span): OutlineItem {
  return { kind, name: text, nameSpan: span, span: { ...span, end: Math.max(span.end, until.end) }, children: [] };
}

import { scalarKinds } from "../../core/index.ts";
import { fittedOfCall, type ParsedProject } from "../semantic/index.ts";
import type {
  CallExpression,
  EntityDeclaration,
  Expression,
  GroupDeclaration,
  Identifier,
  ReferenceExpression,
  SourceDeclaration,
  TestDeclaration,
  TypeExpression,
  VectorDeclaration,
} from "../syntax/index.ts";
import type { Declared, DeclaredVector } from "./declared.ts";
import { aggregatesByName, fittedByEntry, functionsByName } from "./library.ts";
import type { Named, Occurrence } from "./named.ts";

/** What names mean where an expression stands. */
interface Place {
  readonly name: (text: string) => Named | undefined;
  /** In the brackets of a reference. */
  readonly key?: (text: string) => Named | undefined;
  /** In an aggregate: the names of columns. */
  readonly column?: (text: string) => Named | undefined;
  /** Whether functions may be fitted here. */
  readonly fitted?: true;
}

const typeWords: ReadonlySet<string> = new Set<string>([...scalarKinds, "list", "embedding"]);

/** All names of a project that stand for something, in no order. */
export function occurrencesOf({ declarations }: ParsedProject, declared: Declared): readonly Occurrence[] {
  const found = new Occurrences(declared);
  for (const declaration of declarations) {
    switch (declaration.kind) {
      case "entity":
        found.entity(declaration);
        break;
      case "source":
        found.source(declaration);
        break;
      case "group":
        found.group(declaration);
        break;
      case "vector":
        found.vector(declaration);
        break;
      case "test":
        found.test(declaration);
        break;
    }
  }
  return found.all;
}

class Occurrences {
  readonly all: Occurrence[] = [];
  readonly #declared: Declared;

  constructor(declared: Declared) {
    this.#declared = declared;
  }

  add({ span }: Pick<Identifier, "span">, named: Named | undefined): void {
    if (named !== undefined) this.all.push({ span, named });
  }

  type({ name, element }: TypeExpression): void {
    if (typeWords.has(name.text)) this.add(name, { kind: "type", name: name.text });
    if (element !== undefined) this.type(element);
  }

  entity({ name, key, pii }: EntityDeclaration): void {
    const own = this.#declared.entities.get(name.text);
    this.add(name, own?.named);
    for (const column of key) {
      this.add(column.name, own?.key.get(column.name.text));
      this.type(column.type);
    }
    for (const column of pii) this.add(column, own?.key.get(column.text));
  }

  source({ name, columns = [], transports, at, id, deleted, pii }: SourceDeclaration): void {
    const own = this.#declared.sources.get(name.text);
    this.add(name, own?.named);
    for (const column of columns) {
      this.add(column.name, own?.columns.get(column.name.text));
      this.type(column.type);
    }
    for (const column of pii) this.add(column, own?.columns.get(column.text));
    const place: Place = { name: (text) => own?.columns.get(text) };
    for (const transport of transports) {
      const { cursor } = transport.format === "postgres" ? transport : {};
      if (cursor !== undefined) this.add(cursor, own?.columns.get(cursor.text));
    }
    const known = transports.flatMap((transport) => transport.known ?? []);
    for (const expression of [...known, ...at, ...id.flat(), ...deleted]) this.#expression(expression, place);
  }

  group({ entity, name, source, by, definitions }: GroupDeclaration): void {
    const own = this.#declared.groups.get(`${entity.text}:${name.text}`);
    const rows = this.#declared.sources.get(source.text);
    const key = this.#declared.entities.get(entity.text);
    this.add(entity, key?.named);
    this.add(name, own?.named);
    this.add(source, rows?.named);
    const column = (text: string): Named | undefined => rows?.columns.get(text);
    for (const { value, as } of by) {
      this.#expression(value, { name: column });
      if (as !== undefined) this.add(as, key?.key.get(as.text));
    }
    for (const definition of definitions) {
      const self = definition.name.text;
      this.add(definition.name, own?.features.get(self));
      if (definition.value === undefined) continue;
      const sibling = (text: string): Named | undefined =>
        (text === self ? undefined : own?.features.get(text)) ?? column(text);
      this.#expression(definition.value, { name: sibling, column });
    }
  }

  vector({ name, roles, inputs, pii, steps, slots, labels }: VectorDeclaration): void {
    const own = this.#declared.vectors.get(name.text);
    this.add(name, own?.named);
    for (const { role, entity } of roles) {
      if (role !== entity) this.add(role, own?.roles.get(role.text));
      this.add(entity, this.#declared.entities.get(entity.text)?.named);
    }
    for (const input of inputs) {
      this.add(input.name, own?.inputs.get(input.name.text));
      this.type(input.type);
    }
    for (const input of pii) this.add(input, own?.inputs.get(input.text));
    if (own === undefined) return;
    for (const definition of [...steps, ...slots]) {
      this.add(definition.name, own.definitions.get(definition.name.text));
      if (definition.value !== undefined) this.#expression(definition.value, slotPlace(own, definition.name.text));
    }
    for (const label of labels) {
      this.add(label.name, own.labels.get(label.name.text));
      if (label.type !== undefined) this.type(label.type);
      for (const expression of [label.value, label.known])
        if (expression !== undefined) this.#expression(expression, labelPlace(own));
    }
  }

  test({ given, expectations }: TestDeclaration): void {
    for (const { source, cells } of given) {
      const own = this.#declared.sources.get(source.text);
      this.add(source, own?.named);
      for (const { name } of cells) this.add(name, own?.columns.get(name.text));
    }
    for (const { condition } of expectations) this.#expression(condition, { name: () => undefined });
  }

  #expression(root: Expression, place: Place): void {
    const left: [Expression, Place][] = [[root, place]];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [expression, here] = next;
      if (expression.kind === "name") this.add(expression.name, here.name(expression.name.text));
      else if (expression.kind === "list") for (const item of expression.items) left.push([item, here]);
      else if (expression.kind === "reference") {
        this.#reference(expression);
        for (const part of expression.key ?? []) left.push([part, { ...here, name: here.key ?? here.name }]);
      } else if (expression.kind === "call") this.#call(expression, here, left);
    }
  }

  #reference({ entity, group, feature }: ReferenceExpression): void {
    const name = `${entity.text}:${group.text}`;
    const own = this.#declared.groups.get(name);
    this.add(entity, this.#declared.entities.get(entity.text)?.named);
    this.add(group, own?.named);
    this.add(feature, own?.features.get(feature.text));
  }

  #call(call: CallExpression, place: Place, left: [Expression, Place][]): void {
    const { name, args, window, form } = call;
    const aggregate = isAggregate(call, place);
    const entry = place.fitted === true && form !== "operator" ? fittedOfCall(call) : undefined;
    const fitted = entry === undefined ? undefined : fittedByEntry.get(entry);
    if (form !== "operator") {
      this.add(
        name,
        fitted ??
          (aggregate ? aggregatesByName : functionsByName).get(name.text) ??
          this.#declared.functions.get(name.text),
      );
    }
    const inside = aggregate && place.column !== undefined ? { ...place, name: place.column } : place;
    // The word in `fill(mean)` is no name.
    const values = fitted === undefined ? args : args.slice(0, 1);
    for (const { value } of values) left.push([value, inside]);
    if (window?.where !== undefined) left.push([window.where, inside]);
  }
}

function isAggregate({ name, args, window, form }: CallExpression, place: Place): boolean {
  if (window !== undefined) return true;
  if (form === "operator" || !aggregatesByName.has(name.text)) return false;
  return !functionsByName.has(name.text) || (place.column !== undefined && args.length === 1);
}

/** A slot may have the name of the input it is made from. */
function slotPlace({ roles, inputs, definitions, labels }: DeclaredVector, self: string): Place {
  const request = (text: string): Named | undefined => inputs.get(text) ?? roles.get(text);
  return {
    fitted: true,
    name: (text) => (text === self ? undefined : definitions.get(text)) ?? request(text) ?? labels.get(text),
    key: (text) => roles.get(text) ?? inputs.get(text) ?? definitions.get(text) ?? labels.get(text),
  };
}

function labelPlace({ roles, inputs, definitions, labels }: DeclaredVector): Place {
  const request = (text: string): Named | undefined => inputs.get(text) ?? roles.get(text);
  return {
    name: (text) => labels.get(text) ?? request(text),
    key: (text) => request(text) ?? definitions.get(text),
  };
}

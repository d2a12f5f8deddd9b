import { typeName } from "../../core/index.ts";
import {
  type EntityPlan,
  type ExpressionPlan,
  type GroupPlan,
  type KeyColumnPlan,
  type ReadPlan,
  replaceLeaves,
  type RolePlan,
} from "../plan/index.ts";
import type { Expression, ReferenceExpression } from "../syntax/index.ts";
import { typeOf } from "./resolve-call.ts";
import { didYouMean, type Report } from "./report.ts";
import { featureOf, type Symbols } from "./symbols.ts";

/** What a reference can mean in one vector. */
export interface ReferenceContext {
  readonly symbols: Symbols;
  readonly report: Report;
  readonly roles: readonly RolePlan[];
  readonly keyColumns: ReadonlyMap<string, KeyColumnPlan>;
  readonly inputs: ReadonlyMap<string, KeyColumnPlan>;
}

/** `@entity:group:feature[key]` as an expression over stored values, which are added to `reads`. */
export function checkReference(
  reference: ReferenceExpression,
  context: ReferenceContext,
  reads: Map<string, ReadPlan>,
  inLabel: boolean,
): ExpressionPlan | undefined {
  const { symbols, report } = context;
  const group = groupOf(reference, context);
  if (group === undefined) return undefined;
  const feature = featureOf(group, reference.feature.text);
  if (feature === undefined) {
    const names = declaredFeatures(reference, symbols);
    // A feature that is declared but has an error has been reported where it stands.
    if (names.includes(reference.feature.text)) return undefined;
    return report.error(
      "unknown-feature",
      `${group.entity}:${group.name} has no feature "${reference.feature.text}"`,
      reference.feature.span,
      didYouMean(reference.feature.text, names) ?? `it has ${names.slice(0, 12).join(", ")}`,
    );
  }
  if (feature.forward && !inLabel) {
    return report.error(
      "label-among-features",
      `"${feature.name}" looks forward: it may stand in a label only`,
      reference.span,
    );
  }
  const entity = symbols.entities.get(group.entity);
  if (entity === undefined) return undefined;
  const key = checkKey(reference, entity, context);
  if (key === undefined) return undefined;
  return replaceLeaves(feature.value, (leaf) =>
    leaf.node === "stored" ? read(leaf.name, group, key, reads) : undefined,
  );
}

function groupOf(
  { entity, group, span }: ReferenceExpression,
  { symbols, report }: ReferenceContext,
): GroupPlan | undefined {
  const name = `${entity.text}:${group.text}`;
  const found = symbols.groups.get(name);
  if (found !== undefined || symbols.groupDeclarations.has(name)) return found;
  if (!symbols.entityDeclarations.has(entity.text)) {
    return report.error(
      "unknown-entity",
      `there is no entity "${entity.text}"`,
      entity.span,
      didYouMean(entity.text, symbols.entityDeclarations.keys()),
    );
  }
  return report.error(
    "unknown-group",
    `there is no group "${name}"`,
    span,
    didYouMean(name, symbols.groupDeclarations.keys()),
  );
}

function declaredFeatures({ entity, group }: ReferenceExpression, symbols: Symbols): readonly string[] {
  return symbols.groupDeclarations.get(`${entity.text}:${group.text}`)?.definitions.map(({ name }) => name.text) ?? [];
}

interface Key {
  readonly name: string;
  readonly columns: readonly ExpressionPlan[];
}

function checkKey(reference: ReferenceExpression, entity: EntityPlan, context: ReferenceContext): Key | undefined {
  const { report, roles } = context;
  const written = reference.key;
  if (written === undefined) {
    const own = roles.filter((role) => role.entity === entity.name);
    const [role, second] = own;
    if (role === undefined) {
      return report.error(
        "missing-key",
        `the vector has no key for the entity "${entity.name}"`,
        reference.span,
        `add \`key ${entity.name}\`, or say [${entity.key.map(({ name }) => name).join(", ")}] from other keys and inputs`,
      );
    }
    if (second !== undefined) {
      return report.error(
        "ambiguous-key",
        `which "${entity.name}"? The vector has ${own.map((other) => other.role).join(" and ")}`,
        reference.span,
        `write @${entity.name}:${reference.group.text}:${reference.feature.text}[${role.role}]`,
      );
    }
    return { name: role.role, columns: roleColumns(role, entity, context) };
  }
  const [first, more] = written;
  if (first?.kind === "name" && more === undefined) {
    const role = roles.find((candidate) => candidate.role === first.name.text);
    if (role?.entity === entity.name) return { name: role.role, columns: roleColumns(role, entity, context) };
  }
  if (written.length !== entity.key.length) {
    return report.error(
      "wrong-key",
      `the key of "${entity.name}" is (${entity.key.map(({ name }) => name).join(", ")}): ${String(entity.key.length)} values, not ${String(written.length)}`,
      reference.span,
    );
  }
  const columns: ExpressionPlan[] = [];
  const names: string[] = [];
  for (const [i, part] of written.entries()) {
    const column = entity.key[i];
    const plan = keyPart(part, context);
    if (plan === undefined || column === undefined) return undefined;
    if (typeOf(plan).kind !== column.type) {
      return report.error(
        "wrong-type",
        `the key column "${column.name}" of "${entity.name}" is of type ${column.type}, and this is a ${typeOf(plan).kind}`,
        part.span,
      );
    }
    columns.push(plan);
    names.push(plan.node === "column" ? plan.name : "");
  }
  return { name: names.join("_"), columns };
}

function keyPart(
  part: Expression,
  { report, roles, keyColumns, inputs }: ReferenceContext,
): ExpressionPlan | undefined {
  if (part.kind !== "name") {
    return report.error(
      "computed-key",
      "a key is made of the vector's keys and inputs",
      part.span,
      "name a key or an input",
    );
  }
  const name = part.name.text;
  const column = keyColumns.get(name) ?? inputs.get(name);
  if (column !== undefined) return { node: "column", type: column.type, name: column.name };
  const role = roles.find((candidate) => candidate.role === name);
  if (role !== undefined) {
    return report.error(
      "wrong-key",
      `"${name}" is a key of several columns`,
      part.span,
      `name one of them, such as ${[...keyColumns.keys()].find((key) => key.startsWith(`${name}_`)) ?? name}`,
    );
  }
  return report.error(
    "unknown-key",
    `the vector has no key or input "${name}"`,
    part.span,
    didYouMean(name, [...keyColumns.keys(), ...inputs.keys(), ...roles.map(({ role: own }) => own)]),
  );
}

function roleColumns(role: RolePlan, entity: EntityPlan, { keyColumns }: ReferenceContext): readonly ExpressionPlan[] {
  return entity.key.flatMap((column) => {
    const own = keyColumns.get(entity.key.length === 1 ? role.role : `${role.role}_${column.name}`);
    return own === undefined ? [] : [{ node: "column" as const, type: own.type, name: own.name }];
  });
}

function read(name: string, group: GroupPlan, key: Key, reads: Map<string, ReadPlan>): ExpressionPlan | undefined {
  const stored = group.stored.find((candidate) => candidate.name === name);
  if (stored === undefined) return undefined;
  const id = `${key.name}__${group.entity}__${group.name}__${name}`;
  // A request may leave its key out, or ask for one without rows: what is read may always be missing.
  const type = typeName({ kind: typeOf({ node: "stored", name, type: stored.type }).kind, optional: true });
  if (!reads.has(id)) {
    reads.set(id, { id, entity: group.entity, group: group.name, stored: name, type, key: key.columns });
  }
  return { node: "stored", type, name: id };
}

import { canonicalJson, typeName } from "../../core/index.ts";
import {
  type EntityPlan,
  type ExpressionPlan,
  type GroupPlan,
  type KeyColumnPlan,
  type ReadPlan,
  replaceLeaves,
  type RolePlan,
} from "../plan/index.ts";
import { didYouMean, type Expression, type ReferenceExpression } from "../syntax/index.ts";
import { typeOf } from "./resolve-call.ts";
import type { Report } from "./report.ts";
import { featureOf, isBroken, type Symbols } from "./symbols.ts";

/** What a reference can mean in one vector. */
export interface ReferenceContext {
  readonly symbols: Symbols;
  readonly report: Report;
  readonly roles: readonly RolePlan[];
  readonly keyColumns: ReadonlyMap<string, KeyColumnPlan>;
  readonly inputs: ReadonlyMap<string, KeyColumnPlan>;
  /** Whether all keys and inputs could be declared. */
  readonly whole: boolean;
  /** What is read, by id in lower case: filled here. */
  readonly reads: Map<string, ReadPlan>;
  /** Features that were read before, under which key. */
  readonly seen: Map<string, ExpressionPlan>;
}

/** `@entity:group:feature[key]` as an expression over stored values, which are added to the context's `reads`. */
export function checkReference(
  reference: ReferenceExpression,
  context: ReferenceContext,
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
      () => didYouMean(reference.feature.text, names) ?? `it has ${names.slice(0, 12).join(", ")}`,
    );
  }
  if (feature.forward && !inLabel) {
    return report.error(
      "label-among-features",
      `"${feature.name}" looks forward: it may stand in a label only`,
      reference.span,
      "no request can know it: write label name = ..., or read a window that looks back",
    );
  }
  const entity = symbols.entities.get(group.entity);
  if (entity === undefined) return undefined;
  const key = checkKey(reference, entity, context);
  if (key === undefined) return undefined;
  // Each feature once: the same part is then the same object wherever it is read.
  const own = `${group.entity}:${group.name}:${feature.name}[${canonicalJson(key)}]`;
  const before = context.seen.get(own);
  if (before !== undefined) return before;
  const value = replaceLeaves(feature.value, (leaf) =>
    leaf.node === "stored" ? read(leaf.name, group, key, context.reads) : undefined,
  );
  context.seen.set(own, value);
  return value;
}

function groupOf(
  { entity, group, span }: ReferenceExpression,
  { symbols, report }: ReferenceContext,
): GroupPlan | undefined {
  const name = `${entity.text}:${group.text}`;
  const found = symbols.groups.get(name);
  if (found !== undefined || symbols.groupDeclarations.has(name) || isBroken(symbols, "group", name)) return found;
  if (!symbols.entityDeclarations.has(entity.text)) {
    if (isBroken(symbols, "entity", entity.text)) return undefined;
    return report.error("unknown-entity", `there is no entity "${entity.text}"`, entity.span, () =>
      didYouMean(entity.text, symbols.entityDeclarations.keys()),
    );
  }
  const own = [...symbols.groupDeclarations.keys()].filter((other) => other.startsWith(`${entity.text}:`));
  return report.error("unknown-group", `there is no group "${name}"`, span, () => {
    const listed = own.length === 0 ? undefined : `"${entity.text}" has ${own.slice(0, 12).join(", ")}`;
    return didYouMean(name, symbols.groupDeclarations.keys()) ?? listed;
  });
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
      if (!context.whole) return undefined;
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
      `the key of "${entity.name}" is (${entity.key.map(({ name }) => name).join(", ")}): ${String(entity.key.length)} ${entity.key.length === 1 ? "value" : "values"}, not ${String(written.length)}`,
      reference.span,
      `write [${entity.key.map(({ name }) => name).join(", ")}] with keys or inputs of these types`,
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
        `the key column "${column.name}" of "${entity.name}" is of type ${column.type}, and this of type ${typeOf(plan).kind}`,
        part.span,
        () => roleHint(entity, roles),
      );
    }
    columns.push(plan);
    names.push(plan.node === "column" ? plan.name : "");
  }
  return { name: names.join("_"), columns };
}

function roleHint(entity: EntityPlan, roles: readonly RolePlan[]): string | undefined {
  const own = roles.filter((role) => role.entity === entity.name).map(({ role }) => role);
  return own.length === 0 ? undefined : `keys of this entity are ${own.join(", ")}`;
}

function keyPart(
  part: Expression,
  { report, roles, keyColumns, inputs, whole }: ReferenceContext,
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
  if (!whole) return undefined;
  const names = [...keyColumns.keys(), ...inputs.keys()];
  return report.error(
    "unknown-key",
    `the vector has no key or input "${name}"`,
    part.span,
    () =>
      didYouMean(name, [...names, ...roles.map(({ role: own }) => own)]) ?? `it has ${names.slice(0, 12).join(", ")}`,
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
  // A request may leave its key out, or ask for one without rows: what is read may always be missing.
  const type = typeName({ kind: typeOf({ node: "stored", name, type: stored.type }).kind, optional: true });
  const plan = { entity: group.entity, group: group.name, stored: name, type, key: key.columns };
  // Names that are joined may come out the same, or the same but for upper and lower case.
  for (let n = 1; ; n++) {
    const id = `${key.name}${n === 1 ? "" : `_${String(n)}`}__${group.entity}__${group.name}__${name}`;
    const other = reads.get(id.toLowerCase());
    if (other === undefined) reads.set(id.toLowerCase(), { id, ...plan });
    else if (canonicalJson(other) !== canonicalJson({ id, ...plan })) continue;
    return { node: "stored", type, name: id };
  }
}

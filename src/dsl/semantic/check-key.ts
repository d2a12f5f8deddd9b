import {
  type EntityPlan,
  type ExpressionPlan,
  isSecondHop,
  type KeyColumnPlan,
  type ReadPlan,
  type RolePlan,
  walk,
} from "../plan/index.ts";
import { didYouMean, type Expression, type ReferenceExpression } from "../syntax/index.ts";
import { checkExpression } from "./check-expression.ts";
import { expansionOf } from "./expansion.ts";
import { planLimits, planSize } from "./plan-size.ts";
import type { Key, Reads } from "./reads.ts";
import { typeOf } from "./resolve-call.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";

/** What keys can be made of in one vector. */
export interface KeyContext {
  readonly report: Report;
  readonly roles: readonly RolePlan[];
  readonly keyColumns: ReadonlyMap<string, KeyColumnPlan>;
  /** Whether all keys and inputs could be declared. */
  readonly whole: boolean;
  /** What is read. */
  readonly reads: Pick<Reads, "get">;
  /** What names mean in a key: keys and inputs of the request, else steps and slots; features by their own keys. */
  readonly keyScope: Scope;
}

/** The key that a reference names, or the one role of its entity where it names none. */
export function checkKey(reference: ReferenceExpression, entity: EntityPlan, context: KeyContext): Key | undefined {
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
        `add \`key ${entity.name}\`, or write [${entity.key.map(({ name }) => name).join(", ")}] behind it, each an expression of keys, inputs or features such as @a:b:c`,
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
  }
  return { name: written.map(nameOf).join("_"), columns };
}

function roleHint(entity: EntityPlan, roles: readonly RolePlan[]): string | undefined {
  const own = roles.filter((role) => role.entity === entity.name).map(({ role }) => role);
  return own.length === 0 ? undefined : `keys of this entity are ${own.join(", ")}`;
}

/** One part of a key: over the request, and over features that have their keys from the request. */
function keyPart(part: Expression, context: KeyContext): ExpressionPlan | undefined {
  const { report, roles, keyColumns, keyScope } = context;
  const role = part.kind === "name" ? roles.find((candidate) => candidate.role === part.name.text) : undefined;
  if (role !== undefined && !keyColumns.has(role.role)) {
    return report.error(
      "wrong-key",
      `"${role.role}" is a key of several columns`,
      part.span,
      `name one of them, such as ${[...keyColumns.keys()].find((key) => key.startsWith(`${role.role}_`)) ?? role.role}`,
    );
  }
  const plan = part.kind === "name" ? keyScope.name(part.name) : checkExpression(part, keyScope, report);
  if (plan === undefined) return undefined;
  const { nodes } = planSize(plan);
  if (nodes > planLimits.key) {
    return report.error(
      "too-large",
      `this comes to ${String(nodes)} steps, of ${String(planLimits.key)} allowed in a key, once all it names is written out`,
      part.span,
      "keep what it is computed from as a feature of its own",
    );
  }
  if (expansionOf(plan) !== undefined) {
    return report.error("expansion-inside", "this gives several slots, and a key is made of single values", part.span);
  }
  for (const node of walk(plan)) {
    if (node.node === "fitted") {
      return report.error(
        "fitted-in-key",
        "a key cannot depend on what is fitted on the training rows",
        part.span,
        "rows are joined by their keys before anything is fitted: use bucket, hash or round",
      );
    }
    if (node.node === "stored" && isFar(context.reads.get(node.name))) {
      return report.error(
        "too-many-hops",
        "this key reads a feature whose own key reads features: that would be three hops, and two are the most",
        part.span,
        () => {
          const step = stepBehind(part, context);
          const from = step === undefined ? "" : `${step}; `;
          return `${from}the features of a key have keys from the request: keep what lies between as a column of a source`;
        },
      );
    }
  }
  return plan;
}

/** Which slot or step, named in a key, reads a feature whose own key reads features, and where it does. */
function stepBehind(part: Expression, context: KeyContext): string | undefined {
  if (part.kind === "call") {
    for (const { value } of part.args) {
      const found = stepBehind(value, context);
      if (found !== undefined) return found;
    }
  }
  if (part.kind !== "name") return undefined;
  const plan = context.keyScope.name(part.name);
  const nodes = plan === undefined ? [] : [...walk(plan)];
  const far = nodes.find((node) => node.node === "stored" && isFar(context.reads.get(node.name)));
  const place = far === undefined ? undefined : context.report.places.expressions.get(far);
  return place === undefined ? undefined : `"${part.name.text}" reads it in line ${String(place.line)}`;
}

/** Whether the key of a read reads features: what reads it in turn would be a third hop. */
function isFar(read: ReadPlan | undefined): boolean {
  return read !== undefined && isSecondHop(read.key);
}

function roleColumns(role: RolePlan, entity: EntityPlan, { keyColumns }: KeyContext): readonly ExpressionPlan[] {
  return entity.key.flatMap((column) => {
    const own = keyColumns.get(entity.key.length === 1 ? role.role : `${role.role}_${column.name}`);
    return own === undefined ? [] : [{ node: "column" as const, type: own.type, name: own.name }];
  });
}

/** The longest name that is made for a key's part. */
const maxName = 48;

/** What a part of a key is called in a raw column: its own name, or what it is computed by and from. */
function nameOf(part: Expression): string {
  return part.kind === "name" ? part.name.text : wordOf(part).replace(/_+/g, "_").replace(/^_|_$/g, "") || "key";
}

function wordOf(part: Expression): string {
  switch (part.kind) {
    case "name":
      return part.name.text;
    case "reference":
      return part.feature.text;
    case "now":
      return "now";
    case "call": {
      let word = part.name.text;
      for (const { value } of part.args) {
        if (word.length >= maxName) break;
        const own = wordOf(value);
        if (own !== "") word += `_${own}`;
      }
      return word.slice(0, maxName);
    }
    default:
      return "";
  }
}

/** Says that a key names nothing there is. */
export function unknownKeyName(
  name: string,
  span: Expression["span"],
  { report, roles, whole }: KeyContext,
  names: readonly string[],
): undefined {
  // Where an input has an error, its name is no error too.
  if (!whole) return undefined;
  return report.error(
    "unknown-key",
    `the vector has no key or input "${name}"`,
    span,
    () => didYouMean(name, [...names, ...roles.map(({ role }) => role)]) ?? `it has ${names.slice(0, 12).join(", ")}`,
  );
}

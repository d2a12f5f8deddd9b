import { canonicalJson, type Json, parseTypeName, type TypeName, type Value } from "../../core/index.ts";
import { type ExpressionPlan, type KeyColumnPlan, replaceLeaves, type TestFeaturePlan } from "../plan/index.ts";
import type { ReferenceExpression } from "../syntax/index.ts";
import { checkConstant } from "./check-constant.ts";
import { findFeature } from "./check-reference.ts";
import { Reads } from "./reads.ts";
import type { Report } from "./report.ts";
import type { Symbols } from "./symbols.ts";

/** The features that one test reads, under keys that are written out. */
export class TestFeatures {
  readonly reads: Reads = new Reads();
  readonly #symbols: Symbols;
  readonly #report: Report;
  readonly #plans: TestFeaturePlan[] = [];
  readonly #columns: KeyColumnPlan[] = [];
  readonly #keys: Record<string, Value> = {};
  /** Places of plans and names of columns, by what they are. */
  readonly #known: Map<string, number> = new Map<string, number>();
  readonly #named: Map<string, string> = new Map<string, string>();

  constructor(symbols: Symbols, report: Report) {
    this.#symbols = symbols;
    this.#report = report;
  }

  /** All features so far. */
  get plans(): readonly TestFeaturePlan[] {
    return this.#plans;
  }

  /** The columns that keys stand in. */
  get columns(): readonly KeyColumnPlan[] {
    return this.#columns;
  }

  /** What stands in them. */
  get keys(): Readonly<Record<string, Value>> {
    return this.#keys;
  }

  /** The place of a feature among the plans, or a report of why there is none. */
  add(reference: ReferenceExpression): number | undefined {
    const found = findFeature(reference, { symbols: this.#symbols, report: this.#report });
    const key = found === undefined ? undefined : this.#key(reference, found.group.entity);
    if (found === undefined || key === undefined) return undefined;
    const { group, feature } = found;
    const name = `${group.entity}:${group.name}:${feature.name}`;
    const id = canonicalJson([name, key.columns.map((column) => column.name)]);
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const { forward } = feature;
    const names = key.columns.map((column) => column.name);
    const own = { name: names.join("_"), columns: key.columns, text: canonicalJson(names) };
    const value = replaceLeaves(feature.value, (leaf) =>
      leaf.node === "stored" ? this.reads.add(leaf.name, group, own) : undefined,
    );
    const place = this.#plans.push({ name, entity: group.entity, key: key.values, forward, value }) - 1;
    this.#known.set(id, place);
    return place;
  }

  #key(
    { entity, group, feature, key: written, span }: ReferenceExpression,
    name: string,
  ): { readonly values: readonly Value[]; readonly columns: readonly (ExpressionPlan & KeyColumnPlan)[] } | undefined {
    const plan = this.#symbols.entities.get(name);
    if (plan === undefined) return undefined;
    const form = `@${entity.text}:${group.text}:${feature.text}[${plan.key.map((column) => example(column.type)).join(", ")}]`;
    if (written === undefined) {
      return this.#report.error("missing-key", "a test says whose feature it expects", span, `write ${form}`);
    }
    if (written.length !== plan.key.length) {
      const parts = plan.key.map((column) => column.name).join(", ");
      const message = `the key of "${name}" is (${parts}): ${String(plan.key.length)} ${plan.key.length === 1 ? "value" : "values"}, not ${String(written.length)}`;
      return this.#report.error("wrong-key", message, span, `write ${form}`);
    }
    const values: Value[] = [];
    const columns: (ExpressionPlan & KeyColumnPlan)[] = [];
    for (const [i, part] of written.entries()) {
      const column = plan.key[i];
      if (column === undefined) return undefined;
      const { kind } = parseTypeName(column.type);
      const constant = checkConstant(part, kind, `the key "${column.name}"`, this.#report);
      if (constant === undefined) return undefined;
      values.push(constant.value);
      columns.push({ node: "column", ...this.#column(constant.value, `${kind}?`) });
    }
    return { values, columns };
  }

  /** The column of a constant: the same constant of one type has one. */
  #column(value: Value, type: TypeName): KeyColumnPlan {
    const id = canonicalJson([type, typeof value === "bigint" ? String(value) : (value as Json)]);
    const name = this.#named.get(id) ?? `key${String(this.#columns.length)}`;
    if (!this.#named.has(id)) {
      this.#named.set(id, name);
      this.#columns.push({ name, type });
      this.#keys[name] = value;
    }
    return { name, type };
  }
}

function example(type: TypeName): string {
  const { kind } = parseTypeName(type);
  return kind === "int"
    ? "1"
    : kind === "bool"
      ? "true"
      : kind === "date"
        ? '"2024-03-31"'
        : kind === "timestamp"
          ? '"12:00"'
          : '"r1"';
}

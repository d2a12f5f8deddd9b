import {
  canonicalJson,
  embeddingSize,
  formatCanonicalName,
  isEmbedding,
  isList,
  isNumeric,
  nearestName,
  parseCanonicalName,
  parseTypeName,
  type ScalarKind,
  typeName,
} from "../../core/index.ts";
import {
  type EntityPlan,
  type ExpressionPlan,
  type FeaturePlan,
  type GroupPlan,
  type KeyColumnPlan,
  type LabelPlan,
  lagOf,
  type ProjectPlan,
  replaceLeaves,
  type RolePlan,
  type SlotPlan,
  storedNames,
  type VectorPlan,
} from "../plan/index.ts";
import { later } from "./check-label.ts";
import { embed } from "./embed.ts";
import { elements } from "./expand-slot.ts";
import { Reads } from "./reads.ts";
import { symbolsOf } from "./select-labels.ts";

/** A feature by its canonical name, and the columns that hold its key; by default those named like the entity's. */
export interface SelectedFeature {
  readonly feature: string;
  readonly key?: readonly string[];
  /** What it is called; default `KEY__entity__group__feature`. */
  readonly as?: string;
}

/** A label that is a column of the left rows. */
export interface SelectedColumn {
  readonly column: string;
  readonly kind: ScalarKind;
  /** The column of the moment at which it was known. */
  readonly known?: string;
}

/** Features that are a vector without having been defined as one. */
export interface FeatureSelection {
  readonly name: string;
  readonly features: readonly SelectedFeature[];
  readonly labels: readonly (SelectedFeature | SelectedColumn)[];
}

/** Why a selection is no vector. */
export interface SelectionProblem {
  readonly of: "features" | "label";
  /** The place of the feature or label. */
  readonly index: number;
  readonly member: "feature" | "key" | "as" | "column";
  readonly message: string;
  readonly hint?: string;
}

/**
 * The vector of some stored features as they are, each a slot; embeddings are a slot a number. Columns that are the whole key of an entity are
 * roles, others inputs.
 */
export function selectFeatures(
  project: ProjectPlan,
  selection: FeatureSelection,
): { readonly plan: VectorPlan } | { readonly problems: readonly SelectionProblem[] } {
  return new Selecting(project, selection).result();
}

/** What one feature of a selection is, found. */
interface Found {
  readonly name: string;
  readonly group: GroupPlan;
  readonly feature: FeaturePlan;
  readonly value: ExpressionPlan;
}

class Selecting {
  readonly #project: ProjectPlan;
  readonly #selection: FeatureSelection;
  readonly #problems: SelectionProblem[] = [];
  readonly #reads: Reads = new Reads();
  readonly #columns: Map<string, KeyColumnPlan> = new Map<string, KeyColumnPlan>();
  readonly #roles: Map<string, RolePlan> = new Map<string, RolePlan>();
  readonly #taken: Map<string, string> = new Map<string, string>();

  constructor(project: ProjectPlan, selection: FeatureSelection) {
    this.#project = project;
    this.#selection = selection;
  }

  result(): { readonly plan: VectorPlan } | { readonly problems: readonly SelectionProblem[] } {
    const slots = this.#selection.features.flatMap((one, index) => this.#slots(one, index));
    const labelColumns = new Map<string, KeyColumnPlan>();
    const labels = this.#selection.labels.flatMap((one, index) => this.#label(one, index, labelColumns) ?? []);
    if (this.#problems.length > 0) return { problems: this.#problems };
    const [read, labelRead] = [slots, labels].map((own) => new Set(storedNames(...own.map(({ value }) => value))));
    const reads = this.#reads.sorted;
    const inputs = [...this.#columns.values()].filter(({ name }) => !this.#roles.has(name));
    const plan = embed(
      {
        name: this.#selection.name,
        roles: [...this.#roles.values()],
        keys: [...this.#columns.values()].filter(({ name }) => this.#roles.has(name)),
        // Whom a key is about may not be known.
        inputs: inputs.map(({ name, type }) => ({
          name,
          type: typeName({ kind: parseTypeName(type).kind, optional: true }),
        })),
        labelColumns: [...labelColumns.values()].filter(({ name }) => !this.#columns.has(name)),
        reads: reads.filter(({ id }) => read?.has(id)),
        labelReads: reads.filter(({ id }) => labelRead?.has(id)),
        slots,
        labels,
      },
      symbolsOf(this.#project),
    );
    return { plan };
  }

  #slots(selected: SelectedFeature, index: number): readonly SlotPlan[] {
    const place = { of: "features", index } as const;
    const found = this.#find(selected, place);
    if (found === undefined) return [];
    const { name, feature, value } = found;
    if (feature.forward) {
      this.#problem(
        { ...place, member: "feature" },
        `"${selected.feature}" looks forward: it can be a label only`,
        "No request can know it.",
      );
      return [];
    }
    const { type } = value.node === "stored" ? value : feature;
    const { kind, optional } = parseTypeName(type);
    if (isList(kind)) {
      this.#problem(
        { ...place, member: "feature" },
        `"${selected.feature}" is a ${kind}, and a column of a training set is a number or a text`,
        "Make a vector that takes something of it, such as len(list).",
      );
      return [];
    }
    const slots = isEmbedding(kind) ? elements(name, value, embeddingSize(kind), optional) : [{ name, type, value }];
    return slots.every((slot) => this.#take(slot.name, place)) ? slots : [];
  }

  #label(
    selected: SelectedFeature | SelectedColumn,
    index: number,
    columns: Map<string, KeyColumnPlan>,
  ): LabelPlan | undefined {
    const place = { of: "label", index } as const;
    if ("column" in selected) {
      const { column, kind, known } = selected;
      const type = typeName({ kind, optional: true });
      if (!this.#take(column, { ...place, member: "column" })) return undefined;
      columns.set(column, { name: column, type });
      const moment: ExpressionPlan | undefined =
        known === undefined ? undefined : { node: "column", name: known, type: "timestamp?" };
      if (known !== undefined && known !== column) columns.set(known, { name: known, type: "timestamp?" });
      return {
        name: column,
        type,
        value: { node: "column", name: column, type },
        known: moment === undefined ? [] : [moment],
      };
    }
    const found = this.#find(selected, place);
    if (found === undefined) return undefined;
    const { name, group, feature, value } = found;
    const { type } = value.node === "stored" ? value : feature;
    const { kind } = parseTypeName(type);
    if (!isNumeric(kind)) {
      return this.#problem(
        { ...place, member: "feature" },
        `"${selected.feature}" is of type ${kind}, and models learn numbers`,
        "Make a vector with a label that compares it.",
      );
    }
    if (!this.#take(name, place)) return undefined;
    const source = this.#project.sources.find((one) => one.name === group.source);
    const windows = storedNames(feature.value).flatMap((stored) => {
      const plan = group.stored.find((one) => one.name === stored);
      return plan?.kind === "window" && plan.direction === "next"
        ? [plan.over + (source === undefined ? 0 : lagOf(source))]
        : [];
    });
    return { name, type, value, known: [...new Set(windows)].map(later) };
  }

  /** A feature under its key, of which the parts are read. */
  #find(selected: SelectedFeature, place: Pick<SelectionProblem, "of" | "index">): Found | undefined {
    const parsed = parseCanonicalName(selected.feature);
    const group = this.#project.groups.find((one) => one.entity === parsed.entity && one.name === parsed.group);
    const feature = group?.features.find((one) => one.name === parsed.feature);
    const entity = this.#project.entities.find((one) => one.name === parsed.entity);
    if (group === undefined || feature === undefined || entity === undefined) {
      const names = this.#project.groups.flatMap((one) =>
        one.features.map(({ name }) => formatCanonicalName({ entity: one.entity, group: one.name, feature: name })),
      );
      return this.#unknown({ ...place, member: "feature" }, selected.feature, names);
    }
    const key = this.#key(selected, entity, place);
    if (key === undefined) return undefined;
    const name = key.map((column) => column.name).join("_");
    const columns = key.map((column): ExpressionPlan => ({ node: "column", ...column }));
    const text = canonicalJson(columns);
    const value = replaceLeaves(feature.value, (leaf) =>
      leaf.node === "stored" ? this.#reads.add(leaf.name, group, { name, columns, text }) : undefined,
    );
    return { name: selected.as ?? `${name}__${group.entity}__${group.name}__${feature.name}`, group, feature, value };
  }

  #key(
    { key, feature }: SelectedFeature,
    entity: EntityPlan,
    place: Pick<SelectionProblem, "of" | "index">,
  ): readonly KeyColumnPlan[] | undefined {
    const names = key ?? entity.key.map(({ name }) => name);
    if (names.length !== entity.key.length) {
      const wanted = entity.key.map(({ name }) => name).join(", ");
      return this.#problem(
        { ...place, member: "key" },
        `has ${String(names.length)} columns, and the key of "${feature}" is (${wanted})`,
        `Name ${String(entity.key.length)} columns of the rows, in that order.`,
      );
    }
    const columns: KeyColumnPlan[] = [];
    for (const [i, name] of names.entries()) {
      const type = entity.key[i]?.type ?? "string";
      const before = this.#columns.get(name) ?? columns.find((column) => column.name === name);
      if (/__|[\p{Cc}\p{Zl}\p{Zp}:@[\]"\\]/u.test(name) || !name.isWellFormed()) {
        return this.#problem(
          { ...place, member: "key" },
          `names the column "${name}"`,
          'A column of a key holds neither __ nor : @ [ ] " \\',
        );
      }
      if (before !== undefined && before.type !== type) {
        return this.#problem(
          { ...place, member: "key" },
          `takes the column "${name}" as ${type}, and elsewhere as ${before.type}`,
          "One column is a key of one type.",
        );
      }
      columns.push({ name, type });
    }
    for (const column of columns) this.#columns.set(column.name, column);
    const [only, second] = columns;
    if (only !== undefined && second === undefined && !this.#roles.has(only.name))
      this.#roles.set(only.name, { role: only.name, entity: entity.name });
    return columns;
  }

  /** Takes the name of a slot or label, or says who has it. Engines do not tell cases apart. */
  #take(
    name: string,
    place: Pick<SelectionProblem, "of" | "index"> & { readonly member?: SelectionProblem["member"] },
  ): boolean {
    const folded = name.toLowerCase();
    if (this.#taken.has(folded)) {
      this.#problem(
        { member: "as", ...place },
        `would be the second column "${name}"`,
        'Give it a name of its own: "as".',
      );
      return false;
    }
    this.#taken.set(folded, name);
    return true;
  }

  #unknown(
    place: Pick<SelectionProblem, "of" | "index" | "member">,
    name: string,
    names: readonly string[],
  ): undefined {
    const nearest = nearestName(name, names);
    return this.#problem(
      place,
      `there is no feature "${name}"`,
      nearest === undefined ? "`tondo plan` lists what is defined." : `Did you mean "${nearest}"?`,
    );
  }

  #problem(place: Pick<SelectionProblem, "of" | "index" | "member">, message: string, hint: string): undefined {
    this.#problems.push({ ...place, message, hint });
    return undefined;
  }
}

import { canonicalJson, isNumeric, type Json, typeName } from "../../core/index.ts";
import { scalarFunctions } from "../functions/index.ts";
import type {
  CallPlan,
  ExpressionPlan,
  KeyColumnPlan,
  LabelPlan,
  ReadPlan,
  RolePlan,
  SlotPlan,
  VectorPlan,
} from "../plan/index.ts";
import { walk } from "../plan/index.ts";
import type { Definition, Identifier, LabelClause, VectorDeclaration } from "../syntax/index.ts";
import { checkExpression } from "./check-expression.ts";
import { checkReference, type ReferenceContext } from "./check-reference.ts";
import { embed } from "./embed.ts";
import { typeOf } from "./resolve-call.ts";
import { didYouMean, type Report } from "./report.ts";
import type { Scope } from "./scope.ts";
import { checkName, type Symbols } from "./symbols.ts";
import { checkType } from "./types.ts";

/** A vector: what a request names, its slots over stored values, and its labels. */
export function checkVector(declaration: VectorDeclaration, symbols: Symbols, report: Report): VectorPlan | undefined {
  if (!checkName("a vector", declaration.name, report)) return undefined;
  const body = new VectorBody(declaration, symbols, report);
  return body.plan();
}

class VectorBody implements ReferenceContext {
  readonly symbols: Symbols;
  readonly report: Report;
  readonly roles: RolePlan[] = [];
  readonly keyColumns: Map<string, KeyColumnPlan> = new Map<string, KeyColumnPlan>();
  readonly inputs: Map<string, KeyColumnPlan> = new Map<string, KeyColumnPlan>();
  readonly #declaration: VectorDeclaration;
  readonly #definitions: Map<string, Definition> = new Map<string, Definition>();
  readonly #labels: Map<string, LabelClause> = new Map<string, LabelClause>();
  readonly #values: Map<string, ExpressionPlan | undefined> = new Map<string, ExpressionPlan | undefined>();
  readonly #open: string[] = [];
  readonly #reads: Map<string, ReadPlan> = new Map<string, ReadPlan>();
  readonly #labelReads: Map<string, ReadPlan> = new Map<string, ReadPlan>();
  readonly #labelColumns: Map<string, KeyColumnPlan> = new Map<string, KeyColumnPlan>();
  readonly #fits: Map<string, string> = new Map<string, string>();
  #failed = false;

  constructor(declaration: VectorDeclaration, symbols: Symbols, report: Report) {
    this.#declaration = declaration;
    this.symbols = symbols;
    this.report = report;
    this.#declareRoles();
    this.#declareInputs();
    this.#declareNames();
  }

  plan(): VectorPlan | undefined {
    const { name, slots: definitions, steps, labels: clauses } = this.#declaration;
    if (this.roles.length === 0) {
      return this.report.error(
        "missing-key",
        `the vector "${name.text}" says not whom it is about`,
        name.span,
        "add a line such as key store: restaurant",
      );
    }
    if (definitions.length === 0)
      return this.report.error("empty-vector", `the vector "${name.text}" has no slots`, name.span);
    const slots = definitions.flatMap((definition) => this.#slots(definition) ?? this.#fail());
    for (const step of steps) if (this.#value(step.name.text) === undefined) this.#fail();
    const labels = clauses.flatMap((clause) => this.#label(clause) ?? this.#fail());
    const names = slots.map((slot) => slot.name);
    const twice = names.find((slot, i) => names.indexOf(slot) !== i || this.#labels.has(slot));
    if (twice !== undefined)
      return this.report.error("duplicate", `two slots or labels are named "${twice}"`, name.span);
    if (this.#failed) return undefined;
    return embed(
      {
        name: name.text,
        roles: this.roles,
        keys: [...this.keyColumns.values()],
        inputs: [...this.inputs.values()],
        labelColumns: [...this.#labelColumns.values()].filter(
          ({ name: column }) => !this.inputs.has(column) && !this.keyColumns.has(column),
        ),
        reads: [...this.#reads.values()],
        labelReads: [...this.#labelReads.values()],
        slots,
        labels,
      },
      this.symbols,
    );
  }

  #fail(): [] {
    this.#failed = true;
    return [];
  }

  #declareRoles(): void {
    for (const { role, entity } of this.#declaration.roles) {
      if (!checkName("a role", role, this.report)) continue;
      const plan = this.symbols.entities.get(entity.text);
      if (!this.symbols.entityDeclarations.has(entity.text)) {
        this.report.error(
          "unknown-entity",
          `there is no entity "${entity.text}"`,
          entity.span,
          didYouMean(entity.text, this.symbols.entityDeclarations.keys()),
        );
      }
      if (plan === undefined) {
        this.#failed = true;
        continue;
      }
      if (this.roles.some((other) => other.role === role.text)) {
        this.report.error("duplicate", `the role "${role.text}" stands twice`, role.span);
        continue;
      }
      this.roles.push({ role: role.text, entity: plan.name });
      for (const column of plan.key) {
        const name = plan.key.length === 1 ? role.text : `${role.text}_${column.name}`;
        this.keyColumns.set(name, { name, type: column.type });
      }
    }
  }

  #declareInputs(): void {
    for (const { name, type } of this.#declaration.inputs) {
      const checked = checkType(type, this.report);
      if (checked === undefined || !checkName("an input", name, this.report)) {
        this.#failed = true;
      } else if (this.inputs.has(name.text) || this.keyColumns.has(name.text)) {
        this.report.error("duplicate", `"${name.text}" stands twice`, name.span);
      } else if (reservedColumns.has(name.text)) {
        this.report.error(
          "bad-name",
          `"${name.text}" is a column of every training set`,
          name.span,
          "name it otherwise",
        );
      } else {
        this.inputs.set(name.text, { name: name.text, type: checked });
      }
    }
  }

  #declareNames(): void {
    const taken = (name: Identifier): boolean => {
      if (!checkName("a slot", name, this.report)) return true;
      if (reservedColumns.has(name.text)) {
        this.report.error(
          "bad-name",
          `"${name.text}" is a column of every training set`,
          name.span,
          "name it otherwise",
        );
        return true;
      }
      if (!this.#definitions.has(name.text) && !this.#labels.has(name.text)) return false;
      this.report.error("duplicate", `"${name.text}" stands twice`, name.span);
      return true;
    };
    for (const definition of [...this.#declaration.steps, ...this.#declaration.slots]) {
      if (!taken(definition.name)) this.#definitions.set(definition.name.text, definition);
    }
    for (const label of this.#declaration.labels) if (!taken(label.name)) this.#labels.set(label.name.text, label);
  }

  /** The expression of a slot or step, checked once. */
  #value(name: string): ExpressionPlan | undefined {
    if (this.#values.has(name)) return this.#values.get(name);
    const definition = this.#definitions.get(name);
    if (definition?.value === undefined) return undefined;
    this.#open.push(name);
    const plan = checkExpression(definition.value, this.#slotScope(name), this.report);
    this.#open.pop();
    this.#values.set(name, plan);
    return plan;
  }

  #slots(definition: Definition): readonly SlotPlan[] | undefined {
    const { name } = definition;
    const value = this.#value(name.text);
    if (value === undefined) return undefined;
    const nested = [...walk(value)].slice(1).find((node) => expansionOf(node) !== undefined);
    if (nested?.node === "call") {
      return this.report.error(
        "expansion-inside",
        `"${nested.function}" gives several slots and stands outermost`,
        definition.value?.span ?? name.span,
      );
    }
    const expand = expansionOf(value);
    if (expand === undefined) {
      if (!isNumeric(typeOf(value).kind)) {
        return this.report.error(
          "text-slot",
          `the slot "${name.text}" is a text, and models take numbers`,
          definition.value?.span ?? name.span,
          "encode it, with onehot([...]) say",
        );
      }
      return [{ name: name.text, type: value.type, value }];
    }
    const call = value as CallPlan;
    const suffixes = new Set<string>();
    return expand.map(({ suffix, function: name2, constants }) => {
      let slot = `${name.text}_${
        suffix
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, "_")
          .replace(/^_|_$/g, "") || "empty"
      }`;
      for (let n = 2; suffixes.has(slot); n++) slot = `${slot.replace(/_\d+$/, "")}_${String(n)}`;
      suffixes.add(slot);
      const type = typeName({ kind: "float", optional: typeOf(value).optional });
      return { name: slot, type, value: { ...call, type, function: name2, options: constants } };
    });
  }

  #label(clause: LabelClause): LabelPlan | undefined {
    const value = this.#labelValue(clause.name);
    if (value === undefined) return undefined;
    if (!isNumeric(typeOf(value.plan).kind)) {
      return this.report.error(
        "text-label",
        `the label "${clause.name.text}" is a text, and models learn numbers`,
        clause.name.span,
      );
    }
    return { name: clause.name.text, type: value.plan.type, value: value.plan, known: value.known };
  }

  /** A label's expression and all the moments at which something of it became known. */
  #labelValue(
    name: Identifier,
  ): { readonly plan: ExpressionPlan; readonly known: readonly ExpressionPlan[] } | undefined {
    const clause = this.#labels.get(name.text);
    if (clause === undefined) return undefined;
    const known = new Map<string, ExpressionPlan>();
    if (clause.value === undefined) {
      const type = clause.type === undefined ? undefined : checkType(clause.type, this.report);
      if (type === undefined) return undefined;
      if (this.inputs.has(name.text)) {
        return this.report.error(
          "label-among-features",
          `"${name.text}" is an input and a label`,
          name.span,
          "what the request knows need not be predicted",
        );
      }
      this.#labelColumns.set(name.text, {
        name: name.text,
        type: type.endsWith("?") ? type : (`${type}?` as typeof type),
      });
      const column = this.#labelColumns.get(name.text) as KeyColumnPlan;
      if (clause.known !== undefined) {
        const moment = checkExpression(clause.known, this.#knownScope(), this.report);
        if (moment === undefined) return undefined;
        if (typeOf(moment).kind !== "timestamp")
          return this.report.error("wrong-type", "`known` is a timestamp", clause.known.span);
        known.set(canonicalJson(moment as unknown as Json), moment);
      }
      return { plan: { node: "column", type: column.type, name: column.name }, known: [...known.values()] };
    }
    if (this.#open.includes(name.text))
      return this.report.error("cycle", `"${name.text}" is made from itself`, name.span);
    this.#open.push(name.text);
    const plan = checkExpression(clause.value, this.#labelScope(known), this.report);
    this.#open.pop();
    return plan === undefined ? undefined : { plan, known: [...known.values()] };
  }

  #slotScope(own: string): Scope {
    return {
      now: true,
      name: (identifier) => {
        const { text, span } = identifier;
        if (this.#definitions.has(text) && text !== own) {
          if (this.#open.includes(text)) return this.report.error("cycle", `"${text}" is made from itself`, span);
          return this.#value(text);
        }
        if (this.#labels.has(text)) {
          return this.report.error(
            "label-among-features",
            `"${text}" is a label: no slot may know it`,
            span,
            "what is predicted is not known when the prediction is asked for",
          );
        }
        return this.#column(identifier, own);
      },
      reference: (reference) => checkReference(reference, this, this.#reads, false),
      aggregate: (call) =>
        this.report.error(
          "aggregate-here",
          "an aggregate stands in a group's feature",
          call.span,
          "define it in a group and read it here by its name",
        ),
      fitted: (_call, plan) => {
        const key = canonicalJson(plan as unknown as Json);
        const id = this.#fits.get(key) ?? `fit${String(this.#fits.size)}`;
        this.#fits.set(key, id);
        return id;
      },
    };
  }

  #column({ text, span }: Identifier, own: string): ExpressionPlan | undefined {
    const column = this.inputs.get(text) ?? this.keyColumns.get(text);
    if (column !== undefined) return { node: "column", type: column.type, name: column.name };
    if (text === own) return this.report.error("cycle", `"${text}" is made from itself`, span);
    const names = [...this.inputs.keys(), ...this.keyColumns.keys(), ...this.#definitions.keys()];
    return this.report.error(
      "unknown-name",
      `nothing here is named "${text}"`,
      span,
      didYouMean(text, names) ??
        "a feature is written @entity:group:feature, a value of the request is declared with input",
    );
  }

  #labelScope(known: Map<string, ExpressionPlan>): Scope {
    const remember = (moment: ExpressionPlan): void => {
      known.set(canonicalJson(moment as unknown as Json), moment);
    };
    return {
      ...this.#slotScope(""),
      name: (identifier) => {
        if (!this.#labels.has(identifier.text)) return this.#column(identifier, "");
        const other = this.#labelValue(identifier);
        other?.known.forEach(remember);
        return other?.plan;
      },
      reference: (reference) => {
        const plan = checkReference(reference, this, this.#labelReads, true);
        if (plan === undefined) return undefined;
        for (const node of walk(plan)) {
          const read = node.node === "stored" ? this.#labelReads.get(node.name) : undefined;
          const window = read === undefined ? undefined : this.#windowOf(read);
          if (window !== undefined) remember(later(window));
        }
        return plan;
      },
      fitted: (call) => this.report.error("fitted-here", "a label is not fitted", call.span),
    };
  }

  #windowOf(read: ReadPlan): number | undefined {
    const stored = this.symbols.groups
      .get(`${read.entity}:${read.group}`)
      ?.stored.find(({ name }) => name === read.stored);
    return stored?.kind === "window" && stored.direction === "next" ? stored.over : undefined;
  }

  /** In a label's `known` every other name is a column of the left rows, a timestamp. */
  #knownScope(): Scope {
    return {
      ...this.#slotScope(""),
      name: ({ text }) => {
        const own = this.inputs.get(text) ?? this.keyColumns.get(text) ?? this.#labelColumns.get(text);
        const column = own ?? { name: text, type: "timestamp?" as const };
        if (own === undefined) this.#labelColumns.set(text, column);
        return { node: "column", type: column.type, name: column.name };
      },
      fitted: (call) => this.report.error("fitted-here", "`known` is not fitted", call.span),
    };
  }
}

/** Columns that a training set has besides slots and labels. */
const reservedColumns: ReadonlySet<string> = new Set(["at", "row"]);

function later(window: number): ExpressionPlan {
  return {
    node: "call",
    type: "timestamp?",
    function: "add",
    version: 1,
    args: [
      { node: "now", type: "timestamp" },
      { node: "literal", type: "duration", value: window },
    ],
  };
}

function expansionOf(
  plan: ExpressionPlan,
):
  | readonly {
      readonly suffix: string;
      readonly function: string;
      readonly constants: NonNullable<CallPlan["options"]>;
    }[]
  | undefined {
  return plan.node === "call" ? scalarFunctions.get(plan.function)?.expands?.(plan.options ?? {}) : undefined;
}

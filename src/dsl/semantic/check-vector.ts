import { canonicalJson } from "../../core/index.ts";
import type { ExpressionPlan, LabelPlan, SlotPlan, VectorPlan } from "../plan/index.ts";
import { readIds } from "../plan/index.ts";
import type { Definition, Identifier, VectorDeclaration } from "../syntax/index.ts";
import { didYouMean } from "../syntax/index.ts";
import { checkExpression } from "./check-expression.ts";
import { LabelChecker } from "./check-label.ts";
import { unknownKeyName } from "./check-key.ts";
import { checkPii } from "./check-pii.ts";
import { checkReference, type ReferenceContext } from "./check-reference.ts";
import { embed } from "./embed.ts";
import { expandSlot } from "./expand-slot.ts";
import { expansionOf } from "./expansion.ts";
import { featuresUsed } from "./features-used.ts";
import { planLimits, planSize } from "./plan-size.ts";
import { checkProperties } from "./properties.ts";
import { Reads } from "./reads.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";
import { checkName, type Symbols } from "./symbols.ts";
import { declareNames, type VectorNames } from "./vector-names.ts";

/** A vector: what a request names, its slots over stored values, and its labels. */
export function checkVector(declaration: VectorDeclaration, symbols: Symbols, report: Report): VectorPlan | undefined {
  const { name, properties } = declaration;
  if (!checkName("a vector", name, report)) return undefined;
  if (!checkProperties(properties, ["owner", "description"], report)) return undefined;
  if (declaration.roles.length === 0) {
    return report.error(
      "missing-key",
      `the vector "${name.text}" says not whom it is about`,
      name.span,
      "add a line such as key store: restaurant",
    );
  }
  if (declaration.slots.length === 0) {
    return report.error(
      "empty-vector",
      `the vector "${name.text}" has no slots`,
      name.span,
      "a slot is a line such as km = distance | clip(0, 50)",
    );
  }
  return new VectorBody(declaration, symbols, report).plan();
}

/** The slots, steps and labels of one vector, checked as they are needed by each other. */
class VectorBody {
  readonly #declaration: VectorDeclaration;
  readonly #context: ReferenceContext;
  readonly #names: VectorNames;
  readonly #values: Map<string, ExpressionPlan | undefined> = new Map<string, ExpressionPlan | undefined>();
  readonly #open: string[] = [];
  readonly #reads: Reads = new Reads();
  #steps = 0;
  readonly #fits: Map<string, string> = new Map<string, string>();

  constructor(declaration: VectorDeclaration, symbols: Symbols, report: Report) {
    this.#declaration = declaration;
    this.#names = declareNames(declaration, symbols, report);
    const { roles, keyColumns, whole } = this.#names;
    const keyScope = this.#keyScope(report);
    const [seen, keyNames] = [new Map<string, ExpressionPlan>(), new Map<string, string>()];
    this.#context = { symbols, report, roles, keyColumns, whole, reads: this.#reads, seen, keyNames, keyScope };
  }

  plan(): VectorPlan | undefined {
    const { name, slots: definitions, steps } = this.#declaration;
    const { report, symbols } = this.#context;
    const { roles, keyColumns, inputs } = this.#names;
    let good = this.#names.whole;
    const slots: SlotPlan[] = [];
    for (const definition of definitions) {
      const value = this.#value(definition.name.text);
      const own = value === undefined ? undefined : expandSlot(definition, value, report);
      if (own === undefined) good = false;
      else slots.push(...own);
      if (this.#isTooLarge(own ?? [])) return undefined;
      this.#placed("slot", definition, own?.map((slot) => slot.name) ?? []);
    }
    for (const step of steps) if (this.#value(step.name.text) === undefined) good = false;
    const labelColumns = new Map<string, { readonly name: string; readonly type: LabelPlan["type"] }>();
    const labels: LabelPlan[] = [];
    const checker = new LabelChecker(this.#names, this.#context, labelColumns);
    for (const clause of this.#names.labels.values()) {
      const label = checker.check(clause);
      if (label === undefined) good = false;
      else labels.push(label);
      if (this.#isTooLarge(label === undefined ? [] : [label])) return undefined;
      this.#placed("label", clause, [clause.name.text]);
    }
    const pii = checkPii(this.#declaration.pii, (input) => this.#isInput(input), report);
    if (!good || pii === undefined || !this.#distinct(name, slots, labels)) return undefined;
    const keyOf = (id: string): readonly ExpressionPlan[] => this.#reads.get(id)?.key ?? [];
    const idsOf = (own: readonly { readonly value: ExpressionPlan }[]): ReadonlySet<string> =>
      readIds(
        own.map(({ value }) => value),
        keyOf,
      );
    const [read, labelRead] = [idsOf(slots), idsOf(labels)];
    const all = this.#reads.sorted;
    return embed(
      {
        name: name.text,
        roles,
        keys: [...keyColumns.values()],
        inputs: [...inputs.values()],
        ...(pii.length === 0 ? {} : { pii }),
        labelColumns: [...labelColumns.values()].filter(
          ({ name: column }) => !inputs.has(column) && !keyColumns.has(column),
        ),
        reads: all.filter(({ id }) => read.has(id)),
        labelReads: all.filter(({ id }) => labelRead.has(id)),
        slots,
        labels,
      },
      symbols,
    );
  }

  #isInput({ text, span }: Identifier): boolean {
    const { inputs } = this.#names;
    if (inputs.has(text)) return true;
    const vector = this.#declaration.name.text;
    this.#context.report.error(
      "unknown-name",
      `the vector "${vector}" has no input "${text}"`,
      span,
      () =>
        didYouMean(text, [...inputs.keys()]) ?? "columns are marked in their source, and those of keys in their entity",
    );
    return false;
  }

  /** Whether all slots and labels so far, with the keys of what they read, come to more than allowed; that is reported. */
  #isTooLarge(added: readonly { readonly value: ExpressionPlan }[]): boolean {
    this.#steps += added.reduce((sum, { value }) => sum + planSize(value).nodes, 0);
    if (this.#steps + this.#reads.keySteps <= planLimits.total) return false;
    const { name } = this.#declaration;
    const message = `the slots of "${name.text}" come to more than the ${String(planLimits.total)} steps allowed`;
    this.#context.report.error("too-large", message, name.span, "make two vectors of it");
    return true;
  }

  /** Keeps where a slot or label was written, and of which features it is made. */
  #placed(kind: "slot" | "label", { name, value }: Definition, results: readonly string[]): void {
    const vector = this.#declaration.name.text;
    const { definitions, labels, inputs, keyColumns, roles } = this.#names;
    const isRequest = (text: string): boolean =>
      inputs.has(text) || keyColumns.has(text) || roles.some(({ role }) => role === text);
    const features = featuresUsed(value, kind, (text, place) =>
      place === "key" && isRequest(text) ? undefined : (place === "label" ? labels : definitions).get(text)?.value,
    );
    const { places } = this.#context.report;
    places.definitions.set(`${kind}:${vector}:${name.text}`, name.span);
    places.uses.push({ vector, kind, name: name.text, results, features });
  }

  /** What several results of one slot are named may be what another slot is named. */
  #distinct(vector: Identifier, slots: readonly SlotPlan[], labels: readonly LabelPlan[]): boolean {
    const seen = new Set([...this.#names.keyColumns.keys()].map((name) => name.toLowerCase()));
    for (const { name } of [...slots, ...labels]) {
      const folded = name.toLowerCase();
      if (seen.has(folded)) {
        this.#context.report.error(
          "duplicate",
          `two of the slots, labels and keys of "${vector.text}" are named "${name}"`,
          vector.span,
          "the slots of onehot and cyclic are named slot_value, those of an embedding slot_0 and so on: rename the slot, or the other one",
        );
        return false;
      }
      seen.add(folded);
    }
    return true;
  }

  /** The expression of a slot or step, checked once. */
  #value(name: string): ExpressionPlan | undefined {
    if (this.#values.has(name)) return this.#values.get(name);
    const { report } = this.#context;
    const definition = this.#names.definitions.get(name);
    if (definition?.value === undefined) return undefined;
    this.#open.push(name);
    const plan = checkExpression(definition.value, this.#scope(name, report), report);
    this.#open.pop();
    const expansion = plan !== undefined && this.#isStep(definition) ? expansionOf(plan) : undefined;
    const checked = expansion ? expandSlotInStep(definition, expansion.name, report) : plan;
    this.#values.set(name, checked);
    return checked;
  }

  #isStep(definition: Definition): boolean {
    return this.#declaration.steps.includes(definition);
  }

  #scope(own: string, report: Report): Scope {
    return {
      now: true,
      name: (identifier) => {
        const { text } = identifier;
        if (this.#names.definitions.has(text) && text !== own) return this.#named(identifier, "slot");
        if (this.#names.labels.has(text) && !this.#names.inputs.has(text)) return this.#named(identifier, "slot");
        return this.#column(identifier, own);
      },
      knows: (text) =>
        this.#names.definitions.has(text) || this.#names.inputs.has(text) || this.#names.keyColumns.has(text),
      reference: (reference) => checkReference(reference, this.#context, "slot"),
      aggregate: (call) =>
        report.error(
          "aggregate-here",
          `the aggregate "${call.name.text}" stands in a group's feature`,
          call.span,
          "define it in a group and read it here as @entity:group:feature; of several values in a row: min(a, b)",
        ),
      fitted: (_call, plan) => {
        const key = canonicalJson(plan);
        const id = this.#fits.get(key) ?? `fit${String(this.#fits.size)}`;
        this.#fits.set(key, id);
        return id;
      },
    };
  }

  /** In a key, names are the request's before they are steps or slots, and features have keys of their own. */
  #keyScope(report: Report): Scope {
    const { inputs, keyColumns, definitions, labels } = this.#names;
    return {
      ...this.#scope("", report),
      name: (identifier) => {
        const { text, span } = identifier;
        const column = keyColumns.get(text) ?? inputs.get(text);
        if (column !== undefined) return { node: "column", type: column.type, name: column.name };
        if (definitions.has(text) || labels.has(text)) return this.#named(identifier, "key");
        return unknownKeyName(text, span, this.#context, [
          ...keyColumns.keys(),
          ...inputs.keys(),
          ...definitions.keys(),
        ]);
      },
      reference: (reference) => checkReference(reference, this.#context, "key"),
      fitted: (call) =>
        report.error(
          "fitted-in-key",
          `a key cannot depend on what "${call.name.text}" is fitted to`,
          call.span,
          "rows are joined by their keys before anything is fitted: use bucket, hash or round",
        ),
    };
  }

  /** The value of a slot or step by its name; a label's name is an error. */
  #named({ text, span }: Identifier, by: "slot" | "key"): ExpressionPlan | undefined {
    const { report } = this.#context;
    if (this.#names.definitions.has(text)) {
      if (!this.#open.includes(text)) return this.#value(text);
      const path = [...this.#open.slice(this.#open.indexOf(text)), text].join(" -> ");
      return report.error("cycle", `"${text}" is made from itself: ${path}`, span);
    }
    return report.error(
      "label-among-features",
      `"${text}" is a label: no ${by} may know it`,
      span,
      "what is predicted is not known when the prediction is asked for",
    );
  }

  #column({ text, span }: Identifier, own: string): ExpressionPlan | undefined {
    const { report } = this.#context;
    const { inputs, keyColumns, definitions, whole } = this.#names;
    const column = inputs.get(text) ?? keyColumns.get(text);
    if (column !== undefined) {
      // A request may leave a key out.
      const type = keyColumns.has(text) ? (`${column.type.replace("?", "")}?` as typeof column.type) : column.type;
      return { node: "column", type, name: column.name };
    }
    if (text === own) {
      return report.error("cycle", `"${text}" is made from itself`, span, "only an input may have its slot's name");
    }
    // Where an input has an error, its name is no error too.
    if (!whole) return undefined;
    const names = [...inputs.keys(), ...keyColumns.keys(), ...definitions.keys()];
    return report.error(
      "unknown-name",
      `nothing here is named "${text}"`,
      span,
      () =>
        didYouMean(text, names) ??
        "a feature is written @entity:group:feature, a value of the request is declared with input",
    );
  }
}

function expandSlotInStep({ name, value }: Definition, word: string, report: Report): undefined {
  return report.error(
    "expansion-inside",
    `"${word}" gives several slots, and a step is one value`,
    value?.span ?? name.span,
    "leave out let",
  );
}

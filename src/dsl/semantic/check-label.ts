import { canonicalJson, isNumeric, type TypeName } from "../../core/index.ts";
import { type ExpressionPlan, type KeyColumnPlan, type LabelPlan, lagOf, type ReadPlan, walk } from "../plan/index.ts";
import { didYouMean, type Expression, type Identifier, type LabelClause } from "../syntax/index.ts";
import { checkExpression } from "./check-expression.ts";
import { durationText } from "./check-source.ts";
import { checkReference, type ReferenceContext } from "./check-reference.ts";
import { typeOf } from "./resolve-call.ts";
import type { Scope } from "./scope.ts";
import { checkType } from "./types.ts";
import { checkColumnName, type VectorNames } from "./vector-names.ts";

interface LabelValue {
  readonly plan: ExpressionPlan;
  /** All the moments at which something of it became known, by their canonical form. */
  readonly known: ReadonlyMap<string, ExpressionPlan>;
}

/** The labels of one vector; the columns of the left rows that they need are added to `columns`. */
export class LabelChecker {
  readonly #names: VectorNames;
  readonly #context: ReferenceContext;
  readonly #columns: Map<string, KeyColumnPlan>;
  readonly #values: Map<string, LabelValue | undefined> = new Map<string, LabelValue | undefined>();
  readonly #open: string[] = [];

  constructor(names: VectorNames, context: ReferenceContext, columns: Map<string, KeyColumnPlan>) {
    this.#names = names;
    this.#context = context;
    this.#columns = columns;
  }

  /** The plan of a label; `undefined` where it has an error. */
  check(clause: LabelClause): LabelPlan | undefined {
    const found = this.#value(clause);
    if (found === undefined) return undefined;
    const { plan, known } = found;
    if (isNumeric(typeOf(plan).kind)) {
      return { name: clause.name.text, type: plan.type, value: plan, known: [...known.values()] };
    }
    const { kind } = typeOf(plan);
    return this.#context.report.error(
      "text-label",
      `the label "${clause.name.text}" is ${kind === "string" ? "a text" : `of type ${kind}`}, and models learn numbers`,
      clause.name.span,
      kind === "string" ? 'compare it: label late = status == "late"' : "make one number of it",
    );
  }

  /** What a label is, checked once however many labels name it. */
  #value(clause: LabelClause): LabelValue | undefined {
    const name = clause.name.text;
    if (this.#values.has(name)) return this.#values.get(name);
    const checked = clause.value === undefined ? this.#column(clause) : this.#expression(clause, clause.value);
    // One that is in the making is asked for by itself: that is said, and no value.
    if (!this.#open.includes(name)) this.#values.set(name, checked);
    return checked;
  }

  #expression({ name }: LabelClause, value: Expression): LabelValue | undefined {
    if (this.#open.includes(name.text)) {
      return this.#context.report.error("cycle", `"${name.text}" is made from itself`, name.span);
    }
    const known = new Map<string, ExpressionPlan>();
    this.#open.push(name.text);
    const plan = checkExpression(value, this.#scope(known), this.#context.report);
    this.#open.pop();
    return plan === undefined ? undefined : { plan, known };
  }

  /** A label that is a column of the left rows. */
  #column({ name, type: written, known: moment }: LabelClause): LabelValue | undefined {
    const { report } = this.#context;
    const type = written === undefined ? undefined : checkType(written, report);
    if (type === undefined) return undefined;
    if (this.#names.inputs.has(name.text)) {
      return report.error(
        "label-among-features",
        `"${name.text}" is an input and a label`,
        name.span,
        "what the request knows need not be predicted",
      );
    }
    const column: KeyColumnPlan = { name: name.text, type: optional(type) };
    if ((this.#columns.get(name.text) ?? column).type !== column.type) {
      return report.error(
        "wrong-type",
        `"${name.text}" is a ${column.type.slice(0, -1)} here, and a timestamp where another label is known by it`,
        name.span,
      );
    }
    this.#columns.set(name.text, column);
    const known = new Map<string, ExpressionPlan>();
    if (moment !== undefined) {
      const plan = checkExpression(moment, this.#knownScope(), report);
      if (plan === undefined) return undefined;
      if (typeOf(plan).kind !== "timestamp") {
        return report.error(
          "wrong-type",
          `\`known\` is a timestamp, and this is of type ${typeOf(plan).kind}`,
          moment.span,
          typeOf(plan).kind === "duration"
            ? `so long after the request is written known now + ${durationText(moment)}`
            : "it says when the label could first be seen",
        );
      }
      remember(known, plan);
    }
    return { plan: { node: "column", type: column.type, name: column.name }, known };
  }

  #scope(known: Map<string, ExpressionPlan>): Scope {
    const { report } = this.#context;
    return {
      now: true,
      name: (identifier) => {
        const other = this.#names.labels.get(identifier.text);
        if (other === undefined) return this.#request(identifier);
        const value = this.#value(other);
        for (const moment of value?.known.values() ?? []) remember(known, moment);
        return value?.plan;
      },
      reference: (reference) => {
        const plan = checkReference(reference, this.#context, "label");
        if (plan === undefined) return undefined;
        for (const node of walk(plan)) {
          const read = node.node === "stored" ? this.#context.reads.get(node.name) : undefined;
          const window = read === undefined ? undefined : this.#forwardWindow(read);
          if (window !== undefined) remember(known, later(window));
        }
        return plan;
      },
      aggregate: (call) =>
        report.error(
          "aggregate-here",
          `the aggregate "${call.name.text}" stands in a group's feature`,
          call.span,
          "define it in a group, over next 2h say, and read it here as @entity:group:feature",
        ),
      fitted: (call) => report.error("fitted-here", `a label is not fitted with "${call.name.text}"`, call.span),
    };
  }

  /** A name in a label's expression that is no label: what the request knows. */
  #request({ text, span }: Identifier): ExpressionPlan | undefined {
    const { inputs, keyColumns, definitions, labels, whole } = this.#names;
    const column = inputs.get(text) ?? keyColumns.get(text);
    if (column !== undefined) return { node: "column", type: optional(column.type), name: column.name };
    if (!whole) return undefined;
    const { report } = this.#context;
    if (definitions.has(text)) {
      return report.error(
        "slot-in-label",
        `"${text}" is a slot: a label is made from features, inputs and other labels`,
        span,
        "write out what the slot is made from",
      );
    }
    return report.error(
      "unknown-name",
      `nothing here is named "${text}"`,
      span,
      () =>
        didYouMean(text, [...inputs.keys(), ...keyColumns.keys(), ...labels.keys()]) ??
        `a column of the training rows is a label of its own: label ${text}: float`,
    );
  }

  /** In a label's `known` every other name is a column of the left rows, a timestamp. */
  #knownScope(): Scope {
    const { report } = this.#context;
    const { inputs, keyColumns } = this.#names;
    return {
      ...this.#scope(new Map()),
      name: (identifier) => {
        const { text } = identifier;
        const own = inputs.get(text) ?? keyColumns.get(text) ?? this.#columns.get(text);
        if (own !== undefined) return { node: "column", type: optional(own.type), name: own.name };
        if (!checkColumnName("a column", identifier, report)) return undefined;
        this.#columns.set(text, { name: text, type: "timestamp?" });
        return { node: "column", type: "timestamp?", name: text };
      },
      reference: (reference) =>
        report.error(
          "reference-here",
          "`known` is made of columns of the training rows, and no feature is one",
          reference.span,
          "write the moment into a column of the training rows, or make the label of features: label late = @entity:group:feature > 10",
        ),
      fitted: (call) => report.error("fitted-here", `\`known\` is not fitted with "${call.name.text}"`, call.span),
    };
  }

  /** How long after the request a forward window is known. */
  #forwardWindow(read: ReadPlan): number | undefined {
    const group = this.#context.symbols.groups.get(`${read.entity}:${read.group}`);
    const stored = group?.stored.find(({ name }) => name === read.stored);
    if (stored?.kind !== "window" || stored.direction !== "next") return undefined;
    // What happened last becomes known only after the source's lag.
    const source = this.#context.symbols.sources.get(group?.source ?? "")?.plan;
    return stored.over + (source === undefined ? 0 : lagOf(source));
  }
}

function remember(known: Map<string, ExpressionPlan>, moment: ExpressionPlan): void {
  known.set(canonicalJson(moment), moment);
}

function optional(type: TypeName): TypeName {
  return type.endsWith("?") ? type : (`${type}?` as TypeName);
}

/** `now + window`, microseconds. */
export function later(window: number): ExpressionPlan {
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

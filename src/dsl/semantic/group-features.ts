import { canonicalJson } from "../../core/index.ts";
import { aggregates } from "../functions/index.ts";
import { type ExpressionPlan, type FeaturePlan, type StoredPlan, walk } from "../plan/index.ts";
import { type CallExpression, type Definition, didYouMean, type GroupDeclaration } from "../syntax/index.ts";
import { checkAggregate, type WindowPlan } from "./check-aggregate.ts";
import { checkExpression } from "./check-expression.ts";
import { columnOf } from "./check-source.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";
import { type CheckedSource, checkName } from "./symbols.ts";

/** What a group stores, and its features over that, both by name: their order in the text means nothing. */
export function groupFeatures(
  declaration: GroupDeclaration,
  source: CheckedSource,
  hop: number | undefined,
  report: Report,
): { readonly stored: readonly StoredPlan[]; readonly features: readonly FeaturePlan[] } {
  const body = new GroupBody(declaration, source, hop, report);
  // Windows that are all of a feature first: they give what is stored its name. Versions after what they stand beside, so that
  // another one changes nothing that was there.
  const isWindow = ({ value }: Definition): boolean =>
    value?.kind === "call" && value.window !== undefined && aggregates.has(value.name.text);
  const version = ({ name }: Definition): number => name.version ?? 1;
  const ordered = declaration.definitions.toSorted(
    (a, b) =>
      version(a) - version(b) || Number(isWindow(b)) - Number(isWindow(a)) || compareNames(a.name.text, b.name.text),
  );
  const features = ordered.flatMap((definition) => body.feature(definition.name.text) ?? []);
  return {
    stored: body.stored.toSorted((a, b) => compareNames(a.name, b.name)),
    features: features.toSorted((a, b) => compareNames(a.name, b.name)),
  };
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The features of one group, checked as they are needed by each other. */
class GroupBody {
  readonly stored: StoredPlan[] = [];
  readonly #source: CheckedSource;
  readonly #hop: number | undefined;
  readonly #report: Report;
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #features: Map<string, FeaturePlan | undefined> = new Map<string, FeaturePlan | undefined>();
  readonly #open: string[] = [];
  /** Names of stored windows by what they are. */
  readonly #windows: Map<string, string> = new Map<string, string>();
  readonly #storedNames: Set<string> = new Set<string>();

  constructor(declaration: GroupDeclaration, source: CheckedSource, hop: number | undefined, report: Report) {
    this.#source = source;
    this.#hop = hop;
    this.#report = report;
    const definitions = new Map<string, Definition>();
    for (const definition of declaration.definitions) {
      const { name } = definition;
      if (definitions.has(name.text)) {
        report.error("duplicate", `the feature "${name.text}" stands twice`, name.span, "rename one of them");
      } else {
        definitions.set(name.text, definition);
      }
    }
    this.#definitions = definitions;
  }

  /** The feature of that name; absent where it has an error. */
  feature(name: string): FeaturePlan | undefined {
    if (this.#features.has(name)) return this.#features.get(name);
    const definition = this.#definitions.get(name);
    if (definition === undefined) return undefined;
    this.#open.push(name);
    const feature = this.#check(definition);
    this.#open.pop();
    this.#features.set(name, feature);
    return feature;
  }

  #check(definition: Definition): FeaturePlan | undefined {
    const { name, value } = definition;
    if (!checkName("a feature", name, this.#report)) return undefined;
    const plan =
      value === undefined ? this.#column(definition) : checkExpression(value, this.#scope(name.text), this.#report);
    if (plan === undefined) return undefined;
    const forward = [...walk(plan)].some((node) => {
      if (node.node !== "stored") return false;
      const stored = this.stored.find((candidate) => candidate.name === node.name);
      return stored?.kind === "window" && stored.direction === "next";
    });
    return { name: name.text, type: plan.type, forward, value: plan };
  }

  #column({ name }: Definition): ExpressionPlan | undefined {
    if (this.#source.plan.kind === "events") {
      return this.#report.error(
        "bare-column",
        "events have many rows a key: a feature says how to aggregate them",
        name.span,
        name.text === "next" && !Object.hasOwn(this.#source.schema, "next")
          ? "a forward window is written with its length behind it: over next 24h"
          : `write ${name.text} = last(${name.text}) over 7d, say`,
      );
    }
    return this.#storeColumn(columnOf(this.#source.plan.name, this.#source.schema, name, this.#report));
  }

  #storeColumn(column: ExpressionPlan | undefined): ExpressionPlan | undefined {
    if (column?.node !== "column") return undefined;
    const name = column.name;
    if (!this.stored.some((stored) => stored.name === name)) {
      this.stored.push({ kind: "column", name, type: column.type, column: name });
    }
    return { node: "stored", type: column.type, name };
  }

  #scope(own: string): Scope {
    const report = this.#report;
    const { name: source, kind } = this.#source.plan;
    return {
      // A feature is stored for all requests alike: what depends on the moment belongs into a vector.
      now: false,
      name: (identifier) => {
        const { text, span } = identifier;
        // In backticks `a@2` is the name of a column.
        const isSibling = identifier.version !== undefined || !text.includes("@");
        if (isSibling && this.#definitions.has(text) && text !== own) {
          if (this.#open.includes(text)) {
            return report.error(
              "cycle",
              `"${text}" is made from itself: ${[...this.#open.slice(this.#open.indexOf(text)), text].join(" -> ")}`,
              span,
            );
          }
          return this.feature(text)?.value;
        }
        if (identifier.version !== undefined) {
          if (text === own) return report.error("cycle", `"${text}" is made from itself`, span);
          const hint = (): string | undefined => didYouMean(text, this.#definitions.keys());
          return report.error("unknown-name", `the group has no feature "${text}"`, span, hint);
        }
        if (kind !== "events") return this.#storeColumn(columnOf(source, this.#source.schema, identifier, report));
        const hint = Object.hasOwn(this.#source.schema, text)
          ? `"${text}" is a column of ${source}: it stands inside an aggregate, such as last(${text}) over 7d`
          : () => didYouMean(text, this.#definitions.keys());
        if (text === own && !Object.hasOwn(this.#source.schema, text))
          return report.error("cycle", `"${text}" is made from itself`, span);
        return report.error("unknown-name", `the group has no feature "${text}"`, span, hint);
      },
      reference: (reference) =>
        report.error(
          "reference-here",
          "a group knows its own features only",
          reference.span,
          "features of several groups meet in a vector",
        ),
      aggregate: (call) => this.#aggregate(call, own),
      fitted: (call) =>
        report.error(
          "fitted-here",
          `"${call.name.text}" is fitted on training rows: it stands in a vector only`,
          call.span,
          "in a group write fill(0), say, with a constant",
        ),
    };
  }

  #aggregate(call: CallExpression, own: string): ExpressionPlan | undefined {
    return checkAggregate(call, {
      source: this.#source,
      hop: this.#hop,
      report: this.#report,
      store: (plan, part) => {
        const whole = !part && this.#definitions.get(own)?.value === call;
        return { node: "stored", type: plan.type, name: this.#store(plan, own, whole) };
      },
    });
  }

  /** Stores a window: one that is all of a feature under its name, another one once. */
  #store(plan: WindowPlan, own: string, whole: boolean): string {
    const key = canonicalJson(plan);
    const same = this.#windows.get(key);
    if (same !== undefined && !whole) return same;
    let name = own;
    for (let n = 1; !whole && (this.#definitions.has(name) || this.#storedNames.has(name)); n++) {
      name = `${own}_${String(n)}`;
    }
    this.stored.push({ ...plan, name });
    this.#storedNames.add(name);
    if (same === undefined) this.#windows.set(key, name);
    return name;
  }
}

import { parseTypeName, type Value } from "../../core/index.ts";
import {
  type ExpectationPlan,
  type ExpressionPlan,
  testLimits,
  type TestPlan,
  type TestRowPlan,
  walk,
} from "../plan/index.ts";
import {
  comparisonSigns,
  didYouMean,
  type ExpectClause,
  type Expression,
  type GivenClause,
  type TestDeclaration,
} from "../syntax/index.ts";
import { checkConstant, checkMoment } from "./check-constant.ts";
import { checkExpression } from "./check-expression.ts";
import { TestFeatures } from "./check-test-feature.ts";
import { columnOf } from "./check-source.ts";
import { embed } from "./embed.ts";
import { typeOf } from "./resolve-call.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";
import { isBroken, type Symbols } from "./symbols.ts";

/** A test: the rows it gives, and what it expects of features at moments. */
export function checkTest(declaration: TestDeclaration, symbols: Symbols, report: Report): TestPlan | undefined {
  const { name, given, expectations: clauses } = declaration;
  if (name.text.trim() === "") {
    return report.error("bad-name", "a test says what holds", name.span, 'such as test "an order counts once"');
  }
  if (clauses.length === 0) {
    const hint = 'add a line such as expect @restaurant:kitchen:orders_1h["r1"] at "12:05" == 1';
    return report.error("empty-test", `the test "${name.text}" expects nothing`, name.span, hint);
  }
  if (given.length > testLimits.rows || clauses.length > testLimits.expectations) {
    const message = `a test has at most ${String(testLimits.rows)} rows and ${String(testLimits.expectations)} expectations`;
    return report.error("too-large", message, name.span, "make two tests of it");
  }
  const rows = given.map((clause) => checkRow(clause, symbols, report));
  const features = new TestFeatures(symbols, report);
  const expectations = clauses.map((clause) => checkExpectation(clause, features, report));
  if (!rows.every(isThere) || !expectations.every(isThere)) return undefined;
  const all = features.reads.sorted;
  const asked = new Set(
    features.plans
      .filter(({ forward }) => !forward)
      .flatMap(({ value }) => [...walk(value)].flatMap((node) => (node.node === "stored" ? [node.name] : []))),
  );
  const vector = embed(
    {
      name: name.text,
      roles: [],
      keys: [],
      inputs: features.columns,
      labelColumns: [],
      reads: all.filter(({ id }) => asked.has(id)),
      labelReads: all.filter(({ id }) => !asked.has(id)),
      slots: [],
      labels: [],
    },
    symbols,
  );
  return {
    name: name.text,
    span: name.span,
    rows,
    features: features.plans,
    expectations,
    vector,
    keys: features.keys,
  };
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function checkRow({ source, by, cells }: GivenClause, symbols: Symbols, report: Report): TestRowPlan | undefined {
  const found = symbols.sources.get(source.text);
  if (found === undefined) {
    // One that is declared with an error has been reported where it stands.
    if (symbols.sourceDeclarations.has(source.text) || isBroken(symbols, "source", source.text)) return undefined;
    return report.error("unknown-source", `there is no source "${source.text}"`, source.span, () =>
      didYouMean(source.text, symbols.sourceDeclarations.keys()),
    );
  }
  const { plan, schema } = found;
  const transport = by === undefined ? 0 : plan.transports.findIndex(({ format }) => format === by.format);
  if (by !== undefined && transport < 0) {
    const has = plan.transports.map(({ format }) => format).join(" and ");
    return report.error(
      "unknown-transport",
      `no rows of "${plan.name}" come by ${by.format}`,
      by.span,
      `they come by ${has}`,
    );
  }
  const columns: Record<string, Value> = {};
  const seen = new Set<string>();
  let good = true;
  for (const { name, value } of cells) {
    const column = columnOf(plan.name, schema, name, report);
    if (column === undefined) {
      good = false;
    } else if (seen.has(name.text)) {
      report.error("duplicate", `the column "${name.text}" stands twice`, name.span);
      good = false;
    } else {
      seen.add(name.text);
      const constant = checkConstant(value, parseTypeName(column.type).kind, `"${name.text}"`, report);
      if (constant === undefined) good = false;
      else Object.defineProperty(columns, name.text, { value: constant.value, enumerable: true });
    }
  }
  return good ? { source: plan.name, transport, columns } : undefined;
}

function checkExpectation(clause: ExpectClause, features: TestFeatures, report: Report): ExpectationPlan | undefined {
  const { at, condition: written } = clause;
  const moment = checkMoment(at.text, "what stands behind `at`", at.span, report);
  const read = new Set<number>();
  if (isComparedWithMissing(written)) {
    return report.error(
      "never-true",
      "nothing is equal to `missing`, nor unequal: whatever it is compared with, the answer is missing",
      written.span,
      `write expect ... at "${at.text}" is missing`,
    );
  }
  const condition = checkExpression(written, scopeOf(features, read, report), report);
  if (moment === undefined || condition === undefined) return undefined;
  const { kind } = typeOf(condition);
  if (kind !== "bool") {
    return report.error(
      "wrong-type",
      `an expectation is true or false, and this is of type ${kind}`,
      written.span,
      `compare it with what it should be: expect ... at "${at.text}" == ${kind === "string" ? '"text"' : "1"}`,
    );
  }
  if (read.size === 0) {
    const hint = 'read one with its key written out: @restaurant:kitchen:orders_1h["r1"]';
    return report.error("empty-test", "this expects nothing of a feature", written.span, hint);
  }
  return {
    span: written.span,
    at: moment.value,
    condition,
    ...compared(condition),
    features: [...read].sort((a, b) => a - b),
  };
}

function isComparedWithMissing(condition: Expression): boolean {
  if (condition.kind !== "call" || !comparisonSigns.has(condition.name.text)) return false;
  return condition.args.some(({ value }) => value.kind === "literal" && value.type === "missing");
}

/** What is shown of a condition that does not hold. */
function compared(condition: ExpressionPlan): Pick<ExpectationPlan, "sides" | "operator"> {
  const inner =
    condition.node === "call" && condition.function === "not" && condition.args[0] !== undefined
      ? condition.args[0]
      : condition;
  if (inner.node !== "call") return { sides: [] };
  const operator = inner === condition ? comparisonSigns.get(inner.function) : undefined;
  if (operator !== undefined) return { sides: inner.args, operator };
  const [first] = inner.args;
  return { sides: first === undefined || typeOf(first).kind === "bool" ? [] : [first] };
}

function scopeOf(features: TestFeatures, read: Set<number>, report: Report): Scope {
  return {
    now: true,
    name: ({ text, span }) =>
      report.error(
        "unknown-name",
        `nothing here is named "${text}"`,
        span,
        'a test knows features, with their keys written out: @entity:group:feature["key"]',
      ),
    reference: (reference) => {
      const index = features.add(reference);
      if (index === undefined) return undefined;
      read.add(index);
      return features.plans[index]?.value;
    },
    aggregate: (call) =>
      report.error(
        "aggregate-here",
        `the aggregate "${call.name.text}" stands in a group's feature`,
        call.span,
        'define it in a group and read it here as @entity:group:feature["key"]',
      ),
    fitted: (call) =>
      report.error(
        "fitted-here",
        `"${call.name.text}" is fitted on training rows, and a test has none`,
        call.span,
        "test the features that it is fitted on",
      ),
  };
}

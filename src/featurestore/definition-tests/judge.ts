import { type Diagnostic, formatMicros, type Value } from "../../core/index.ts";
import type { ExpectationPlan, TestPlan } from "../../dsl/index.ts";
import type { Asked, AskedPlaces, PathAnswers } from "./asked.ts";
import { showValue } from "./show-value.ts";

/** What of a test does not hold: expectations that fail, and paths that disagree, which is a defect of this library. */
export function judge(asked: Asked, paths: readonly PathAnswers[]): readonly Diagnostic[] {
  const unseen = neverKnown(asked.test);
  return asked.test.expectations.flatMap((expectation, i) => {
    const places = asked.places[i];
    if (places === undefined) return [];
    return disagreement(asked, expectation, places, paths) ?? failure(expectation, places, paths, unseen) ?? [];
  });
}

/** Says that given rows are never visible: no row gives what their `known` is made of. */
function neverKnown({ rows, vector }: TestPlan): string | undefined {
  for (const { source, transport, columns } of rows) {
    const known = vector.sources.find(({ name }) => name === source)?.transports[transport]?.known;
    if (known?.node !== "column" || (columns[known.name] ?? null) !== null) continue;
    return `a row given to "${source}" has no "${known.name}", so it is never known`;
  }
  return undefined;
}

function disagreement(
  asked: Asked,
  { span, at }: ExpectationPlan,
  { moment, condition, sides, features }: AskedPlaces,
  paths: readonly PathAnswers[],
): Diagnostic | undefined {
  // What comes first is nearest to the cause.
  for (const place of [...features, ...sides, condition]) {
    const answers = paths.flatMap(({ path, values }) => {
      const value = values[moment]?.[place];
      return value === undefined ? [] : [{ path, value }];
    });
    const [first] = answers;
    if (first === undefined || answers.every(({ value }) => isSame(value, first.value))) continue;
    const type = asked.outputs[place]?.value.type ?? "float?";
    const said = answers.map(({ path, value }) => `${path} ${showValue(value, type)}`).join(", ");
    const feature = asked.test.features[place];
    const what = feature === undefined ? "this" : `@${feature.name}`;
    return {
      code: "paths-disagree",
      severity: "error",
      message: `the paths disagree on ${what} at ${formatMicros(at)}: ${said}`,
      span,
      hint: "this is a defect of Tondo, not of the test: please report it with the definitions and the test",
    };
  }
  return undefined;
}

function failure(
  { span, sides, operator }: ExpectationPlan,
  places: AskedPlaces,
  paths: readonly PathAnswers[],
  unseen: string | undefined,
): Diagnostic | undefined {
  const valueAt = (place: number | undefined): Value =>
    place === undefined ? null : (paths[0]?.values[places.moment]?.[place] ?? null);
  const held = valueAt(places.condition);
  if (held === true) return undefined;
  const [left, right] = sides.map((side, i) => showValue(valueAt(places.sides[i]), side.type));
  const asking = paths.filter(({ values }) => values[places.moment]?.[places.condition] !== undefined);
  return {
    code: "expectation-failed",
    severity: "error",
    message: messageOf(held, operator, left, right),
    span,
    hint: [asking.map(({ path }) => `${path} ${left ?? showValue(held, "bool?")}`).join(", "), unseen ?? []]
      .flat()
      .join("; "),
  };
}

function messageOf(
  held: Value,
  operator: string | undefined,
  left: string | undefined,
  right: string | undefined,
): string {
  if (left !== undefined && right !== undefined && operator !== undefined) {
    return `expected ${operator === "==" ? "" : `${operator} `}${right}, got ${left}`;
  }
  const said = held === null ? "this is missing, and not true" : "this is false";
  return left === undefined ? said : `${said}: got ${left}`;
}

/** As `Object.is`, element by element. */
function isSame(a: Value, b: Value): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i]));
}

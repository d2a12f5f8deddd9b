import { type Comparison, type ComparisonName, type Filter, filterLimits, type FilterValue } from "./filter.ts";
import { choice, has, kindOf, list, type Member, named, object, shape, type Shape, text, truth } from "./shape.ts";

const value: Shape<FilterValue> = shape({ type: ["string", "number", "boolean"] }, (given) => {
  if (typeof given === "number")
    return Number.isFinite(given) ? undefined : { message: `must be a number, and is ${String(given)}` };
  if (given instanceof Date && Number.isNaN(given.getTime())) return { message: "is a Date of no moment" };
  if (typeof given === "string" || typeof given === "boolean" || typeof given === "bigint" || given instanceof Date)
    return undefined;
  return {
    message: `must be a text, a number, true or false, and is ${kindOf(given)}`,
    ...(given === null ? { hint: 'Ask with "isMissing": true or false.' } : {}),
  };
});

const values: Shape<readonly FilterValue[]> = list(value, { least: 1, most: filterLimits.values });

const pair: Shape<readonly [FilterValue, FilterValue]> = {
  accepts: (given, path, problems): given is readonly [FilterValue, FilterValue] => {
    if (Array.isArray(given) && given.length !== 2) {
      problems.push({
        path,
        message: `must have two elements, the first and the last value, and has ${String(given.length)}`,
      });
      return false;
    }
    return values.accepts(given, path, problems);
  },
  schema: (definitions) => ({ type: "array", items: value.schema(definitions), minItems: 2, maxItems: 2 }),
};

const operators: Readonly<{ [K in ComparisonName]: Member<Exclude<Comparison[K], undefined>> }> = {
  equals: { doc: "The column has this value.", of: value },
  notEquals: { doc: "The column has another value than this one.", of: value },
  isIn: { doc: "The column has one of these values.", of: values },
  isNotIn: { doc: "The column has another value than these.", of: values },
  lessThan: { doc: "The column's value is less than this one.", of: value },
  atMost: { doc: "The column's value is this one or less.", of: value },
  greaterThan: { doc: "The column's value is greater than this one.", of: value },
  atLeast: { doc: "The column's value is this one or greater.", of: value },
  between: { doc: "The column's value lies between these two, both included.", of: pair },
  isMissing: { doc: "True: the column has no value. False: it has one.", of: truth },
};

/** One column compared. */
export const comparisonShape: Shape<Comparison> = named("comparison", () =>
  object<Comparison>(
    { column: { doc: "A column of the left rows.", of: text() }, ...operators },
    {
      required: ["column"],
      least: 2,
      doc: "What one column of the left rows must be; all that is said must hold. A comparison with a missing value holds never.",
    },
  ),
);

/** A condition on columns. */
export const filterShape: Shape<Filter> = named("filter", () => {
  const parts = list(filterShape, { least: 1, most: filterLimits.comparisons });
  return choice<Filter>(
    {
      when: has("all"),
      of: object<{ readonly all: readonly Filter[] }>(
        { all: { doc: "All of these hold.", of: parts } },
        { required: ["all"] },
      ),
    },
    {
      when: has("any"),
      of: object<{ readonly any: readonly Filter[] }>(
        { any: { doc: "At least one of these holds.", of: parts } },
        { required: ["any"] },
      ),
    },
    {
      when: has("not"),
      of: object<{ readonly not: Filter }>(
        {
          not: { doc: "This does not hold; what compares a missing value neither does nor does not.", of: filterShape },
        },
        { required: ["not"] },
      ),
    },
    { when: () => true, of: comparisonShape },
  );
});

import {
  isNumeric,
  type Moment,
  nearestName,
  parseCanonicalName,
  scalarKinds,
  TondoError,
  toMicros,
} from "../../core/index.ts";
import { comparisons } from "./filter.ts";
import { comparisonShape, filterShape } from "./filter-shape.ts";
import { outputShape } from "./output-shape.ts";
import {
  choice,
  has,
  kindOf,
  list,
  type Members,
  named,
  number,
  object,
  shape,
  type Shape,
  text,
  truth,
  word,
} from "./shape.ts";
import {
  type ByHash,
  type ClassBalance,
  type ColumnLabel,
  type FeatureChoice,
  type FeatureLabel,
  type Holdout,
  type Knowledge,
  type LabelChoice,
  type Period,
  type Sampling,
  type Specification,
  type Split,
  knowledges,
} from "./specification.ts";

const moment: Shape<Moment> = shape(
  {
    type: "string",
    pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2}))?$",
  },
  (given) => {
    const hint =
      'Write an ISO 8601 time with its offset, such as "2001-06-20T12:00:00Z"; a bare date is its midnight in UTC.';
    if (typeof given !== "string" && typeof given !== "bigint" && !(given instanceof Date))
      return { message: `must be a moment, and is ${kindOf(given)}`, hint };
    try {
      toMicros(given, "the moment");
      return undefined;
    } catch (error) {
      if (error instanceof TondoError) return { message: error.message.replace("the moment: ", ""), hint };
      throw error;
    }
  },
);

const canonicalName: Shape<string> = shape({ type: "string", pattern: "^[^:]+:[^:]+:[^:]+$" }, (given) => {
  if (typeof given !== "string") return { message: `must be a feature's canonical name, and is ${kindOf(given)}` };
  try {
    parseCanonicalName(given);
    return undefined;
  } catch (error) {
    if (!(error instanceof TondoError)) throw error;
    return { message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
});

const labelTypes: readonly string[] = scalarKinds.filter(isNumeric);
const labelType: Shape<string> = shape({ enum: labelTypes }, (given) => {
  if (typeof given === "string" && labelTypes.includes(given)) return undefined;
  const nearest = typeof given === "string" ? nearestName(given, labelTypes) : undefined;
  return {
    message: typeof given === "string" ? `"${given}" is no type of a label` : `must be a type, and is ${kindOf(given)}`,
    hint: nearest === undefined ? `Models learn numbers: ${labelTypes.join(", ")}.` : `Did you mean "${nearest}"?`,
  };
});

const name: Shape<string> = text({ most: 128 });
const names: Shape<readonly string[]> = list(name, { most: 1000 });
const someNames: Shape<readonly string[]> = list(name, { least: 1, most: 100 });
const nameOrNames: Shape<string | readonly string[]> = choice<string | readonly string[]>(
  { when: Array.isArray, of: someNames },
  { when: () => true, of: name },
);

const seed = {
  doc: "Another seed takes other rows; default 0.",
  of: number({ whole: true, least: 0, most: Number.MAX_SAFE_INTEGER }),
};

const period: Shape<Period> = named("period", () =>
  object<Period>(
    {
      from: { doc: "From then on; default: from the beginning.", of: moment },
      to: { doc: "Before then; default: to the end.", of: moment },
    },
    { doc: "A stretch of time, by the moment at which rows ask." },
  ),
);

const fraction = {
  doc: "Which share is taken: more than 0, less than 1.",
  of: number({ least: 0, most: 1, open: true }),
};

const hashedHoldout: Shape<ByHash> = object<ByHash>(
  {
    fraction,
    seed,
    by: {
      doc: "The columns that are hashed; default: all keys of the vector. Rows that agree in them are on one side.",
      of: someNames,
    },
  },
  { required: ["fraction"], doc: "Rows whose keys are chosen by a hash." },
);

const holdout: Shape<Holdout> = choice<Holdout>(
  { when: has("column", ...comparisons), of: comparisonShape },
  { when: has("fraction", "seed", "by"), of: hashedHoldout },
  { when: () => true, of: period },
);

const split: Shape<Split> = object<Split>({
  train: {
    doc: "When rows that train ask. Default: all that are not held out; with a period held out, those before it.",
    of: period,
  },
  holdout: {
    doc: "Which rows judge: a period, a share of the keys by hash, or what a column is. Default: none.",
    of: holdout,
  },
});

const sampledBy = { doc: "The columns that are hashed; default: all keys and the moment.", of: someNames };

const sampling: Shape<Sampling> = choice<Sampling>(
  {
    when: has("count"),
    of: object<Omit<ByHash, "fraction"> & { readonly count: number }>(
      {
        count: { doc: "How many rows are taken.", of: number({ whole: true, least: 1, most: 1e12 }) },
        seed,
        by: sampledBy,
      },
      { required: ["count"] },
    ),
  },
  { when: () => true, of: object<ByHash>({ fraction, seed, by: sampledBy }, { required: ["fraction"] }) },
);

const classBalance: Shape<ClassBalance> = object<ClassBalance>(
  {
    label: { doc: "The label whose values are the classes.", of: name },
    ratio: {
      doc: "No class keeps more than this many times the rows of the rarest one; default 1.",
      of: number({ least: 1, most: 1e9 }),
    },
    seed,
  },
  { required: ["label"] },
);

const keyed = {
  feature: { doc: "A feature's canonical name, entity:group:feature.", of: canonicalName },
  key: {
    doc: "The columns of the rows that hold the key, in the order of the entity's; default: columns named like the entity's.",
    of: nameOrNames,
  },
  as: { doc: "The column of the result; default KEY__entity__group__feature.", of: name },
};

const feature: Shape<string | FeatureChoice> = choice<string | FeatureChoice>(
  { when: (value) => typeof value !== "object", of: canonicalName },
  { when: () => true, of: object<FeatureChoice>(keyed, { required: ["feature"] }) },
);

const label: Shape<LabelChoice> = named("label", () =>
  choice<LabelChoice>(
    { when: (value) => typeof value !== "object", of: name },
    { when: has("feature", "key", "as"), of: object<FeatureLabel>(keyed, { required: ["feature"] }) },
    {
      when: () => true,
      of: object<ColumnLabel>(
        {
          column: { doc: "A column of the rows.", of: name },
          type: { doc: "What it is.", of: labelType },
          known: { doc: "The column of the moment at which it was known; default: with the row.", of: name },
        },
        { required: ["column", "type"] },
      ),
    },
  ),
);

const members: Members<Specification> = {
  $schema: { doc: "The JSON Schema of these files, for editors.", of: text({ least: 0 }) },
  name: { doc: "What the set is called; the name of its vector, where features are listed.", of: name },
  owner: { doc: "Who answers for it.", of: text() },
  project: { doc: "What it is part of.", of: text() },
  description: { doc: "What it is for.", of: text({ least: 0, most: 10_000 }) },
  vector: { doc: "An applied vector; or else features.", of: name },
  features: { doc: "Stored features as they are; or else vector.", of: list(feature, { least: 1, most: 5000 }) },
  label: {
    doc: "What is learnt. Of a vector: which of its labels, by default all. Of features: a column of the rows, or a forward window.",
    of: choice<LabelChoice | readonly LabelChoice[]>(
      { when: Array.isArray, of: list(label, { least: 1, most: 1000 }) },
      { when: () => true, of: label },
    ),
  },
  rows: {
    doc: "The left rows: Parquet or CSV, a path from the project folder; a glob for several files.",
    of: text({ most: 4000 }),
  },
  at: { doc: "The column of the rows that says when each asks; default at.", of: name },
  carry: { doc: "Further columns of the rows to carry into the files, for partitions and slices.", of: names },
  filters: {
    doc: "Rows for which these are not all true are left out as they are read.",
    of: list(filterShape, { most: 1000 }),
  },
  sampling: {
    doc: "Fewer rows than the filters leave, by hash: a share or a number of them. Default: all.",
    of: sampling,
  },
  split: { doc: "Which rows train and which judge. Default: all train.", of: split },
  cutoff: {
    doc: "Labels known later are not mature, and their rows left out. Default: none is left out for that.",
    of: moment,
  },
  classBalance: {
    doc: "Training rows of common values of a label are left out until they are few enough. Default: all are kept.",
    of: classBalance,
  },
  knowledge: {
    doc: "When rows of groups that were materialized count as known: when they were first applied online (the default), or when they say themselves.",
    of: word<Knowledge>(knowledges, "applied or declared"),
  },
  raw: { doc: "Whether the raw values read are written beside the slots; default false.", of: truth },
  output: { doc: "The folder to make, from the project folder; or with it what the files are.", of: outputShape },
};

const whole = object<Specification>(members, {
  required: ["rows", "output"],
  doc: "What a training set of Tondo is made from and into.",
});

/** All that a specification may say, and what it must: rows, output, and either a vector or features. */
export const specificationShape: Shape<Specification> = {
  accepts: (value, path, problems): value is Specification => {
    if (!whole.accepts(value, path, problems)) return false;
    if ((value.vector === undefined) !== (value.features === undefined)) return true;
    problems.push(
      value.vector === undefined
        ? { path, message: 'lacks "vector", or else "features"', hint: "Say what is joined to the rows." }
        : { path: [...path, "features"], message: 'stands beside "vector"', hint: "Leave one of them out." },
    );
    return false;
  },
  schema: (definitions) => ({
    ...whole.schema(definitions),
    oneOf: [{ required: ["vector"] }, { required: ["features"] }],
  }),
};

/** Part of a specification, which something else completes. */
export const partialShape: Shape<Partial<Specification>> = object<Partial<Specification>>(members);

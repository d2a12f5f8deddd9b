import { nearestName, parseTypeName, type ScalarKind, TondoError, type TypeName } from "../../core/index.ts";
import {
  type ProjectPlan,
  selectFeatures,
  type SelectedColumn,
  selectLabels,
  type SelectedFeature,
  type VectorPlan,
} from "../../dsl/index.ts";
import { type Path, pathText } from "./path.ts";
import type { Problem } from "./shape.ts";
import { specificationError, type Written } from "./specification-error.ts";
import type { FeatureChoice, LabelChoice, Specification } from "./specification.ts";

/** What the vector of a training set is called where nothing is said. */
const defaultName = "features";

/**
 * The vector that a specification is of, with the labels that it asks for: an applied one, or one of the features it lists.
 *
 * @throws TondoError `UNKNOWN_VECTOR`, `SPECIFICATION_INVALID` where it names a feature, label or column of a key that there is not
 */
export function specifiedVector(
  project: ProjectPlan,
  { name = defaultName, vector, features = [], label }: Partial<Specification>,
  written?: Written,
): VectorPlan {
  const labels: readonly LabelChoice[] | undefined = label === undefined ? undefined : [label].flat();
  const labelPath = (index: number): Path => (Array.isArray(label) ? ["label", index] : ["label"]);
  return vector === undefined
    ? listed(project, name, features, labels ?? [], labelPath, written)
    : withLabels(applied(project, vector, written), labels, labelPath, written);
}

function applied({ vectors }: ProjectPlan, name: string, written: Written | undefined): VectorPlan {
  const vector = vectors.find((candidate) => candidate.name === name);
  if (vector !== undefined) return vector;
  const names = vectors.map((one) => one.name);
  const nearest = nearestName(name, names);
  const all =
    names.length === 0 ? "None is: add one to the .tondo files and apply them." : `Applied are ${names.join(", ")}.`;
  const where = written?.where(["vector"]);
  throw new TondoError("UNKNOWN_VECTOR", `no vector "${name}" has been applied`, {
    ...(where === undefined ? {} : { where }),
    hint: nearest === undefined ? all : `Did you mean "${nearest}"? ${all}`,
    details: { path: pathText(["vector"]) },
  });
}

function withLabels(
  vector: VectorPlan,
  labels: readonly LabelChoice[] | undefined,
  pathOf: (index: number) => Path,
  written: Written | undefined,
): VectorPlan {
  if (labels === undefined) return vector;
  const names = vector.labels.map(({ name }) => name);
  const problems = labels.flatMap((label, i): readonly Problem[] => {
    const path = pathOf(i);
    if (typeof label !== "string") {
      const hint = `Name one of them: ${names.join(", ") || "it has none"}.`;
      return [{ path, message: `describes a label, and the vector "${vector.name}" has its own`, hint }];
    }
    if (names.includes(label)) return [];
    const nearest = nearestName(label, names);
    const hint = nearest === undefined ? `It has ${names.join(", ") || "none"}.` : `Did you mean "${nearest}"?`;
    return [{ path, message: `names the label "${label}", which the vector "${vector.name}" does not have`, hint }];
  });
  if (problems.length > 0) throw specificationError(problems, written);
  return selectLabels(
    vector,
    labels.filter((label) => typeof label === "string"),
  );
}

function listed(
  project: ProjectPlan,
  name: string,
  features: readonly (string | FeatureChoice)[],
  labels: readonly LabelChoice[],
  labelPath: (index: number) => Path,
  written: Written | undefined,
): VectorPlan {
  const bare = labels.flatMap((label, i) => (typeof label === "string" ? [{ label, path: labelPath(i) }] : []));
  if (bare.length > 0) {
    throw specificationError(
      bare.map(({ label, path }) => ({
        path,
        message: `names the label "${label}", and listed features have none`,
        hint: `Write { "column": "${label}", "type": "float" } for a column of the rows.`,
      })),
      written,
    );
  }
  const selected = selectFeatures(project, {
    name,
    features: features.map((one) => selectedOf(typeof one === "string" ? { feature: one } : one)),
    labels: labels.flatMap((label): readonly (SelectedFeature | SelectedColumn)[] => {
      if (typeof label === "string") return [];
      if ("feature" in label) return [selectedOf(label)];
      const { column, type, known } = label;
      return [{ column, kind: scalarOf(type), ...(known === undefined ? {} : { known }) }];
    }),
  });
  if ("plan" in selected) return selected.plan;
  throw specificationError(
    selected.problems.map(({ of, index, member, message, hint }) => {
      const place = of === "label" ? labelPath(index) : (["features", index] as const);
      // A feature that is written as its name alone has no members.
      const isName = of === "features" && typeof features[index] === "string";
      return { path: isName ? place : [...place, member], message, ...(hint === undefined ? {} : { hint }) };
    }),
    written,
  );
}

function selectedOf({ feature, key, as }: FeatureChoice): SelectedFeature {
  return {
    feature,
    ...(key === undefined ? {} : { key: [key].flat() }),
    ...(as === undefined ? {} : { as }),
  };
}

/** The reader has made sure that it is one of numbers. */
function scalarOf(type: string): ScalarKind {
  return parseTypeName(type as TypeName).kind as ScalarKind;
}

import {
  embeddingKind,
  type ListKind,
  maxEmbeddingSize,
  scalarKinds,
  type TypeName,
  typeName,
  type ValueKind,
} from "../../core/index.ts";
import { didYouMean, type TypeExpression } from "../syntax/index.ts";
import type { Report } from "./report.ts";

const synonyms: ReadonlyMap<string, string> = new Map(
  Object.entries({
    boolean: "bool",
    integer: "int",
    bigint: "int",
    long: "int",
    double: "float",
    number: "float",
    real: "float",
    text: "string",
    str: "string",
    varchar: "string",
    datetime: "timestamp",
    time: "timestamp",
    array: "list",
    tensor: "embedding",
    vector: "embedding",
  }),
);

const words = [...scalarKinds, "list", "embedding"] as const;
const listForm = "a list is written list<string>";
const embeddingForm = "an embedding is written with its size, embedding(8)";

/** The type that is written there, or a report of why it is none. */
export function checkType(type: TypeExpression, report: Report): TypeName | undefined {
  const kind = kindOf(type, report);
  return kind === undefined ? undefined : typeName({ kind, optional: type.optional });
}

function kindOf(type: TypeExpression, report: Report): ValueKind | undefined {
  const { name, element, size } = type;
  const word = words.find((candidate) => candidate === name.text);
  if (word === undefined) return unknownType(type, report);
  if (element !== undefined && word !== "list")
    return report.error(
      "unknown-type",
      `a type "${word}" has no elements`,
      type.span,
      word === "embedding" ? embeddingForm : listForm,
    );
  if (size !== undefined && word !== "embedding")
    return report.error(
      "unknown-type",
      `a type "${word}" has no size`,
      type.span,
      word === "list" ? "a list may be of any length" : "leave it out",
    );
  if (word === "list") return listOf(type, report);
  if (word !== "embedding") return word;
  if (size === undefined)
    return report.error("unknown-type", "this says not how many numbers it has", type.span, embeddingForm);
  const n = Number(size.text.replaceAll("_", ""));
  if (Number.isInteger(n) && n >= 1 && n <= maxEmbeddingSize) return embeddingKind(n);
  return report.error(
    "bad-size",
    `an embedding has 1 to ${String(maxEmbeddingSize)} numbers, not ${size.text.slice(0, 40)}`,
    size.span,
  );
}

function listOf({ element, span }: TypeExpression, report: Report): ListKind | undefined {
  if (element === undefined) return report.error("unknown-type", "this says not what the list is of", span, listForm);
  if (element.name.text === "list" || element.name.text === "embedding") {
    const hint =
      element.name.text === "list"
        ? "make one list of it, or a column for each"
        : "a column for each, or one embedding of all their numbers";
    return report.error(
      "nested-list",
      `a list is of values without parts, not of ${element.name.text}s`,
      element.span,
      hint,
    );
  }
  const kind = scalarKinds.find((candidate) => candidate === element.name.text);
  if (kind === undefined) return unknownType(element, report, scalarKinds);
  if (element.element !== undefined || element.size !== undefined) {
    return report.error("unknown-type", `a type "${kind}" has neither elements nor a size`, element.span, listForm);
  }
  if (!element.optional) return `list<${kind}>`;
  return report.error(
    "optional-element",
    "no element of a list is missing: missing ones are left out",
    element.span,
    `write list<${kind}>, and list<${kind}>? where the list itself may be missing`,
  );
}

function unknownType(type: TypeExpression, report: Report, candidates: readonly string[] = words): undefined {
  const { text } = type.name;
  const synonym = synonyms.get(text.toLowerCase());
  const hint =
    synonym === undefined || !candidates.includes(synonym)
      ? didYouMean(text, candidates)
      : `did you mean "${synonym}"?`;
  return report.error(
    "unknown-type",
    `there is no type "${text}"`,
    type.span,
    hint ?? `types are ${candidates.join(", ")}`,
  );
}

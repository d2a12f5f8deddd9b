import { type TypeName, typeName, valueKinds } from "../../core/index.ts";
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
  }),
);

/** The type that is written there, or a report of why it is none. */
export function checkType(type: TypeExpression, report: Report): TypeName | undefined {
  const kind = valueKinds.find((name) => name === type.name.text);
  if (kind !== undefined) return typeName({ kind, optional: type.optional });
  const synonym = synonyms.get(type.name.text.toLowerCase());
  const hint = synonym === undefined ? didYouMean(type.name.text, valueKinds) : `did you mean "${synonym}"?`;
  return report.error(
    "unknown-type",
    `there is no type "${type.name.text}"`,
    type.span,
    hint ?? `types are ${valueKinds.join(", ")}`,
  );
}

import { isScalar, parseTypeName } from "../../core/index.ts";
import type { EntityPlan, KeyColumnPlan } from "../plan/index.ts";
import { didYouMean, type EntityDeclaration, type Identifier } from "../syntax/index.ts";
import { checkPii } from "./check-pii.ts";
import { checkProperties } from "./properties.ts";
import type { Report } from "./report.ts";
import { checkName } from "./symbols.ts";
import { checkType } from "./types.ts";

/** An entity and its key. */
export function checkEntity(declaration: EntityDeclaration, report: Report): EntityPlan | undefined {
  if (!checkName("an entity", declaration.name, report)) return undefined;
  if (!checkProperties(declaration.properties, ["owner", "description"], report)) return undefined;
  const key: KeyColumnPlan[] = [];
  for (const { name, type } of declaration.key) {
    if (!checkName("a key column", name, report)) return undefined;
    const checked = checkType(type, report);
    if (checked === undefined) return undefined;
    if (checked === "float" || checked === "float?") {
      return report.error(
        "float-key",
        "a float is no key: two of them are seldom equal",
        type.span,
        "use an int or a string",
      );
    }
    if (!isScalar(parseTypeName(checked).kind)) {
      return report.error(
        "list-key",
        `a key has one value: a ${checked.replace("?", "")} is none`,
        type.span,
        "use an int or a string; a key of several columns names each of them",
      );
    }
    if (type.optional) return report.error("optional-key", "a key is never missing", type.span, "leave out the ?");
    if (key.some((other) => other.name.toLowerCase() === name.text.toLowerCase())) {
      return report.error("duplicate", `the key column "${name.text}" stands twice`, name.span);
    }
    key.push({ name: name.text, type: checked });
  }
  const isKnown = ({ text, span }: Identifier): boolean => {
    if (key.some(({ name }) => name === text)) return true;
    const names = key.map(({ name }) => name);
    report.error(
      "unknown-column",
      `the key of "${declaration.name.text}" has no column "${text}"`,
      span,
      () => didYouMean(text, names) ?? `it has ${names.join(", ")}`,
    );
    return false;
  };
  const pii = checkPii(declaration.pii, isKnown, report);
  if (pii === undefined) return undefined;
  return { name: declaration.name.text, key, ...(pii.length === 0 ? {} : { pii }) };
}

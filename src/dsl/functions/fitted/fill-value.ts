import { isNumeric, type ValueKind } from "../../../core/index.ts";
import type { Parameters } from "../../plan/index.ts";
import { rawOf } from "../fitted-function.ts";
import { constantText } from "../literal-js.ts";
import type { RawScalar } from "../scalar-function.ts";

/** The function of each `fill`: the value, or the fitted one where it is missing. */
export function filled({ value }: Parameters, kind: ValueKind): (x: RawScalar) => RawScalar {
  const fill = rawOf(value as number | string, kind);
  return isNumeric(kind) ? (x) => (x === x ? x : fill) : (x) => x ?? fill;
}

/** The same as text. */
export function fillInline(x: string, { value }: Parameters, kind: ValueKind): string {
  const fill = constantText(rawOf(value as number | string, kind));
  return isNumeric(kind) ? `(${x} === ${x} ? ${x} : ${fill})` : `(${x} === null ? ${fill} : ${x})`;
}

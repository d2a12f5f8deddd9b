import { scalarKinds, type ScalarKind, type ValueKind } from "../../../core/index.ts";

/** Takes values of every scalar kind and gives one of the same kind. */
export const everyKind: Readonly<Record<ScalarKind, ValueKind>> = takes((kind) => kind);

/** Takes values of every scalar kind and gives an int. */
export const everyKindToInt: Readonly<Record<ScalarKind, ValueKind>> = takes(() => "int");

function takes(returns: (kind: ScalarKind) => ValueKind): Readonly<Record<ScalarKind, ValueKind>> {
  return Object.fromEntries(scalarKinds.map((kind) => [kind, returns(kind)])) as Record<ScalarKind, ValueKind>;
}

import { elementKind, isEmbedding, isList, type ValueKind } from "../../core/index.ts";

/** Two values as SQL, of the same kind: that of the log and that of the replay. */
export interface Sides {
  readonly logged: string;
  readonly replayed: string;
}

/**
 * SQL of whether two values that are both there are the same, as `Object.is` has it: NaN is itself, and 0 is not -0, which the engine's `=`
 * takes for one. The language has neither NaN nor -0, so that one in a log is a difference.
 */
export function sameSql({ logged, replayed }: Sides, kind: ValueKind): string {
  const equal = `${logged} = ${replayed}`;
  if (kind === "float") return `(${equal} and (${logged} <> 0 or signbit(${logged}) = signbit(${replayed})))`;
  if (!hasFloats(kind)) return `(${equal})`;
  const signs = (list: string): string => `list_transform(${list}, lambda one: one = 0 and signbit(one))`;
  return `(${equal} and ${signs(logged)} = ${signs(replayed)})`;
}

/** SQL of how two values compare: `equal`, or a `Disagreement`. Missing equals missing. */
export function classSql(sides: Sides, kind: ValueKind): string {
  const { logged, replayed } = sides;
  return `case when ${logged} is null and ${replayed} is null then 'equal'
    when ${logged} is null then 'missing_in_log' when ${replayed} is null then 'missing_in_training'
    when ${sameSql(sides, kind)} then 'equal' else 'differing' end`;
}

/**
 * SQL of the absolute and the relative difference of two values that are both there; missing where they are no finite numbers. Of embeddings, and of lists
 * of numbers of one length, the largest of an element, in relation to the largest number of both.
 */
export function differenceSql(
  { logged, replayed }: Sides,
  kind: ValueKind,
): {
  readonly absolute: string;
  readonly relative: string;
} {
  if (isEmbedding(kind) || isList(kind)) {
    if (!hasNumbers(kind)) return { absolute: "null::double", relative: "null::double" };
    const numbers = (list: string): string => `${list}::double[]`;
    const [a, b] = [numbers(logged), numbers(replayed)];
    const isWhole = `len(${a}) = len(${b}) and len(list_filter(${a}, lambda one: one is null or not isfinite(one))) = 0`;
    const largest = `list_max(list_transform(list_zip(${a}, ${b}), lambda one: abs(one[1] - one[2])))`;
    const size = `list_max(list_transform(list_concat(${a}, ${b}), lambda one: abs(one)))`;
    return {
      absolute: `case when ${isWhole} then ${largest} end`,
      relative: `case when ${isWhole} then case when ${size} = 0 then 0 else ${largest} / ${size} end end`,
    };
  }
  if (kind === "string" || kind === "bool") return { absolute: "null::double", relative: "null::double" };
  if (kind === "float") {
    const size = `greatest(abs(${logged}), abs(${replayed}))`;
    const isFinite = `isfinite(${logged}) and isfinite(${replayed})`;
    const between = `abs(${logged} - ${replayed})`;
    return {
      absolute: `case when ${isFinite} and isfinite(${between}) then ${between} end`,
      relative: `case when ${isFinite} then case when ${size} = 0 then 0 when isfinite(${between}) then ${between} / ${size}
        else abs(${logged} / ${size} - ${replayed} / ${size}) end end`,
    };
  }
  const between = `abs(${logged}::hugeint - ${replayed}::hugeint)::double`;
  const size = `greatest(abs(${logged}::hugeint), abs(${replayed}::hugeint))::double`;
  return { absolute: between, relative: `case when ${size} = 0 then 0 else ${between} / ${size} end` };
}

/** Whether a tolerance is for values of this kind: those of which floats are the parts. Whole numbers, moments and texts are the same or not. */
export function hasFloats(kind: ValueKind): boolean {
  return kind === "float" || isEmbedding(kind) || (isList(kind) && elementKind(kind) === "float");
}

function hasNumbers(kind: ValueKind): boolean {
  return hasFloats(kind) || (isList(kind) && elementKind(kind) === "int");
}

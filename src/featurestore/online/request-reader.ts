import {
  admit,
  elementKind,
  embeddingSize,
  type GivenKey,
  type GivenValue,
  hiddenValue,
  isEmbedding,
  isList,
  parseTypeName,
  type ScalarKind,
  TondoError,
  type Value,
  type ValueKind,
} from "../../core/index.ts";
import { columnsOf, type KeyColumnPlan, piiOutputs, type VectorPlan } from "../../dsl/index.ts";

/** Keys by role; a key of several columns is an object by column. */
export type RequestKeys = Readonly<Record<string, GivenKey>>;

/**
 * Turns a request's keys and inputs into the vector's columns.
 *
 * @throws TondoError `KEY_INVALID`, `INPUT_INVALID`
 */
export type RequestReader = (
  keys: RequestKeys,
  inputs: Readonly<Record<string, GivenValue>>,
) => Readonly<Record<string, Value>>;

/**
 * Makes the reader of a vector's requests.
 *
 * @param purpose what they are read for: to compute its slots, or only to read what it is made from, which needs but the inputs that keys
 * are computed from
 */
export function requestReader(vector: VectorPlan, purpose: "slots" | "reads" = "slots"): RequestReader {
  const keyColumns = vector.roles.flatMap(({ role, entity }) => {
    const columns = vector.entities.find(({ name }) => name === entity)?.key ?? [];
    return columns.map(({ name, type }) => ({
      role,
      part: columns.length === 1 ? undefined : name,
      column: columns.length === 1 ? role : `${role}_${name}`,
      type,
    }));
  });
  const roles = new Set(vector.roles.map(({ role }) => role));
  const inputs = new Map(vector.inputs.map((input) => [input.name, input]));
  const hidden = piiOutputs(vector);
  const inKeys = new Set(columnsOf(...vector.reads.flatMap(({ key }) => key)));
  return (keys, given) => {
    const columns: Record<string, Value> = Object.create(null) as Record<string, Value>;
    for (const name of Object.keys(keys)) if (!roles.has(name)) throw unknown("KEY_INVALID", "key", name, [...roles]);
    for (const name of Object.keys(given))
      if (!inputs.has(name)) throw unknown("INPUT_INVALID", "input", name, [...inputs.keys()]);
    for (const { role, part, column, type } of keyColumns) {
      const value = Object.hasOwn(keys, role) ? keys[role] : undefined;
      const own = part === undefined ? value : partOf(role, part, value);
      if (own === undefined) {
        throw new TondoError("KEY_INVALID", `the key "${role}" is not given`, {
          hint: `It is of type ${type}. Give null where it is not known: what depends on it is then missing.`,
        });
      }
      columns[column] = typed(own, { name: column, type }, "KEY_INVALID", hidden);
    }
    for (const input of inputs.values()) {
      const value = Object.hasOwn(given, input.name) ? given[input.name] : undefined;
      const optional = parseTypeName(input.type).optional || (purpose === "reads" && !inKeys.has(input.name));
      if ((value === undefined || value === null) && !optional) {
        throw new TondoError("INPUT_INVALID", `the input "${input.name}" is not given`, {
          hint: `It is a ${input.type}; declare it ${input.type}? where requests may lack it.`,
        });
      }
      columns[input.name] = typed(value ?? null, input, "INPUT_INVALID", hidden);
    }
    return columns;
  };
}

function partOf(role: string, part: string, value: RequestKeys[string]): unknown {
  if (value === null) return null;
  if (typeof value === "object" && !(value instanceof Date) && Object.hasOwn(value, part)) {
    return (value as Readonly<Record<string, GivenValue>>)[part];
  }
  throw new TondoError("KEY_INVALID", `the key "${role}" lacks "${part}"`, {
    hint: "Give a key of several columns as an object, one member a column.",
  });
}

const scalarHints: Readonly<Record<ScalarKind, string>> = {
  bool: "Give true or false.",
  int: "Give a whole number, beyond 2^53 as a bigint.",
  float: "Give a number.",
  string: "Give a well-formed text.",
  timestamp: "Give a Date, or microseconds since 1970 in UTC as a number.",
  date: "Give days since 1970 as a number.",
  duration: "Give microseconds as a number.",
};

function hintFor(kind: ValueKind): string {
  if (isList(kind)) return `Give an array of ${elementKind(kind)} values.`;
  if (isEmbedding(kind)) return `Give an array of ${String(embeddingSize(kind))} numbers.`;
  return scalarHints[kind];
}

function shown(value: unknown): string {
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const { length } = value as { readonly length?: number };
    return `an array${length === undefined ? "" : ` of ${String(length)}`}`;
  }
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean"
    ? String(value).slice(0, 60)
    : `a value of JavaScript's type ${typeof value}`;
}

function typed(
  value: unknown,
  { name, type }: KeyColumnPlan,
  code: "KEY_INVALID" | "INPUT_INVALID",
  hidden: ReadonlySet<string>,
): Value {
  const { kind } = parseTypeName(type);
  const admitted = admit(value, kind);
  if (admitted !== undefined) return admitted;
  throw new TondoError(
    code,
    `"${name}" is of type ${kind}, and ${hidden.has(name) ? hiddenValue : shown(value)} is not`,
    {
      hint: hintFor(kind),
    },
  );
}

function unknown(
  code: "KEY_INVALID" | "INPUT_INVALID",
  what: string,
  name: string,
  known: readonly string[],
): TondoError {
  return new TondoError(code, `the vector has no ${what} "${name}"`, {
    hint: known.length === 0 ? `It has no ${what}s.` : `It has ${known.join(", ")}.`,
  });
}

import { hiddenValue, TondoError, type Value } from "../../core/index.ts";
import type { EntityPlan, KeyColumnPlan, RolePlan } from "../../dsl/index.ts";
import { parseValue } from "./parse-value.ts";
import { meant } from "./usage-error.ts";

/** Keys as the library takes them: a value, or the parts of a key of several columns by name. */
export type GivenKeys = Readonly<Record<string, Value | Readonly<Record<string, Value>>>>;

/**
 * The keys that `--key NAME=VALUE` and, for keys of several columns, `--key NAME.COLUMN=VALUE` give, typed as the entities declare.
 *
 * @param named who may be named: roles of a vector, or entities under their own names
 * @param isPii whether a column of who is named holds personal data, which no error shows
 * @throws TondoError `KEY_INVALID`
 */
export function keyArguments(
  given: readonly string[],
  named: readonly RolePlan[],
  entities: readonly EntityPlan[],
  isPii: (name: string, column: string) => boolean,
): GivenKeys {
  const hasPii = named.some(({ role, entity }) => columnNames(entity, entities).some((column) => isPii(role, column)));
  const keys = new Map<string, Value | Record<string, Value>>();
  const known = new Map(named.map(({ role, entity }) => [role, columnNames(entity, entities)]));
  for (const text of given) {
    const [left, value] = split(text, (part) => nameAndColumn(part, known) !== undefined, {
      option: "--key",
      code: "KEY_INVALID",
      example: exampleOf(named, entities),
      hasPii,
    });
    const dot = left.indexOf(".");
    const [name, column] = nameAndColumn(left, known) ?? [dot < 0 ? left : left.slice(0, dot), undefined];
    const { key: columns } = columnsOf(name, named, entities);
    const plan = columnOf(name, column, columns);
    const shown = isPii(name, plan.name) ? hiddenValue : undefined;
    const typed = parseValue(value, plan.type, `--key ${left}`, "KEY_INVALID", shown);
    const before = keys.get(name);
    const parts = isParts(before) ? before : undefined;
    if (column === undefined ? before !== undefined : parts !== undefined && Object.hasOwn(parts, column)) {
      throw new TondoError("KEY_INVALID", `--key ${left} is given twice`, { hint: "Ask about one key at a time." });
    }
    keys.set(name, columns.length === 1 ? typed : { ...parts, [plan.name]: typed });
  }
  return Object.fromEntries(keys);
}

/**
 * The inputs that `--input NAME=VALUE` give, typed as the vector declares.
 *
 * @param pii inputs that no error shows
 * @throws TondoError `INPUT_INVALID`
 */
export function inputArguments(
  given: readonly string[],
  declared: readonly KeyColumnPlan[],
  pii: ReadonlySet<string>,
): Readonly<Record<string, Value>> {
  const inputs = new Map<string, Value>();
  const names = declared.map(({ name }) => name);
  for (const text of given) {
    const [name, value] = split(text, (part) => names.includes(part), {
      option: "--input",
      code: "INPUT_INVALID",
      example: `${names[0] ?? "name"}=VALUE`,
      hasPii: names.some((one) => pii.has(one)),
    });
    const plan = declared.find((input) => input.name === name);
    if (plan === undefined) {
      throw new TondoError("INPUT_INVALID", `the vector has no input "${name}"`, {
        hint: meant(name, names, names.length === 0 ? "It has none." : `It has ${names.join(", ")}.`),
      });
    }
    if (inputs.has(name)) {
      throw new TondoError("INPUT_INVALID", `--input ${name} is given twice`, { hint: "Give each input once." });
    }
    inputs.set(
      name,
      parseValue(value, plan.type, `--input ${name}`, "INPUT_INVALID", pii.has(name) ? hiddenValue : undefined),
    );
  }
  return Object.fromEntries(inputs);
}

interface SplitOptions {
  readonly option: string;
  readonly code: "KEY_INVALID" | "INPUT_INVALID";
  readonly example: string;
  /** Whether some of what may be named holds personal data. */
  readonly hasPii: boolean;
}

/** The two sides of the first `=` that a name stands before, or of the first: names may hold one, and so may values. */
function split(
  text: string,
  isName: (left: string) => boolean,
  { option, code, example, hasPii }: SplitOptions,
): readonly [string, string] {
  const equals = places(text, /=/g).find((at) => isName(text.slice(0, at))) ?? text.indexOf("=");
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  // Without a name nobody can tell what it is a value of.
  const shown = hasPii ? hiddenValue : JSON.stringify(text.slice(0, 60));
  throw new TondoError(code, `${option}: ${shown} is not of the form NAME=VALUE`, {
    hint: `Write ${option} ${example}.`,
  });
}

/** What is named by `NAME` or `NAME.COLUMN`, where names may hold dots: what is a column, else what stands before the first dot. */
function nameAndColumn(
  text: string,
  known: ReadonlyMap<string, readonly string[]>,
): readonly [string, string | undefined] | undefined {
  if (known.has(text)) return [text, undefined];
  const parts = places(text, /\./g)
    .map((dot) => [text.slice(0, dot), text.slice(dot + 1)] as const)
    .filter(([name]) => known.has(name));
  return parts.find(([name, column]) => known.get(name)?.includes(column)) ?? parts[0];
}

function columnNames(entity: string, entities: readonly EntityPlan[]): readonly string[] {
  return (entities.find(({ name }) => name === entity)?.key ?? []).map(({ name }) => name);
}

function places(text: string, sign: RegExp): readonly number[] {
  return Array.from(text.matchAll(sign), ({ index }) => index);
}

function columnsOf(name: string, named: readonly RolePlan[], entities: readonly EntityPlan[]): EntityPlan {
  const role = named.find((one) => one.role === name);
  const entity = entities.find((one) => one.name === role?.entity);
  if (entity !== undefined) return entity;
  const known = named.map((one) => one.role);
  throw new TondoError("KEY_INVALID", `nothing asked for has a key "${name}"`, {
    hint: meant(name, known, `Keys are ${known.join(", ")}.`),
  });
}

function columnOf(name: string, column: string | undefined, columns: readonly KeyColumnPlan[]): KeyColumnPlan {
  const [only, second] = columns;
  const plan =
    column === undefined ? (second === undefined ? only : undefined) : columns.find((one) => one.name === column);
  if (plan !== undefined) return plan;
  const parts = columns.map((one) => `--key ${name}.${one.name}=VALUE`).join(" ");
  throw new TondoError(
    "KEY_INVALID",
    column === undefined
      ? `the key "${name}" has ${String(columns.length)} columns`
      : `the key "${name}" has no column "${column}"`,
    { hint: second === undefined ? `Write --key ${name}=VALUE.` : `Write ${parts}.` },
  );
}

function exampleOf(named: readonly RolePlan[], entities: readonly EntityPlan[]): string {
  const [first] = named;
  const columns = entities.find(({ name }) => name === first?.entity)?.key ?? [];
  const column = columns.length > 1 ? `.${columns[0]?.name ?? ""}` : "";
  return `${first?.role ?? "name"}${column}=VALUE`;
}

/** Whether a key is given by its columns; no key column is a list. */
function isParts(key: GivenKeys[string] | undefined): key is Readonly<Record<string, Value>> {
  return typeof key === "object" && key !== null && !Array.isArray(key);
}

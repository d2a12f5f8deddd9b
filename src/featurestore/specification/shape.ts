import { type Json, nearestName } from "../../core/index.ts";
import type { Path } from "./path.ts";

/** What is wrong with a member. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

/** How long the path of a member may be: nothing that is nested deeper is looked at. */
export const maxPath = 40;

/** A schema as JSON has it. */
export type JsonSchema = Readonly<Record<string, Json>>;

/** Schemas that are named once and referred to. */
export type Definitions = Map<string, JsonSchema>;

/** What a value must be: a check, and the JSON Schema that says the same. */
export interface Shape<T> {
  /** Adds to `problems` what is wrong, and says whether nothing is. */
  accepts(value: unknown, path: Path, problems: Problem[]): value is T;
  schema(definitions: Definitions): JsonSchema;
}

/** A shape whose check finds at most one problem. */
export function shape<T>(schema: JsonSchema, fault: (value: unknown) => Omit<Problem, "path"> | undefined): Shape<T> {
  return {
    accepts: (value, path, problems): value is T => {
      const found = fault(value);
      if (found !== undefined) problems.push({ path, ...found });
      return found === undefined;
    },
    schema: () => schema,
  };
}

/** A text; by default not an empty one. */
export function text({
  least = 1,
  most = 1000,
}: { readonly least?: number; readonly most?: number } = {}): Shape<string> {
  return shape({ type: "string", minLength: least, maxLength: most }, (value) => {
    if (typeof value !== "string") return { message: `must be a text, and is ${kindOf(value)}` };
    // As JSON Schema counts: by code points.
    const { length } = [...value];
    if (length < least) return { message: "is empty" };
    return length > most
      ? { message: `has ${String(length)} characters, and at most ${String(most)} are taken` }
      : undefined;
  });
}

/** A shape of one of some words. */
export function word<T extends string>(words: readonly T[], what: string): Shape<T> {
  const checked = shape({ enum: words }, (value) => {
    if (typeof value !== "string") return { message: `must be ${what}, and is ${kindOf(value)}` };
    if ((words as readonly string[]).includes(value)) return undefined;
    const nearest = nearestName(value, words);
    return {
      message: `"${value}" is no ${what.replace(/^an? /, "")}`,
      hint: nearest === undefined ? `There is ${words.join(", ")}.` : `Did you mean "${nearest}"?`,
    };
  });
  return checked as Shape<T>;
}

/** True or false. */
export const truth: Shape<boolean> = shape({ type: "boolean" }, (value) =>
  typeof value === "boolean" ? undefined : { message: `must be true or false, and is ${kindOf(value)}` },
);

/** A number within bounds. */
export function number(bounds: {
  readonly whole?: boolean;
  readonly least?: number;
  readonly most?: number;
  /** Neither bound itself is taken. */
  readonly open?: boolean;
}): Shape<number> {
  const { whole = false, least, most, open = false } = bounds;
  const words = [
    ...(least === undefined ? [] : [`${open ? "more than" : "at least"} ${String(least)}`]),
    ...(most === undefined ? [] : [`${open ? "less than" : "at most"} ${String(most)}`]),
  ].join(" and ");
  const wanted = `must be a ${whole ? "whole " : ""}number${words === "" ? "" : `, ${words}`}`;
  return shape(
    {
      type: whole ? "integer" : "number",
      ...(least === undefined ? {} : { [open ? "exclusiveMinimum" : "minimum"]: least }),
      ...(most === undefined ? {} : { [open ? "exclusiveMaximum" : "maximum"]: most }),
    },
    (value) => {
      if (typeof value !== "number") return { message: `${wanted}, and is ${kindOf(value)}` };
      const low = least === undefined || (open ? value > least : value >= least);
      const high = most === undefined || (open ? value < most : value <= most);
      const fits = low && high && Number.isFinite(value) && (!whole || Number.isInteger(value));
      return fits ? undefined : { message: `${wanted}, and is ${String(value)}` };
    },
  );
}

/** A list. */
export function list<T>(
  of: Shape<T>,
  { least = 0, most = 10_000 }: { readonly least?: number; readonly most?: number } = {},
): Shape<readonly T[]> {
  return {
    accepts: (value, path, problems): value is readonly T[] => {
      const before = problems.length;
      if (!Array.isArray(value)) problems.push({ path, message: `must be a list, and is ${kindOf(value)}` });
      else if (value.length < least)
        problems.push({ path, message: least === 1 ? "is empty" : `must have ${String(least)} elements at least` });
      else if (value.length > most)
        problems.push({ path, message: `has ${String(value.length)} elements, and at most ${String(most)} are taken` });
      else for (const [i, one] of value.entries()) of.accepts(one, [...path, i], problems);
      return problems.length === before;
    },
    schema: (definitions) => ({
      type: "array",
      items: of.schema(definitions),
      ...(least === 0 ? {} : { minItems: least }),
      maxItems: most,
    }),
  };
}

/** A member of an object, with what editors show of it. */
export interface Member<T> {
  readonly doc: string;
  readonly of: Shape<T>;
}

/** A shape for every member of a type. */
export type Members<T> = { readonly [K in keyof T]-?: Member<Exclude<T[K], undefined>> };

/** An object with these members and no others. */
export function object<T extends object>(
  members: Members<T>,
  rules: { readonly required?: readonly (keyof T & string)[]; readonly least?: number; readonly doc?: string } = {},
): Shape<T> {
  const { required = [], least = 0, doc } = rules;
  const entries = Object.entries<Member<unknown>>(members);
  const names = entries.map(([name]) => name);
  return {
    accepts: (value, path, problems): value is T => {
      if (!isObject(value)) {
        problems.push({ path, message: `must be an object, and is ${kindOf(value)}` });
        return false;
      }
      const before = problems.length;
      const given = Object.keys(value).filter((name) => value[name] !== undefined);
      for (const name of given) if (!names.includes(name)) problems.push(unknownMember([...path, name], name, names));
      for (const name of required) {
        if (given.includes(name)) continue;
        problems.push({ path, message: `lacks "${name}"`, hint: members[name].doc });
      }
      if (problems.length === before && given.length < least)
        problems.push({ path, message: "says too little", hint: `It takes ${names.join(", ")}.` });
      for (const [name, member] of entries)
        if (given.includes(name)) member.of.accepts(value[name], [...path, name], problems);
      return problems.length === before;
    },
    schema: (definitions) => ({
      ...(doc === undefined ? {} : { description: doc }),
      type: "object",
      properties: Object.fromEntries(
        entries.map(([name, member]) => [name, { description: member.doc, ...member.of.schema(definitions) }]),
      ),
      ...(required.length === 0 ? {} : { required }),
      ...(least === 0 ? {} : { minProperties: least }),
      additionalProperties: false,
    }),
  };
}

/** One of several shapes: the first whose `when` holds, of which the errors then speak. The last one's always does. */
export function choice<T>(
  ...alternatives: readonly { readonly when: (value: unknown) => boolean; readonly of: Shape<T> }[]
): Shape<T> {
  return {
    accepts: (value, path, problems): value is T =>
      alternatives.find(({ when }) => when(value))?.of.accepts(value, path, problems) ?? false,
    schema: (definitions) => ({ anyOf: alternatives.map(({ of }) => of.schema(definitions)) }),
  };
}

/** A shape with a name, which may refer to itself. */
export function named<T>(name: string, of: () => Shape<T>): Shape<T> {
  let made: Shape<T> | undefined;
  const own = (): Shape<T> => (made ??= of());
  return {
    accepts: (value, path, problems): value is T => {
      if (path.length <= maxPath) return own().accepts(value, path, problems);
      problems.push({ path, message: "is nested too deep" });
      return false;
    },
    schema: (definitions) => {
      if (!definitions.has(name)) {
        // It stands there before it is made, for those inside that refer to it.
        definitions.set(name, {});
        definitions.set(name, own().schema(definitions));
      }
      return { $ref: `#/$defs/${name}` };
    },
  };
}

/** Whether a value is an object with a member of that name. */
export function has(...names: readonly string[]): (value: unknown) => boolean {
  return (value) => isObject(value) && names.some((name) => value[name] !== undefined);
}

/** Whether a value is an object as JSON has them. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function unknownMember(path: Path, name: string, names: readonly string[]): Problem {
  const nearest = nearestName(name, names);
  return {
    path,
    message: `there is no member "${name}"`,
    hint: nearest === undefined ? `It takes ${names.join(", ")}.` : `Did you mean "${nearest}"?`,
  };
}

/** What a value is, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "a text";
    case "number":
    case "bigint":
      return "a number";
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return "not given";
    default:
      return value instanceof Date ? "a Date" : isObject(value) ? "an object" : "something else";
  }
}

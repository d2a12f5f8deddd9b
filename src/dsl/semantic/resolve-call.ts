import {
  elementKind,
  embeddingKind,
  embeddingSize,
  isEmbedding,
  isList,
  isScalar,
  parseTypeName,
  type Span,
  typeName,
  type ValueKind,
  type ValueType,
} from "../../core/index.ts";
import {
  type Constant,
  type Constants,
  isZone,
  type Overload,
  type Parameter,
  type ScalarFunction,
  tablesOf,
  zoneNames,
} from "../functions/index.ts";
import type { CallPlan, ExpressionPlan, LiteralPlan } from "../plan/index.ts";
import { type CallExpression, didYouMean } from "../syntax/index.ts";
import { operatorHint, operatorName } from "./operator-hint.ts";
import type { Report } from "./report.ts";

/** A typed argument: an expression, or a list of constants. */
export type Checked = { readonly span: Span } & (
  { readonly plan: ExpressionPlan } | { readonly list: readonly ExpressionPlan[] }
);

/** The type of a plan. */
export function typeOf(plan: ExpressionPlan): ValueType {
  return parseTypeName(plan.type);
}

/** The expression as that kind: itself, an int as a float, `missing` as anything; `undefined` where it is neither. */
export function widened(plan: ExpressionPlan, kind: ValueKind): ExpressionPlan | undefined {
  const type = typeOf(plan);
  if (plan.node === "literal" && plan.value === null) return { ...plan, type: `${kind}?` };
  if (type.kind === kind) return plan;
  if (type.kind !== "int" || kind !== "float") return undefined;
  if (plan.node === "literal") return { node: "literal", type: "float", value: Number(plan.value) };
  return {
    node: "call",
    type: typeName({ kind: "float", optional: type.optional }),
    function: "float",
    version: 1,
    args: [plan],
  };
}

interface Slot {
  readonly parameter: Parameter;
  readonly value: Checked;
}

interface Match {
  readonly overload: Overload;
  readonly args: readonly ExpressionPlan[];
  readonly options: Constants;
  readonly kind: ValueKind;
  readonly cost: number;
  /** What is wrong with the constants. */
  readonly refused?: string;
}

/** Finds the overload of an entry that takes these arguments with the least widening, or reports what does not fit. */
export function resolveCall(
  entry: ScalarFunction,
  args: readonly { readonly name?: string; readonly value: Checked }[],
  call: CallExpression,
  report: Report,
): ExpressionPlan | undefined {
  let best: Match | undefined;
  for (const overload of entry.overloads) {
    const slots = place(overload.takes, args, call.span);
    if (slots === undefined) continue;
    const found = match(overload, slots);
    if (found !== undefined && (best === undefined || found.cost < best.cost)) best = found;
  }
  if (best === undefined) return mismatch(entry, args, call, report);
  if (best.refused !== undefined)
    return report.error(
      "wrong-arguments",
      `"${call.name.text}" does not take these constants`,
      call.span,
      best.refused,
    );
  const zone = unknownZone(best);
  if (zone !== undefined) {
    return report.error(
      "unknown-zone",
      `there is no time zone "${zone.slice(0, 80)}"`,
      call.span,
      didYouMean(zone, zoneNames()) ?? 'use an IANA name such as "Europe/Berlin"',
    );
  }
  const wrong = entry.constants?.(best.options);
  if (wrong !== undefined) return report.error("bad-constant", wrong.message, call.span, wrong.hint);
  const missing = best.args.map((arg) => typeOf(arg).optional);
  const optional =
    entry.missing === "propagates"
      ? best.overload.partial === true || missing.some(Boolean)
      : (entry.optional?.(missing) ?? true) || best.overload.partial === true;
  const tables = tablesOf(entry, best.args);
  const plan: CallPlan = {
    node: "call",
    type: typeName({ kind: best.kind, optional }),
    function: entry.name,
    version: entry.version,
    ...(tables === undefined ? {} : { tables }),
    ...(entry.user === undefined ? {} : { user: entry.user }),
    args: best.args,
    ...(Object.keys(best.options).length === 0 ? {} : { options: best.options }),
  };
  return plan;
}

/** The zone that is written out and is none. */
function unknownZone({ overload, args }: Match): string | undefined {
  const values = overload.takes.filter(({ constant }) => constant !== true);
  const tz = args[values.findIndex(({ name }) => name === "tz")];
  return tz?.node === "literal" && typeof tz.value === "string" && !isZone(tz.value) ? tz.value : undefined;
}

/** Puts arguments to parameters: by name, the others by place; the last parameter may take the rest. */
function place(
  takes: readonly Parameter[],
  args: readonly { readonly name?: string; readonly value: Checked }[],
  span: Span,
): readonly Slot[] | undefined {
  const named = new Map<string, Checked>();
  const positional: Checked[] = [];
  for (const { name, value } of args) {
    if (name === undefined) positional.push(value);
    else if (named.has(name) || !takes.some((parameter) => parameter.name === name)) return undefined;
    else named.set(name, value);
  }
  const slots: Slot[] = [];
  let next = 0;
  for (const parameter of takes) {
    const byName = named.get(parameter.name);
    if (byName !== undefined) {
      slots.push({ parameter, value: byName });
      continue;
    }
    const value = positional[next];
    if (value !== undefined) {
      next++;
      slots.push({ parameter, value });
      while (parameter.rest === true && positional[next] !== undefined) {
        slots.push({ parameter, value: positional[next++] as Checked });
      }
    } else if (parameter.default !== undefined && !Array.isArray(parameter.kind)) {
      const kind = parameter.kind as ValueKind;
      slots.push({ parameter, value: { plan: { node: "literal", type: kind, value: parameter.default }, span } });
    } else {
      return undefined;
    }
  }
  return next === positional.length ? slots : undefined;
}

function match(overload: Overload, slots: readonly Slot[]): Match | undefined {
  const generic = unify(slots);
  const size = sizeOf(slots);
  if (generic === null || size === null) return undefined;
  const args: ExpressionPlan[] = [];
  const options: Record<string, Constant> = {};
  let cost = 0;
  for (const { parameter, value } of slots) {
    if ("list" in value) {
      const constant = listConstant(parameter, value.list);
      if (constant === undefined) return undefined;
      options[parameter.name] = constant;
      continue;
    }
    const kind = kindOf(parameter.kind, generic, size);
    if (kind === undefined) return undefined;
    const plan = widened(value.plan, kind);
    if (plan === undefined) return undefined;
    if (plan.type !== value.plan.type) cost++;
    if (parameter.constant === true) {
      if (plan.node !== "literal" || plan.value === null) return undefined;
      options[parameter.name] = plan.value;
    } else {
      args.push(plan);
    }
  }
  const made = overload.returns === "embedding" ? (overload.size?.(options) ?? size) : undefined;
  const kind = kindOf(overload.returns, generic, made);
  if (kind === undefined) return undefined;
  const refused = size === undefined ? undefined : overload.refuses?.(options, size);
  return { overload, args, options, kind, cost, ...(refused === undefined ? {} : { refused }) };
}

/** A parameter's or result's kind, once it is known what `T` is and of which size embeddings are. */
function kindOf(
  kind: Parameter["kind"],
  generic: ValueKind | undefined,
  size: number | undefined,
): ValueKind | undefined {
  switch (kind) {
    case "T":
      return generic;
    case "list<T>":
      return generic === undefined || !isScalar(generic) ? undefined : `list<${generic}>`;
    case "embedding":
      return size === undefined ? undefined : embeddingKind(size);
    case "int list":
    case "number list":
    case "text list":
      return undefined;
    default:
      return kind;
  }
}

/** The one size of all embeddings: `undefined` where there is none, `null` where they differ. */
function sizeOf(slots: readonly Slot[]): number | undefined | null {
  let size: number | undefined;
  for (const { parameter, value } of slots) {
    if (parameter.kind !== "embedding" || "list" in value) continue;
    const { kind } = typeOf(value.plan);
    if (!isEmbedding(kind)) continue;
    if (size !== undefined && size !== embeddingSize(kind)) return null;
    size = embeddingSize(kind);
  }
  return size;
}

/** The one kind that all `T` are, those of lists among them: `undefined` where there is no `T`, `null` where they differ. */
function unify(slots: readonly Slot[]): ValueKind | undefined | null {
  let kind: ValueKind | undefined;
  let onlyMissing = false;
  for (const { parameter, value } of slots) {
    if ((parameter.kind !== "T" && parameter.kind !== "list<T>") || "list" in value) continue;
    if (value.plan.node === "literal" && value.plan.value === null) {
      onlyMissing = true;
      continue;
    }
    const given = typeOf(value.plan).kind;
    if (parameter.kind === "list<T>" && !isList(given)) return null;
    const own = parameter.kind === "list<T>" && isList(given) ? elementKind(given) : given;
    if (kind === undefined || kind === own) kind = own;
    else if ((kind === "int" && own === "float") || (kind === "float" && own === "int")) kind = "float";
    else return null;
  }
  return kind === undefined && onlyMissing ? null : kind;
}

/** A list of constants as a function takes it; ints beyond ±(2^53 - 1) stay decimal texts in a list of ints. */
function listConstant(parameter: Parameter, list: readonly ExpressionPlan[]): Constant | undefined {
  const literals = list.filter((item): item is LiteralPlan => item.node === "literal" && item.value !== null);
  if (literals.length === 0 || literals.length !== list.length) return undefined;
  const all = (...types: string[]): boolean => literals.every(({ type }) => types.includes(type));
  const values = literals.map(({ value }) => value);
  switch (parameter.kind) {
    case "text list":
      return all("string") ? (values as string[]) : undefined;
    case "int list":
      return all("int") ? (values as (number | string)[]) : undefined;
    case "number list":
      return all("int", "float") ? values.map(Number) : undefined;
    default:
      return undefined;
  }
}

function mismatch(
  entry: ScalarFunction,
  args: readonly { readonly name?: string; readonly value: Checked }[],
  call: CallExpression,
  report: Report,
): undefined {
  const given = args.map(({ value }) =>
    "list" in value
      ? "a list"
      : value.plan.node === "literal" && value.plan.value === null
        ? "missing"
        : typeOf(value.plan).kind,
  );
  const empty = args.find(({ value }) => "list" in value && value.list.length === 0);
  if (empty !== undefined) return report.error("empty-list", "this list is empty", empty.value.span);
  if (call.form === "operator") {
    const both = given.join(" and ");
    return report.error(
      "wrong-type",
      `${operatorName(entry.name)} does not go with ${both}`,
      call.span,
      operatorHint(
        entry.name,
        given,
        args.map(({ value }) => ("plan" in value ? value.plan : undefined)),
        call,
      ),
    );
  }
  const forms = [
    ...new Set(entry.overloads.map((overload) => `${call.name.text}(${overload.takes.map(signature).join(", ")})`)),
  ];
  return report.error(
    "wrong-arguments",
    `"${call.name.text}" does not take (${given.join(", ")})`,
    call.span,
    `it is called as ${forms.slice(0, 4).join(" or ")}${new Set(given.filter((kind) => kind.startsWith("embedding("))).size > 1 ? ", embeddings of one length" : ""}`,
  );
}

function signature(parameter: Parameter): string {
  const kind = parameter.kind === "T" ? "any" : parameter.kind === "list<T>" ? "list" : parameter.kind;
  const suffix = parameter.rest === true ? ", ..." : "";
  const constantly = parameter.constant === true && !kind.includes("list") ? "constant " : "";
  const handed = parameter.optional === true ? "?" : "";
  return `${parameter.name}: ${constantly}${kind}${handed}${parameter.default === undefined ? "" : ` = ${JSON.stringify(parameter.default)}`}${suffix}`;
}

import { canonicalJson, parseTypeName, type ValueKind } from "../../core/index.ts";
import {
  clock,
  fittedOf,
  type FunctionLibrary,
  isMissingRaw,
  missingRaw,
  noFunctions,
  overloadOf,
  type Overload,
  parametersOf,
  type Raw,
  type RawCall,
  type RawScalar,
} from "../functions/index.ts";
import {
  type CallPlan,
  type ExpressionPlan,
  type Fitted,
  type FittedPlan,
  type LiteralPlan,
  parts,
} from "../plan/index.ts";

/** A leaf that a row program reads. */
export interface Leaf {
  /** `column:NAME`, `stored:NAME` or `now`. */
  readonly name: string;
  readonly kind: ValueKind;
}

/** What a step takes and what an output is: a constant, or the result of a step before. */
export interface Operand {
  readonly kind: ValueKind;
  /**
   * Whether it can be missing. What is read can, whatever its type promises: types are what callers said of their
   * rows, and row programs are total even where they were wrong.
   */
  readonly maybe: boolean;
  /** The step; `undefined` for a constant. */
  readonly step?: number;
  readonly constant?: RawScalar;
}

/** Reads a leaf. */
export interface LeafStep {
  readonly does: "read";
  readonly kind: ValueKind;
  readonly leaf: number;
}

/** Calls a function. */
export interface CallStep {
  readonly does: "call";
  readonly kind: ValueKind;
  readonly call: RawCall;
  readonly overload: Omit<Overload, "takes" | "returns" | "compute">;
  readonly options: NonNullable<CallPlan["options"]>;
  readonly args: readonly Operand[];
  /** Places of the arguments that make the result missing where they are, before the function is called. */
  readonly tested: readonly number[];
  /** The missing value of its kind. */
  readonly none: RawScalar;
  /** Whether it deals with missing arguments itself: it is given `none` as one more argument. */
  readonly handles: boolean;
  /** Its int result may be a bigint where no argument is: a fitted value is one, and a user function makes what it likes. */
  readonly wide?: true;
}

export type Step = LeafStep | CallStep;

/** Expressions as one list of steps, each common part once, in an order in which they can be taken. */
export interface Steps {
  readonly leaves: readonly Leaf[];
  readonly steps: readonly Step[];
  readonly results: readonly Operand[];
  /** For each step an expression that it computes. */
  readonly expressions: readonly ExpressionPlan[];
}

/**
 * What has to be done for some expressions. Calls of constants alone are done here, once. `"unfitted"` is for showing only:
 * what is fitted gives missing. So is `"shown"` for the functions of the project's own.
 *
 * @throws TondoError `VECTOR_UNFITTED` where a fitted function has no parameters, `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`,
 * `USER_FUNCTION_FAILED` where a call of constants does.
 */
export function stepsOf(
  expressions: readonly ExpressionPlan[],
  fitted: Fitted | "unfitted" = {},
  functions: FunctionLibrary | "shown" = noFunctions,
): Steps {
  const numbering = new Numbering(fitted, functions);
  const results = expressions.map((expression) => numbering.operand(expression));
  return { leaves: numbering.leaves, steps: numbering.steps, results, expressions: numbering.expressions };
}

class Numbering {
  readonly steps: Step[] = [];
  readonly leaves: Leaf[] = [];
  readonly expressions: ExpressionPlan[] = [];
  readonly #parameters: Fitted | "unfitted";
  readonly #functions: FunctionLibrary | "shown";
  /** By what is computed, with names for its parts: equal expressions are one step. */
  readonly #byKey: Map<string, Operand> = new Map<string, Operand>();
  /** The same by object: siblings are shared. */
  readonly #seen: Map<ExpressionPlan, Operand> = new Map<ExpressionPlan, Operand>();

  constructor(fitted: Fitted | "unfitted", functions: FunctionLibrary | "shown") {
    this.#parameters = fitted;
    this.#functions = functions;
  }

  operand(expression: ExpressionPlan): Operand {
    if (expression.node === "literal") return constantOf(expression);
    const seen = this.#seen.get(expression);
    if (seen !== undefined) return seen;
    const args = parts(expression).map((part) => this.operand(part));
    const key = keyOf(expression, args);
    const operand = this.#byKey.get(key) ?? this.#step(expression, args);
    while (this.expressions.length < this.steps.length) this.expressions.push(expression);
    this.#byKey.set(key, operand);
    this.#seen.set(expression, operand);
    return operand;
  }

  #step(expression: Exclude<ExpressionPlan, LiteralPlan>, args: readonly Operand[]): Operand {
    const { kind } = parseTypeName(expression.type);
    switch (expression.node) {
      case "column":
      case "stored":
        return this.#read(`${expression.node}:${expression.name}`, kind);
      case "now":
        return this.#read("now", kind);
      case "call":
        return this.#call(expression, kind, args);
      case "fitted":
        return this.#fitted(expression, kind, args);
    }
  }

  #read(name: string, kind: ValueKind): Operand {
    return this.#add({ does: "read", kind, leaf: this.leaves.push({ name, kind }) - 1 }, true);
  }

  #call(plan: CallPlan, kind: ValueKind, args: readonly Operand[]): Operand {
    if (plan.user !== undefined && this.#functions === "shown")
      return this.#add({ ...plain(kind, args), call: () => missingRaw(kind), overload: {} }, true);
    const [entry, overload] = overloadOf(plan, this.#functions === "shown" ? noFunctions : this.#functions);
    const options = plan.options ?? {};
    const handles = entry.missing === "handles";
    const given = args.map(({ maybe }) => maybe);
    const tested = handles ? [] : given.flatMap((maybe, i) => (maybe ? [i] : []));
    const call = called(overload.compute(options));
    const wide = entry.user !== undefined && kind === "int" ? { wide: true as const } : {};
    const step: CallStep = { ...plain(kind, args), call, overload, options, tested, handles, ...wide };
    const constant = folded(step);
    if (constant !== undefined) return { kind, constant, maybe: isMissingRaw(constant) };
    // The hour of UTC needs no clock.
    if (overload.ofClock !== undefined && args[1]?.constant !== "UTC") {
      return this.#ofClock(
        overload.ofClock,
        { ...plain("timestamp", args), call: called(clock()), overload: {}, tested },
        kind,
      );
    }
    const maybe = handles ? (entry.optional?.(given) ?? true) : tested.length > 0;
    return this.#add(step, overload.partial === true || maybe);
  }

  /** In two steps, of which the first is shared: the time that the clock shows, and what is wanted of it. */
  #ofClock(overload: Overload, read: CallStep, kind: ValueKind): Operand {
    const key = `clock(${read.args.map(nameOf).join()})`;
    const shown = this.#byKey.get(key) ?? this.#add(read, true);
    this.#byKey.set(key, shown);
    return this.#add({ ...plain(kind, [shown]), call: called(overload.compute({})), overload, tested: [0] }, true);
  }

  #fitted(plan: FittedPlan, kind: ValueKind, args: readonly Operand[]): Operand {
    const entry = fittedOf(plan);
    if (this.#parameters === "unfitted") {
      return this.#add({ ...plain(kind, args), call: () => missingRaw(kind), overload: {} }, true);
    }
    const parameters = parametersOf(plan, this.#parameters);
    const of = parseTypeName(plan.arg.type).kind;
    const call = called(entry.apply(parameters, of));
    const { inline, settles, small } = entry;
    const overload: CallStep["overload"] = {
      inlinePropagates: true,
      ...(inline === undefined ? {} : { inline: ([x = ""]) => inline(x, parameters, of) }),
      ...(settles === undefined ? {} : { settles }),
      ...(small === undefined ? {} : { small }),
    };
    const wide = kind === "int" && Object.values(parameters).some((value) => typeof value === "string");
    const step: CallStep = { ...plain(kind, args), call, overload, ...(wide ? { wide } : {}) };
    return this.#add(step, entry.optional(args[0]?.maybe ?? true));
  }

  #add(step: Step, maybe: boolean): Operand {
    return { kind: step.kind, maybe, step: this.steps.push(step) - 1 };
  }
}

/** Entries name the kinds that they take; a step's arguments are of those, which only the checker knows. */
function called(call: (...args: never[]) => Raw): RawCall {
  return call as RawCall;
}

function plain(kind: ValueKind, args: readonly Operand[]): Omit<CallStep, "call" | "overload"> {
  return { does: "call", kind, args, options: {}, tested: [], none: missingRaw(kind), handles: false };
}

/** The result where all arguments are constants: functions are pure. Lists have no text in generated code: they are made anew. */
function folded({ call, args, tested, none, handles }: CallStep): RawScalar | undefined {
  const values: Raw[] = [];
  for (const { constant } of args) {
    if (constant === undefined) return undefined;
    values.push(constant);
  }
  if (tested.length > 0) return none;
  if (handles) values.push(none);
  const result = call(...values);
  return typeof result === "object" && result !== null ? undefined : result;
}

function constantOf({ type, value }: LiteralPlan): Operand {
  const { kind } = parseTypeName(type);
  return { kind, maybe: value === null, constant: value === null ? missingRaw(kind) : rawOf(kind, value) };
}

/** Ints beyond ±(2^53 - 1) stand in a plan as decimal text. */
function rawOf(kind: ValueKind, value: boolean | number | string): RawScalar {
  if (kind === "int" && typeof value === "string") return BigInt(value);
  if (kind === "string") return String(value);
  return Number(value) + 0;
}

/** What decides an expression's value, given its parts. Leaves of one name are of one kind. */
function keyOf(expression: Exclude<ExpressionPlan, LiteralPlan>, args: readonly Operand[]): string {
  const names = args.map(nameOf).join();
  switch (expression.node) {
    case "column":
    case "stored":
      return `${expression.node}:${expression.name}`;
    case "now":
      return "now";
    case "fitted":
      return `fitted ${expression.fit}(${names})`;
    case "call": {
      const { function: name, version, options, tables = "", user } = expression;
      const { kind } = parseTypeName(expression.type);
      const constants = options === undefined ? "" : canonicalJson(options);
      // With what is only checked, too: a call for other tables, or of another function of that name, must meet its refusal.
      const made = `${JSON.stringify(tables)} ${user?.source ?? ""}`;
      return `${name} ${String(version)} ${made} ${kind} ${constants}(${names})`;
    }
  }
}

function nameOf({ kind, step, constant }: Operand): string {
  if (step !== undefined) return String(step);
  return `${kind} ${typeof constant === "string" ? JSON.stringify(constant) : String(constant)}`;
}

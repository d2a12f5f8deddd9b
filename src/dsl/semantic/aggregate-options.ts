import type { Aggregate, AggregateParameter, Constant, Constants } from "../functions/index.ts";
import type { Argument, CallExpression } from "../syntax/index.ts";
import type { Report } from "./report.ts";

/**
 * The constants of an aggregate's call, by name: `positional` in their order, the others by their names. A truth value that is
 * the default is left out, so that plans without it stay what they were.
 */
export function aggregateOptions(
  name: string,
  entry: Aggregate | undefined,
  positional: readonly Argument[],
  call: CallExpression,
  report: Report,
): Constants | undefined {
  const parameters = entry?.parameters ?? [];
  const options: Record<string, Constant> = {};
  const given = new Map<string, Argument>();
  for (const [i, arg] of positional.entries()) {
    const parameter = parameters[i];
    if (parameter === undefined) return tooMany(name, parameters, call, report);
    given.set(parameter.name, arg);
  }
  for (const arg of call.args) {
    if (arg.name === undefined) continue;
    const { text, span } = arg.name;
    if (given.has(text)) return report.error("wrong-arguments", `"${text}" is given twice`, span);
    if (!parameters.some((parameter) => parameter.name === text)) {
      const names = parameters.map((parameter) => parameter.name).join(", ");
      return report.error(
        "wrong-arguments",
        `"${name}" has no option "${text}"`,
        span,
        names === "" ? `write ${name}(column) over 7d` : `it has ${names}`,
      );
    }
    given.set(text, arg);
  }
  for (const parameter of parameters) {
    const arg = given.get(parameter.name);
    const value = arg === undefined ? parameter.default : constantOf(parameter, arg);
    if (value === undefined) return wrongOption(name, parameter, arg, call, report);
    if (parameter.kind === "bool" && value === parameter.default) continue;
    options[parameter.name] = value;
  }
  return options;
}

/** The constant that an argument is, if it is one that the parameter allows. */
function constantOf({ kind, min, max }: AggregateParameter, { value }: Argument): number | boolean | undefined {
  if (value.kind !== "literal") return undefined;
  if (kind === "bool") return typeof value.value === "boolean" ? value.value : undefined;
  if (value.type !== "int" && !(kind === "float" && value.type === "float")) return undefined;
  const number = Number(value.value);
  return number >= (min ?? -Infinity) && number <= (max ?? Infinity) ? number : undefined;
}

function wrongOption(
  name: string,
  { name: option, what, min, max, kind, example }: AggregateParameter,
  arg: Argument | undefined,
  call: CallExpression,
  report: Report,
): undefined {
  const hint = `write ${name}(column, ${example}) over 7d`;
  if (arg === undefined)
    return report.error("wrong-arguments", `"${name}" needs \`${option}\`: ${what}`, call.span, hint);
  const range = min === undefined || max === undefined ? "" : ` from ${String(min)} to ${String(max)}`;
  const form = { bool: "true or false", int: "a whole number", float: "a number" }[kind];
  return report.error("bad-option", `\`${option}\` of "${name}" is ${form}${range}, written out`, arg.value.span, hint);
}

function tooMany(
  name: string,
  parameters: readonly AggregateParameter[],
  call: CallExpression,
  report: Report,
): undefined {
  const more = parameters.map(({ example }) => `, ${example}`).join("");
  return report.error(
    "wrong-arguments",
    parameters.length === 0
      ? `the aggregate "${name}" takes one value`
      : `the aggregate "${name}" takes one value and ${parameters.map((parameter) => `\`${parameter.name}\``).join(", ")}`,
    call.span,
    `write ${name}(column${more}) over 7d`,
  );
}

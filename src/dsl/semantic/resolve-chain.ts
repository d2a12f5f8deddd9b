import { type ScalarFunction, scalarFunctions } from "../functions/index.ts";
import type { ExpressionPlan } from "../plan/index.ts";
import type { CallExpression } from "../syntax/index.ts";
import { type Checked, resolveCall } from "./resolve-call.ts";
import type { Report } from "./report.ts";

/**
 * A call that stands for a chain of another function: `case(a, x, b, y, z)` is `if(a, x, if(b, y, z))`, so that the plan, the
 * generated code and the SQL know one function less.
 */
export function resolveChain(
  entry: ScalarFunction,
  link: string,
  args: readonly { readonly name?: string; readonly value: Checked }[],
  call: CallExpression,
  report: Report,
): ExpressionPlan | undefined {
  const linked = scalarFunctions.get(link);
  if (linked === undefined || args.length < 3 || args.length % 2 === 0 || args.some(({ name }) => name !== undefined)) {
    const given = `${String(args.length)} ${args.length === 1 ? "value" : "values"}`;
    return report.error(
      "wrong-arguments",
      `"${entry.name}" takes pairs of a condition and a value and one value more, not ${given}`,
      call.span,
      `write ${entry.name}(condition, value, condition, value, otherwise)`,
    );
  }
  let last = args.at(-1)?.value;
  for (let i = args.length - 3; i >= 0 && last !== undefined; i -= 2) {
    const condition = args[i]?.value;
    const value = args[i + 1]?.value;
    if (condition === undefined || value === undefined) return undefined;
    const plan = resolveCall(linked, [{ value: condition }, { value }, { value: last }], call, report);
    last = plan === undefined ? undefined : { plan, span: call.span };
  }
  return last === undefined || "list" in last ? undefined : last.plan;
}

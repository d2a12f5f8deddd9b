import type { ExpressionPlan } from "../plan/index.ts";
import type { SourceDeclaration } from "../syntax/index.ts";
import { checkExpression } from "./check-expression.ts";
import { typeOf } from "./resolve-call.ts";
import type { Report } from "./report.ts";
import type { Scope } from "./scope.ts";

/** Which rows of a source delete; `null` where none does. */
export function checkDeleted(
  { source, name, id, deleted }: SourceDeclaration,
  scope: Scope,
  report: Report,
): ExpressionPlan | null | undefined {
  const [condition, second] = deleted;
  if (condition === undefined) return null;
  if (second !== undefined) {
    return report.error("duplicate", "a source has one `deleted`", second.span, "join the two with or");
  }
  if (source === "table") {
    return report.error(
      "deleted-here",
      `a table has no time: nothing of "${name.text}" is there first and gone later`,
      condition.span,
      "call it snapshot and say `at`, or leave those rows out of its files",
    );
  }
  if (source === "events" && id.length === 0) {
    return report.error(
      "deleted-here",
      `without an \`id\` nobody knows which event of "${name.text}" such a row deletes`,
      condition.span,
      "say what makes two rows one event: id order_id, say",
    );
  }
  const plan = checkExpression(condition, scope, report);
  if (plan === undefined) return undefined;
  if (typeOf(plan).kind === "bool") return plan;
  return report.error(
    "wrong-type",
    `\`deleted\` is a condition, and this is of type ${typeOf(plan).kind}`,
    condition.span,
    "compare it with something: deleted_at is not missing, say",
  );
}

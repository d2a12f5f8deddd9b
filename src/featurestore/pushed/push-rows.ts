import { TondoError, waitUntil } from "../../core/index.ts";
import type { PushRows } from "../online/index.ts";
import { pushedText } from "../online/pushed-values.ts";
import { checkedRows, invalidRow } from "./checked-rows.ts";
import type { FedSource } from "./fed-source.ts";
import { placeRows } from "./place-rows.ts";
import { type PushingOptions, RowApplication, type RowsToApply } from "./row-application.ts";

/**
 * Applies rows that programs give: `FeatureReader.push` is made of it. All rows of a call are applied, to all groups over their source, or none is. When it returns they are durable, and whoever
 * reads sees them, in every process.
 *
 * Its function throws TondoError `INPUT_INVALID` and `KEY_INVALID` with row and column, and what {@link RowApplication.apply} does.
 */
export function pushing(options: PushingOptions): PushRows {
  const application = new RowApplication(options);
  return async (source, rows) => {
    const { clock } = options;
    const made = (fed: FedSource): RowsToApply =>
      rowsToPush(fed, rows, { ...application.limits, latest: clock() + application.limits.maxFuture });
    const done = await application.apply(source, made);
    if (done === undefined) throw new TondoError("INTERNAL", "a push ended without a word");
    await waitUntil(done.appliedAt, clock);
    return done;
  };
}

function rowsToPush(
  fed: FedSource,
  rows: readonly unknown[],
  { maxRows, latest }: { readonly maxRows: number; readonly latest: number },
): RowsToApply {
  const { source, groups, needed } = fed;
  const { name } = source;
  if (!Array.isArray(rows))
    throw new TondoError("INVALID_ARGUMENT", `rows for the source "${name}" are given as an array`, {
      hint: 'Give [{ column: value }], as in push("orders", [{ ... }]).',
    });
  if (rows.length > maxRows)
    throw new TondoError("LIMIT_EXCEEDED", `${String(rows.length)} rows are more than one call may push`, {
      hint: `Push ${String(maxRows)} at a time, or raise the limit \`maxRows\`.`,
    });
  const texts = checkedRows(source, rows, needed).map(pushedText);
  const { groups: placed, problems } = placeRows(fed, texts, latest);
  for (const i of texts.keys()) {
    const problem = problems.get(i);
    if (problem !== undefined) throw invalidRow(name, i, problem.column, problem.what, problem.hint, problem.code);
    if (placed.every((own) => own[i]?.key === undefined))
      throw invalidRow(
        name,
        i,
        undefined,
        `has no key of ${groups.map((group) => group.name).join(", ")}`,
        "A part of the key is missing, so that it would count nowhere.",
        "KEY_INVALID",
      );
  }
  return { texts, placed };
}

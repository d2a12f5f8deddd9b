import { v7 } from "uuid";
import { TondoError } from "../core/index.ts";
import type { PartitionNodesTable } from "../database/index.ts";
import { recordChanges } from "./changes/record-change.ts";
import type { RegistryContext } from "./context.ts";
import { checkLimit } from "./limits.ts";
import { lockModel } from "./models/lock-model.ts";
import { getModel } from "./models/models.ts";
import { checkModelName } from "./names.ts";
import { decodePath, encodePath, levelOf, type PartitionPath } from "./partition-path.ts";

/** What became of a node when a partitioned model was trained. */
export type PartitionState = "trained" | "too_few_rows";

/** A node of a model's hierarchy and how much data it had. */
export interface PartitionNode {
  readonly path: PartitionPath;
  readonly rows: number;
  /** How many it would have needed. */
  readonly minRows: number;
  readonly state: PartitionState;
}

const states: ReadonlySet<string> = new Set<PartitionState>(["trained", "too_few_rows"]);
const rowsPerInsert = 500;

/**
 * Records nodes in one transaction; what was recorded for the same paths before is replaced.
 * @throws TondoError `MODEL_NOT_FOUND`, `PARTITION_INVALID`, `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`
 */
export async function recordNodes(
  context: RegistryContext,
  model: string,
  nodes: readonly PartitionNode[],
): Promise<void> {
  checkModelName(model);
  checkLimit("nodes", nodes.length, context.limits, "maxBatch");
  const rows = [...new Map(nodes.map((node) => [encodePath(node.path), checkNode(node)]))];
  await context.database.transaction(async (transaction) => {
    const { levels, at } = await lockModel(transaction, model, context.clock());
    for (const { path } of nodes) levelOf(levels, path);
    for (let i = 0; i < rows.length; i += rowsPerInsert) {
      const part = rows.slice(i, i + rowsPerInsert).map(([path, node]) => ({
        model,
        path,
        rows: node.rows,
        min_rows: node.minRows,
        state: node.state,
        recorded_at: at,
      }));
      await transaction
        .insertInto("partition_nodes")
        .values(part)
        .onConflict((conflict) =>
          conflict.columns(["model", "path"]).doUpdateSet((of) => ({
            rows: of.ref("excluded.rows"),
            min_rows: of.ref("excluded.min_rows"),
            state: of.ref("excluded.state"),
            recorded_at: of.ref("excluded.recorded_at"),
          })),
        )
        .execute();
    }
    if (rows.length === 0) return;
    const about = { nodes: rows.length };
    await recordChanges(transaction, [{ changeId: v7(), kind: "nodes", model, actor: context.actor, at, about }]);
  });
}

/**
 * The recorded nodes of a model by path, after one path, at most `limit` (1,000).
 * @throws TondoError `MODEL_NOT_FOUND`
 */
export async function listNodes(
  context: RegistryContext,
  model: string,
  page: { readonly limit?: number; readonly after?: PartitionPath } = {},
): Promise<readonly PartitionNode[]> {
  const { limit = 1_000, after } = page;
  checkLimit("limit", limit, context.limits, "maxPage");
  await getModel(context, model);
  let query = context.database.queries
    .selectFrom("partition_nodes")
    .selectAll()
    .where("model", "=", model)
    .orderBy("path")
    .limit(limit);
  if (after !== undefined) query = query.where("path", ">", encodePath(after));
  return (await query.execute()).map(toNode);
}

/** A row as the API shows it. */
export function toNode(row: Pick<PartitionNodesTable, "path" | "rows" | "min_rows" | "state">): PartitionNode {
  const state = row.state === "trained" ? "trained" : "too_few_rows";
  return { path: decodePath(row.path), rows: row.rows, minRows: row.min_rows, state };
}

function checkNode(node: PartitionNode): PartitionNode {
  const counts = [node.rows, node.minRows].every((count) => Number.isSafeInteger(count) && count >= 0);
  if (counts && states.has(node.state)) return node;
  throw new TondoError("INVALID_ARGUMENT", `nodes: ${encodePath(node.path)} has no valid counts and state`, {
    hint: 'Give rows and minRows as counts, and "trained" or "too_few_rows" as state.',
  });
}

import { v7 } from "uuid";
import { type Micros, TondoError } from "../../core/index.ts";
import type { Queries, VersionsTable } from "../../database/index.ts";
import { type NewChange, recordChanges } from "../changes/record-change.ts";
import type { RegistryContext } from "../context.ts";
import { eachConcurrently } from "../each-concurrently.ts";
import { checkLimit } from "../limits.ts";
import { lockModel } from "../models/lock-model.ts";
import { getModel } from "../models/models.ts";
import { levelOf } from "../partition-path.ts";
import { type CheckedVersion, checkNewVersion, type NewVersion } from "./new-version.ts";
import { type ModelVersion, toVersion } from "./version.ts";

/** A version that was registered, now or before. */
export interface Registration {
  readonly version: ModelVersion;
  /** `false` where the same content had been registered already. */
  readonly created: boolean;
}

const rowsPerInsert = 200;
const digestsPerSelect = 500;
const concurrentPuts = 8;

/**
 * Registers versions: first their packages, synced to the disk, then all rows in one transaction, so that a row
 * without its package cannot be. What was registered before with the same content is found again, not doubled.
 *
 * @throws TondoError `MODEL_NOT_FOUND`, `VERSION_NOT_FOUND` for an unknown parent, and see {@link checkNewVersion}
 */
export async function registerVersions(
  context: RegistryContext,
  versions: readonly NewVersion[],
): Promise<readonly Registration[]> {
  checkLimit("versions", versions.length, context.limits, "maxBatch");
  const checked = versions.map((version) => checkNewVersion(context, version));
  await checkReferences(context, checked);
  await eachConcurrently(concurrentPuts, checked, ({ bytes }) => context.artifacts.put(bytes));
  const known = await findByContent(context.database.queries, checked);
  const created = new Set<ModelVersion>();
  if (checked.some((one) => !known.has(keyOf(one.row)))) {
    const rows = await context.database.transaction((transaction) => insertMissing(context, transaction, checked));
    for (const row of rows) {
      const version = toVersion(row);
      known.set(keyOf(row), version);
      created.add(version);
    }
    // What another process registered in the meantime.
    for (const [key, version] of await findByContent(context.database.queries, missing(checked, known))) {
      known.set(key, version);
    }
  }
  return checked.map(({ row }) => {
    const version = known.get(keyOf(row));
    if (version === undefined) throw new TondoError("INTERNAL", "a version that was just registered is not there");
    return { version, created: created.delete(version) };
  });
}

async function insertMissing(
  context: RegistryContext,
  transaction: Queries,
  checked: readonly CheckedVersion[],
): Promise<readonly VersionsTable[]> {
  const inserted: VersionsTable[] = [];
  const changes: NewChange[] = [];
  const changeId = v7();
  for (const [model, group] of [...Map.groupBy(checked, (one) => one.model)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { lastNumber, at } = await lockModel(transaction, model, context.clock());
    const known = await findByContent(transaction, group);
    const fresh = new Map(missing(group, known).map((one) => [one.row.content_digest, one.row]));
    const rows = [...fresh.values()].map((row, i) => newRow(context, row, lastNumber + i + 1, at));
    for (let i = 0; i < rows.length; i += rowsPerInsert) {
      await transaction
        .insertInto("versions")
        .values(rows.slice(i, i + rowsPerInsert))
        .execute();
    }
    const newest = { last_number: lastNumber + rows.length };
    await transaction.updateTable("models").set(newest).where("name", "=", model).execute();
    inserted.push(...rows);
    if (rows.length > 0) {
      const about = { from: lastNumber + 1, to: lastNumber + rows.length };
      changes.push({ changeId, kind: "versions", model, actor: context.actor, at, about });
    }
  }
  await recordChanges(transaction, changes);
  return inserted;
}

function newRow(context: RegistryContext, row: CheckedVersion["row"], number: number, at: Micros): VersionsTable {
  return { ...row, id: v7(), number, created_at: at, created_by: context.actor };
}

function keyOf(row: { readonly model: string; readonly content_digest: string }): string {
  return `${row.model}@${row.content_digest}`;
}

function missing(
  checked: readonly CheckedVersion[],
  known: ReadonlyMap<string, ModelVersion>,
): readonly CheckedVersion[] {
  return checked.filter((one) => !known.has(keyOf(one.row)));
}

async function findByContent(queries: Queries, checked: readonly CheckedVersion[]): Promise<Map<string, ModelVersion>> {
  const found = new Map<string, ModelVersion>();
  for (const [model, group] of Map.groupBy(checked, (one) => one.model)) {
    for (let i = 0; i < group.length; i += digestsPerSelect) {
      const digests = group.slice(i, i + digestsPerSelect).map((one) => one.row.content_digest);
      const rows = await queries
        .selectFrom("versions")
        .selectAll()
        .where("model", "=", model)
        .where("content_digest", "in", digests)
        .execute();
      for (const row of rows) found.set(keyOf(row), toVersion(row));
    }
  }
  return found;
}

/** Models, levels and parents must be there before any package is written. */
async function checkReferences(context: RegistryContext, checked: readonly CheckedVersion[]): Promise<void> {
  for (const [name, group] of Map.groupBy(checked, (one) => one.model)) {
    const { levels } = await getModel(context, name);
    for (const { path } of group) levelOf(levels, path);
  }
  const parents = [...new Set(checked.flatMap(({ row }) => row.parent_id ?? []))];
  for (let i = 0; i < parents.length; i += digestsPerSelect) {
    const asked = parents.slice(i, i + digestsPerSelect);
    const rows = await context.database.queries.selectFrom("versions").select("id").where("id", "in", asked).execute();
    const gone = asked.find((id) => !rows.some((row) => row.id === id));
    if (gone === undefined) continue;
    throw new TondoError("VERSION_NOT_FOUND", `the parent ${gone} is no version of this registry`, {
      hint: "Register the parent first, or leave parentId out.",
      details: { versionId: gone },
    });
  }
}

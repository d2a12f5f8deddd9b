import { v7 } from "uuid";
import { canonicalJson, type Json, type Micros, TondoError } from "../../core/index.ts";
import { isUniqueViolation, type Queries } from "../../database/index.ts";
import { type NewChange, recordChanges } from "../changes/record-change.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import { checkModelName } from "../names.ts";
import { type Model, type NewModel, toModel } from "./model.ts";

/**
 * Makes a model; one that exists and says the same of itself is returned as it is.
 *
 * @throws TondoError `MODEL_EXISTS` where it exists and says something else, `INVALID_ARGUMENT`
 */
export async function createModel(context: RegistryContext, model: NewModel): Promise<Model> {
  const said = complete(model);
  const existing = await findModel(context.database.queries, said.name);
  if (existing !== undefined) return same(existing, said);
  const now = context.clock();
  const row = {
    ...said,
    levels: canonicalJson(said.levels),
    created_at: now,
    created_by: context.actor,
    last_number: 0,
  };
  try {
    await context.database.transaction(async (transaction) => {
      await transaction
        .insertInto("models")
        .values({ ...row, revision: 0, changed_at: now })
        .execute();
      await recordChanges(transaction, [changeOf(context, said.name, now, { created: true })]);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Somebody else made it between the two statements.
    return same(await getModel(context, said.name), said);
  }
  return toModel(row);
}

/**
 * Changes what people should know of a model; its name and levels stay.
 * @throws TondoError `MODEL_NOT_FOUND`
 */
export async function updateModel(
  context: RegistryContext,
  name: string,
  changes: Pick<NewModel, "owner" | "project" | "description">,
): Promise<Model> {
  const current = await getModel(context, name);
  const { owner, project, description } = complete({ ...current, ...changes });
  await context.database.transaction(async (transaction) => {
    await transaction.updateTable("models").set({ owner, project, description }).where("name", "=", name).execute();
    const about = { owner, project, description };
    await recordChanges(transaction, [changeOf(context, name, context.clock(), about)]);
  });
  return getModel(context, name);
}

function changeOf({ actor }: RegistryContext, model: string, at: Micros, about: Json): NewChange {
  return { changeId: v7(), kind: "model", model, actor, at, about };
}

/**
 * One model.
 * @throws TondoError `MODEL_NOT_FOUND`
 */
export async function getModel(context: RegistryContext, name: string): Promise<Model> {
  const model = await findModel(context.database.queries, checkModelName(name));
  if (model === undefined) throw await modelNotFound(context.database.queries, name);
  return model;
}

/** A page of the models by name, after one name, at most `limit` (100). */
export async function listModels(
  context: RegistryContext,
  page: { readonly limit?: number; readonly after?: string } = {},
): Promise<readonly Model[]> {
  const { limit = 100, after } = page;
  checkLimit("limit", limit, context.limits, "maxPage");
  let query = context.database.queries.selectFrom("models").selectAll().orderBy("name").limit(limit);
  if (after !== undefined) query = query.where("name", ">", after);
  return (await query.execute()).map(toModel);
}

/** The error of a model that does not exist: says which ones do. */
export async function modelNotFound(queries: Queries, name: string): Promise<TondoError> {
  const rows = await queries.selectFrom("models").select("name").orderBy("name").limit(20).execute();
  const names = rows.map((row) => row.name);
  return new TondoError("MODEL_NOT_FOUND", `no model is named ${name}`, {
    hint:
      names.length === 0
        ? "There are no models yet: create one, or check which database this is."
        : `Create it, or take one of: ${names.join(", ")}.`,
    details: { model: name, models: names },
  });
}

async function findModel(queries: Queries, name: string): Promise<Model | undefined> {
  const row = await queries.selectFrom("models").selectAll().where("name", "=", name).executeTakeFirst();
  return row === undefined ? undefined : toModel(row);
}

function complete(model: NewModel): Required<NewModel> {
  const { name, owner = "", project = "", description = "", levels = ["global"] } = model;
  checkModelName(name);
  for (const [field, text, limit] of [
    ["owner", owner, 256],
    ["project", project, 256],
    ["description", description, 20_000],
  ] as const) {
    if (text.length <= limit && text.isWellFormed() && !text.includes("\0")) continue;
    throw new TondoError("INVALID_ARGUMENT", `${field}: not a text of at most ${String(limit)} characters`, {
      hint: "Shorten it, and take control characters out.",
    });
  }
  const named = levels.every((level) => /^[\p{L}\p{N}_. -]{1,64}$/u.test(level));
  if (levels.length === 0 || levels.length > 17 || !named || new Set(levels).size < levels.length) {
    throw new TondoError("PARTITION_INVALID", "levels: not a list of 1 to 17 different names", {
      hint: 'Name them from the top down, such as ["global", "country", "state", "city"].',
    });
  }
  return { name, owner, project, description, levels: [...levels] };
}

function same(existing: Model, said: Required<NewModel>): Model {
  const fields = (["owner", "project", "description", "levels"] as const).filter(
    (field) => canonicalJson(existing[field]) !== canonicalJson(said[field]),
  );
  if (fields.length === 0) return existing;
  const shown = (value: string | readonly string[]): string =>
    (typeof value === "string" ? JSON.stringify(value) : value.join(" > ")).slice(0, 100);
  const differences = fields
    .map((field) => `${field}: ${shown(existing[field])}, not ${shown(said[field])}`)
    .join("; ");
  throw new TondoError("MODEL_EXISTS", `the model ${said.name} exists with other ${differences}`, {
    hint: "Use updateModel for owner, project and description; other levels need another model.",
    details: { model: said.name, fields },
  });
}

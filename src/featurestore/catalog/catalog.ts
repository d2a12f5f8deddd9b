import { canonicalJson, type Clock, sha256, systemClock, TondoError } from "../../core/index.ts";
import type { Database, Queries } from "../../database/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import { sql } from "kysely";
import { v7 as uuid } from "uuid";
import { type Definition, definitionKinds, definitionsOf } from "./definition.ts";
import { isExtended } from "./is-extended.ts";
import type { Project } from "./load-project.ts";

/** What applying a project would do to one definition. */
export interface Change {
  readonly kind: Definition["kind"];
  readonly name: string;
  /**
   * `changed`: its meaning is another; `extended`: a group has more features, and those it had mean what they meant; `described`: only its docs, owner, promises or paths are; `removed`: the folder no longer defines
   * it.
   */
  readonly change: "added" | "changed" | "extended" | "described" | "removed" | "unchanged";
}

/** A catalog entry as stored. */
export type AppliedDefinition = Definition & {
  readonly version: number;
  /** Microseconds since 1970. */
  readonly appliedAt: number;
  readonly appliedBy: string;
};

/** What is known of definitions: who applied what, when. */
export interface Catalog {
  /** What {@link Catalog.apply} would do, without doing it: entities, sources, groups, vectors, each by name. */
  plan(project: Project): Promise<readonly Change[]>;
  /**
   * Records a project's definitions, all in one transaction. Nothing is written where nothing changes.
   *
   * @throws TondoError `DEFINITION_IN_USE` where the meaning of an applied definition would change and `replace` does not allow it
   */
  apply(project: Project, options?: { readonly replace?: boolean }): Promise<readonly Change[]>;
  /** All definitions in force. */
  definitions(): Promise<readonly AppliedDefinition[]>;
  /** The plan in force. @throws TondoError `NOT_APPLIED` where nothing has been applied */
  project(): Promise<ProjectPlan>;
}

/** What a catalog is opened over. */
export interface CatalogOptions {
  readonly database: Database;
  readonly clock?: Clock;
  /** Who applies. */
  readonly actor: string;
}

/** Opens the catalog of a database. */
export function openCatalog({ database, clock = systemClock, actor }: CatalogOptions): Catalog {
  return {
    plan: async (project) => changesOf(definitionsOf(project), await inForce(database.queries)),
    apply: (project, { replace = false } = {}) =>
      database.transaction(async (queries) => {
        // SQLite's transactions take turns by themselves. Here the second who applies waits, and then sees what the first one did.
        if (database.dialect === "postgres")
          await sql`lock table definitions in share row exclusive mode`.execute(queries);
        return apply(queries, definitionsOf(project), replace, clock(), actor);
      }),
    definitions: async () => inForce(database.queries),
    project: async () => {
      const definitions = await inForce(database.queries);
      if (definitions.length === 0) {
        throw new TondoError("NOT_APPLIED", "no definitions have been applied to this home", {
          hint: "Run `tondo apply` in the project's folder.",
        });
      }
      return {
        version: 1,
        entities: definitions.flatMap((one) => (one.kind === "entity" ? [one.plan] : [])),
        sources: definitions.flatMap((one) => (one.kind === "source" ? [one.plan] : [])),
        groups: definitions.flatMap((one) => (one.kind === "group" ? [one.plan] : [])),
        vectors: definitions.flatMap((one) => (one.kind === "vector" ? [one.plan] : [])),
      };
    },
  };
}

async function inForce(queries: Queries): Promise<readonly AppliedDefinition[]> {
  const rows = await queries
    .selectFrom("definitions")
    .selectAll()
    .orderBy("kind")
    .orderBy("name")
    .orderBy("version")
    .execute();
  const newest = new Map<string, AppliedDefinition>();
  for (const row of rows) {
    const key = `${row.kind}:${row.name}`;
    newest.delete(key);
    if (row.removed_at !== null) continue;
    // What was written here was a definition.
    const definition = {
      kind: row.kind,
      name: row.name,
      fingerprint: row.fingerprint,
      plan: JSON.parse(row.plan) as unknown,
      about: JSON.parse(row.about) as unknown,
    } as Definition;
    newest.set(key, { ...definition, version: row.version, appliedAt: row.applied_at, appliedBy: row.applied_by });
  }
  return [...newest.values()];
}

function changesOf(wanted: readonly Definition[], applied: readonly AppliedDefinition[]): readonly Change[] {
  const before = new Map(applied.map((definition) => [`${definition.kind}:${definition.name}`, definition]));
  const meaning = new Map(
    wanted.map((definition) => [`${definition.kind}:${definition.name}`, definition.fingerprint]),
  );
  // A group's fingerprint is of its source too.
  const otherSources = applied
    .filter(({ kind, name, fingerprint }) => kind === "source" && meaning.get(`source:${name}`) !== fingerprint)
    .map(({ name }) => name);
  const isSameSource = (one: Definition): boolean => one.kind !== "group" || !otherSources.includes(one.plan.source);
  const changes = wanted.map((definition): Change => {
    const { kind, name } = definition;
    const old = before.get(`${kind}:${name}`);
    before.delete(`${kind}:${name}`);
    if (old === undefined) return { kind, name, change: "added" };
    if (old.fingerprint !== definition.fingerprint)
      return { kind, name, change: isExtended(old, definition) && isSameSource(old) ? "extended" : "changed" };
    const same = canonicalJson([old.plan, old.about]) === canonicalJson([definition.plan, definition.about]);
    return { kind, name, change: same ? "unchanged" : "described" };
  });
  const removed = [...before.values()].map(({ kind, name }): Change => ({ kind, name, change: "removed" }));
  const place = ({ kind }: Change): number => definitionKinds.indexOf(kind);
  return [...changes, ...removed].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
}

async function apply(
  queries: Queries,
  wanted: readonly Definition[],
  replace: boolean,
  now: number,
  actor: string,
): Promise<readonly Change[]> {
  const applied = await inForce(queries);
  const changes = changesOf(wanted, applied);
  const meaning = changes.filter(({ change }) => change === "changed" || change === "removed");
  if (meaning.length > 0 && !replace) {
    const named = meaning.map(({ kind, name, change }) => `${kind} ${name} would be ${change}`).join("; ");
    throw new TondoError("DEFINITION_IN_USE", `applied definitions would change their meaning: ${named}`, {
      hint: "Models and loaded values were made with the old meaning. Leave the old one and write NAME@2 = ... beside it, a version of a feature that is served side by side; or give the new one another name; or, if nothing depends on the old one, apply with --replace (`replace: true`) and materialize and train again.",
      details: { changes: meaning },
    });
  }
  const effective = changes.filter(({ change }) => change !== "unchanged");
  if (effective.length === 0) return changes;
  const id = uuid();
  await queries
    .insertInto("applications")
    .values({
      id,
      applied_at: now,
      actor,
      plan_digest: sha256(canonicalJson(wanted.map(({ kind, name, fingerprint }) => [kind, name, fingerprint]))),
      changes: JSON.stringify(effective),
    })
    .execute();
  const highest = await queries
    .selectFrom("definitions")
    .select(["kind", "name"])
    .select(({ fn }) => fn.max("version").as("version"))
    .groupBy(["kind", "name"])
    .execute();
  for (const { kind, name, change } of effective) {
    if (change === "removed") {
      const old = applied.find((definition) => definition.kind === kind && definition.name === name);
      await queries
        .updateTable("definitions")
        .set({ removed_at: now })
        .where("kind", "=", kind)
        .where("name", "=", name)
        .where("version", "=", old?.version ?? 0)
        .execute();
      continue;
    }
    const definition = wanted.find((candidate) => candidate.kind === kind && candidate.name === name);
    if (definition === undefined) continue;
    const version = (highest.find((row) => row.kind === kind && row.name === name)?.version ?? 0) + 1;
    await queries
      .insertInto("definitions")
      .values({
        kind,
        name,
        version,
        fingerprint: definition.fingerprint,
        plan: canonicalJson(definition.plan),
        about: canonicalJson(definition.about),
        applied_at: now,
        applied_by: actor,
        application_id: id,
        removed_at: null,
      })
      .execute();
  }
  return changes;
}

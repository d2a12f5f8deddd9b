import { accountName, type Clock, type Moment, systemClock, TondoError } from "../core/index.ts";
import type { Database } from "../database/index.ts";
import type { ArtifactStore } from "./artifacts/artifact-store.ts";
import { listChanges, type RegistryChange } from "./changes/changes.ts";
import type { RegistryContext } from "./context.ts";
import { defaultLimits, type RegistryLimits } from "./limits.ts";
import type { Model, NewModel } from "./models/model.ts";
import { createModel, getModel, listModels, updateModel } from "./models/models.ts";
import { loadPackage } from "./package/load-package.ts";
import type { ModelPackage } from "./package/read-package.ts";
import { listNodes, type PartitionNode, recordNodes } from "./partition-nodes.ts";
import type { PartitionPath } from "./partition-path.ts";
import { createRelease } from "./releases/create-release.ts";
import { type NewPromotion, promote, type Promotion } from "./releases/promote.ts";
import type { MadeRelease, NewRelease, Release, ReleaseDifference, ReleaseNode } from "./releases/release.ts";
import { compareReleases, getRelease, listReleaseNodes, listReleases } from "./releases/releases.ts";
import { type NewRollback, type Rollback, rollbackTag } from "./releases/rollback.ts";
import type { Resolution } from "./resolution/resolution.ts";
import { resolve } from "./resolution/resolve.ts";
import { openResolver, type Resolver, type ResolverOptions } from "./resolution/resolver.ts";
import { setTags } from "./tags/set-tags.ts";
import type { MovedTag, TagChange, TagMove, TagState } from "./tags/tag.ts";
import { deleteTag, listTags, tagAsOf, tagHistory, type TagPlace } from "./tags/tags.ts";
import { type TagEntry, tagLedger } from "./tags/tag-ledger.ts";
import type { NewVersion } from "./versions/new-version.ts";
import { type Registration, registerVersions } from "./versions/register-versions.ts";
import type { ModelVersion } from "./versions/version.ts";
import { getVersion, listVersions, type VersionPage } from "./versions/versions.ts";

/** What a registry is opened over. */
export interface RegistryOptions {
  /** Stays the caller's to close. */
  readonly database: Database;
  readonly artifacts: ArtifactStore;
  readonly clock?: Clock;
  /** Who does what is done here; the account's name by default. */
  readonly actor?: string;
  readonly limits?: Partial<RegistryLimits>;
}

/**
 * Models, their immutable versions and the tags that say which version serves whom. All of it may be used by many
 * processes at once.
 */
export interface Registry {
  /** Makes a model; one that exists and says the same is returned. `MODEL_EXISTS` where it says something else. */
  createModel(model: NewModel): Promise<Model>;
  /** Changes owner, project or description. */
  updateModel(name: string, changes: Pick<NewModel, "owner" | "project" | "description">): Promise<Model>;
  getModel(name: string): Promise<Model>;
  listModels(page?: { readonly limit?: number; readonly after?: string }): Promise<readonly Model[]>;

  /** Registers one version; the same content again gives the version that is there, `created: false`. */
  registerVersion(version: NewVersion): Promise<Registration>;
  /** Registers many in one transaction, all or none, in the order given. */
  registerVersions(versions: readonly NewVersion[]): Promise<readonly Registration[]>;
  getVersion(id: string): Promise<ModelVersion>;
  listVersions(
    model: string,
    page?: { readonly path?: PartitionPath; readonly limit?: number; readonly after?: number },
  ): Promise<VersionPage>;
  /** Reads and checks a version's package; `PACKAGE_MISSING`, `PACKAGE_CORRUPT`. */
  loadPackage(digest: string): Promise<ModelPackage>;

  /** Moves a tag; `TAG_CONFLICT` where it is not on the version that was expected. */
  setTag(move: TagMove): Promise<MovedTag>;
  /** Moves several tags as one, all or none. */
  setTags(moves: readonly TagMove[]): Promise<readonly MovedTag[]>;
  /** Takes a tag away from a node; `TAG_NOT_FOUND` where it is not there. */
  deleteTag(place: Omit<TagMove, "versionId">): Promise<MovedTag>;
  /** The log of a tag on a node, newest first. */
  tagHistory(place: TagPlace & { readonly limit?: number; readonly before?: number }): Promise<readonly TagChange[]>;
  /** The log entry in force at a moment, `null` before the first. */
  tagAsOf(place: TagPlace & { readonly at: Moment }): Promise<TagChange | null>;
  /** What a tag did as a whole, newest first: an entry a change, of however many nodes. */
  tagLedger(of: Parameters<typeof tagLedger>[1]): Promise<readonly TagEntry[]>;
  /** Takes the last change of a tag back, on all nodes that it moved; called again it goes further back. */
  rollback(rollback: NewRollback): Promise<Rollback>;
  listTags(
    model: string,
    page?: { readonly tag?: string; readonly limit?: number; readonly after?: TagState },
  ): Promise<readonly TagState[]>;

  /** Makes a release: one set of versions for all nodes, of its own and of those of its base. */
  createRelease(release: NewRelease): Promise<MadeRelease>;
  getRelease(model: string, release: string | number): Promise<Release>;
  listReleases(
    model: string,
    page?: { readonly limit?: number; readonly before?: number },
  ): Promise<readonly Release[]>;
  listReleaseNodes(
    model: string,
    release: string | number,
    page?: { readonly limit?: number; readonly after?: PartitionPath },
  ): Promise<readonly ReleaseNode[]>;
  /** The nodes that two releases have otherwise. */
  compareReleases(model: string, from: string | number, to: string | number): Promise<readonly ReleaseDifference[]>;
  /** Moves a tag to a release, on all nodes as one. */
  promote(promotion: NewPromotion): Promise<Promotion>;

  /** What changed behind an entry of the log of all changes, the oldest first: for those who follow the registry. */
  changes(page?: {
    readonly since?: number;
    readonly model?: string;
    readonly limit?: number;
  }): Promise<readonly RegistryChange[]>;

  /** Records how much data each node had. */
  recordNodes(model: string, nodes: readonly PartitionNode[]): Promise<void>;
  listNodes(
    model: string,
    page?: { readonly limit?: number; readonly after?: PartitionPath },
  ): Promise<readonly PartitionNode[]>;

  /** Finds the version that `name@tag` or `name@<id>` means on a node, and says why. Reads the database. */
  resolve(reference: string, path?: PartitionPath): Promise<Resolution>;
  /** Resolution from memory with a bound on staleness, for serving. */
  resolver(options?: ResolverOptions): Resolver;
}

/**
 * Opens a registry.
 *
 * @example
 * ```ts
 * const database = await connect({ url: "sqlite:.tondo/tondo.db" });
 * const registry = openRegistry({ database, artifacts: folderArtifacts(".tondo/artifacts") });
 * await registry.createModel({ name: "delay", levels: ["global", "country", "state", "city"] });
 * const { version } = await registry.registerVersion({ model: "delay", package: bytes, trainer });
 * await registry.setTag({ model: "delay", tag: "champion", versionId: version.id, expected: null });
 * const { level, skipped } = await registry.resolve("delay@champion", ["US", "CA", "San Francisco"]);
 * ```
 */
export function openRegistry(options: RegistryOptions): Registry {
  const context: RegistryContext = {
    database: options.database,
    artifacts: options.artifacts,
    clock: options.clock ?? systemClock,
    actor: options.actor ?? accountName(),
    limits: { ...defaultLimits, ...options.limits },
  };
  return {
    createModel: (model) => createModel(context, model),
    updateModel: (name, changes) => updateModel(context, name, changes),
    getModel: (name) => getModel(context, name),
    listModels: (page) => listModels(context, page),
    registerVersion: async (version) => only(await registerVersions(context, [version])),
    registerVersions: (versions) => registerVersions(context, versions),
    getVersion: (id) => getVersion(context, id),
    listVersions: (model, page) => listVersions(context, model, page),
    loadPackage: (digest) => loadPackage(context, digest),
    setTag: async (move) => only(await setTags(context, [move])),
    setTags: (moves) => setTags(context, moves),
    deleteTag: (place) => deleteTag(context, place),
    tagHistory: (place) => tagHistory(context, place),
    tagAsOf: (place) => tagAsOf(context, place),
    tagLedger: (of) => tagLedger(context, of),
    rollback: (rollback) => rollbackTag(context, rollback),
    listTags: (model, page) => listTags(context, model, page),
    createRelease: (release) => createRelease(context, release),
    getRelease: (model, release) => getRelease(context, model, release),
    listReleases: (model, page) => listReleases(context, model, page),
    listReleaseNodes: (model, release, page) => listReleaseNodes(context, model, release, page),
    compareReleases: (model, from, to) => compareReleases(context, model, from, to),
    promote: (promotion) => promote(context, promotion),
    changes: (page) => listChanges(context, page),
    recordNodes: (model, nodes) => recordNodes(context, model, nodes),
    listNodes: (model, page) => listNodes(context, model, page),
    resolve: (reference, path) => resolve(context, reference, path),
    resolver: (resolverOptions) => openResolver(context, resolverOptions),
  };
}

function only<T>(results: readonly T[]): T {
  const [result] = results;
  if (result === undefined) throw new TondoError("INTERNAL", "one was asked for and none came back");
  return result;
}

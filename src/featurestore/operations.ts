import {
  type AnyProject,
  type Clock,
  type GroupName,
  type Moment,
  type ProjectTypes,
  type VectorName,
} from "../core/index.ts";
import type { ProjectPlan } from "../dsl/index.ts";
import type { Catalog } from "./catalog/index.ts";
import {
  type ConsistencyReport,
  vectorConsistency,
  type VectorConsistencyContext,
  type VectorConsistencyOptions,
} from "./consistency/index.ts";
import type { EngineOptions } from "./duckdb/index.ts";
import { freshness, type Freshness, promisesOf } from "./freshness/index.ts";
import { generations, type GroupGenerations, rollback, type RollbackResult } from "./generations/index.ts";
import type { FilePlaces } from "./offline/index.ts";
import type { OnlineStore } from "./online/index.ts";
import { schedule, type Schedule } from "./schedule/index.ts";

/** What keeps an online store in order, by the definitions in force. */
export interface Operations<P extends ProjectTypes = AnyProject> {
  /**
   * How old the loads of groups are, at a moment (default: the clock's), beside the `sla` that each promises.
   *
   * @example `if (!(await tondo.freshness()).kept) throw new Error("features are late");`
   * @throws TondoError `UNKNOWN_GROUP`, `INVALID_ARGUMENT`, `STORE_CORRUPT`
   */
  freshness(options?: { readonly at?: Moment; readonly groups?: readonly GroupName<P>[] }): Promise<Freshness>;
  /**
   * Replays logged requests of an applied vector through the training path, and says where what was served is another value. See {@link consistency} for
   * errors, and `VectorConsistencyOptions` for which requests.
   *
   * @example `const { consistent, features } = await tondo.consistency("eta", { since: "2024-03-01T00:00:00Z" });`
   */
  consistency(vector: VectorName<P>, options?: VectorConsistencyOptions): Promise<ConsistencyReport>;
  /**
   * Which generations of groups the store keeps: what is served, and what a rollback would go back to.
   * @throws TondoError `UNKNOWN_GROUP`, `INVALID_ARGUMENT`, `STORE_CORRUPT`
   */
  generations(groups?: readonly GroupName<P>[]): Promise<readonly GroupGenerations[]>;
  /**
   * Makes the previous generation of groups current again, of all of them at once or of none. Who did it, and when, is kept with them.
   *
   * @example `await tondo.rollback(["restaurant:kitchen"], { dryRun: true })`
   * @throws TondoError `ROLLBACK_REFUSED` with all that stands against it, `HOME_BUSY`, `UNKNOWN_GROUP`, `INVALID_ARGUMENT`
   */
  rollback(groups: readonly GroupName<P>[], options?: { readonly dryRun?: boolean }): Promise<RollbackResult>;
  /**
   * Plans how often groups must be materialized to keep their `sla`; `crontabText` and `kubernetesText` make of it what schedulers read.
   *
   * @example `crontabText(await tondo.schedule(), { folder: "/srv/shop", program: ["/usr/local/bin/tondo"] })`
   * @throws TondoError `SLA_TOO_SHORT`, `UNKNOWN_GROUP`, `INVALID_ARGUMENT`
   */
  schedule(options?: { readonly groups?: readonly GroupName<P>[]; readonly margin?: number }): Promise<Schedule>;
}

/** What {@link operations} work on. */
export interface OperationsContext {
  readonly catalog: Catalog;
  readonly home: string;
  /** Opens the store, when it is needed. */
  readonly store: () => OnlineStore | Promise<OnlineStore>;
  /** The store, where something was ever loaded. */
  readonly loadedStore: VectorConsistencyContext["store"];
  readonly clock: Clock;
  readonly actor: string;
  readonly places: FilePlaces;
  readonly engine: EngineOptions;
  /** The definitions in force, over the files that tables were extracted into. */
  readonly project: VectorConsistencyContext["project"];
  readonly fitOf: NonNullable<VectorConsistencyContext["fitOf"]>;
  readonly withheld: VectorConsistencyContext["withheld"];
}

/** The operations on a home and its store. */
export function operations(context: OperationsContext): Operations {
  const { catalog, home, store, clock, actor, places, engine, project: atRest, fitOf, loadedStore, withheld } = context;
  return {
    consistency: (vector, options = {}) =>
      vectorConsistency(vector, options, {
        ...places,
        home,
        engine,
        fitOf,
        withheld,
        project: atRest,
        store: loadedStore,
      }),
    freshness: async ({ at = BigInt(clock()), groups } = {}) =>
      freshness({ ...(await promised(catalog)), ...asked(groups), store: await store(), at }),
    generations: async (groups) =>
      generations({ project: await catalog.project(), home, store: await store(), ...asked(groups) }),
    rollback: async (groups, options = {}) => {
      const project = await catalog.project();
      return rollback({ ...options, project, home, store: await store(), groups, actor, clock });
    },
    schedule: async ({ groups, ...rest } = {}) => schedule({ ...rest, ...(await promised(catalog)), ...asked(groups) }),
  };
}

async function promised(
  catalog: Catalog,
): Promise<{ readonly project: ProjectPlan; readonly promises: ReadonlyMap<string, number> }> {
  return { project: await catalog.project(), promises: promisesOf(await catalog.definitions()) };
}

function asked(groups: readonly string[] | undefined): { readonly groups?: readonly string[] } {
  return groups === undefined ? {} : { groups };
}

import {
  type AnyProject,
  type Clock,
  type FeatureName,
  formatMicros,
  type GroupName,
  type KeysOf,
  type Micros,
  type Moment,
  type ProjectTypes,
  systemClock,
  toMicros,
  TondoError,
} from "../../core/index.ts";
import {
  type FunctionLibrary,
  functionLibrary,
  type ProjectPlan,
  type UserFunction,
  type VectorPlan,
} from "../../dsl/index.ts";
import { closestName } from "./closest-name.ts";
import type { EntityKeys } from "./entity-keys.ts";
import { sourceOf } from "./find-feature.ts";
import { type GroupPointer, groupName } from "./group-pointer.ts";
import { type FeatureValue, NamesProgram } from "./names-program.ts";
import type { OnlineStore } from "./online-store.ts";
import { type AskedMoment, readLookups } from "./read-lookups.ts";
import type { VectorRequest } from "./vector-keys.ts";
import { type VectorAnswer, VectorProgram } from "./vector-program.ts";

/** What a reader of features needs. */
export interface FeatureReaderOptions {
  readonly project: ProjectPlan;
  readonly store: OnlineStore;
  readonly clock?: Clock;
  readonly limits?: Partial<FeatureReaderLimits>;
  /** The functions of the project's own. */
  readonly functions?: readonly UserFunction[];
}

/** Bounds of a reader. */
export interface FeatureReaderLimits {
  /** How many lists of names it remembers resolved. */
  readonly programs: number;
  /** How many keys one call may ask for. */
  readonly keys: number;
}

/** The defaults of {@link FeatureReaderLimits}. */
export const defaultFeatureReaderLimits: FeatureReaderLimits = { programs: 256, keys: 10_000 };

/** How features are asked for. */
export interface GetOptions {
  /** The moment; the clock's by default. */
  readonly at?: Moment;
}

/** Some features of one key, and the moment they are of. */
export interface FeatureRow<N extends string, P extends ProjectTypes = AnyProject> {
  readonly at: Micros;
  readonly values: { readonly [K in N]: FeatureValue<P["features"][K]["value"]> };
}

/** Reads the vectors' stored values; made once for a vector, used for each request. */
export interface PreparedVector {
  /**
   * The stored values of the vector's `reads`, in order. A store that has them at once gives them without a promise.
   * @throws TondoError `KEY_INVALID`, `INPUT_INVALID`, `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`, `STORE_CORRUPT`
   */
  read(request: VectorRequest, at?: Micros): VectorAnswer | Promise<VectorAnswer>;
}

/** Features by canonical name from an online store; the names are those of `P`, which `tondo types` writes. */
export class FeatureReader<P extends ProjectTypes = AnyProject> {
  /** The functions of the project's own: what predicts with its vectors calls the same. */
  readonly functions: FunctionLibrary;
  readonly #project: ProjectPlan;
  readonly #store: OnlineStore;
  readonly #clock: Clock;
  readonly #limits: FeatureReaderLimits;
  readonly #programs: Map<string, NamesProgram> = new Map<string, NamesProgram>();

  constructor({ project, store, clock = systemClock, limits, functions }: FeatureReaderOptions) {
    this.functions = functionLibrary(functions);
    this.#project = project;
    this.#store = store;
    this.#clock = clock;
    this.#limits = { ...defaultFeatureReaderLimits, ...limits };
  }

  /**
   * Features of one key, or of several.
   *
   * @example
   * ```ts
   * const { values } = await features.get(["airport:departures:delay_3h"], { airport: "SFO" }, { at });
   * values["airport:departures:delay_3h"]; // { value: 12.5, status: "present" }
   * ```
   * @throws TondoError `UNKNOWN_FEATURE`, `KEY_INVALID`, `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`, `STORE_CORRUPT`
   */
  async get<const N extends FeatureName<P>>(
    names: readonly N[],
    keys: readonly KeysOf<P, N>[],
    options?: GetOptions,
  ): Promise<readonly FeatureRow<N, P>[]>;
  async get<const N extends FeatureName<P>>(
    names: readonly N[],
    keys: KeysOf<P, N>,
    options?: GetOptions,
  ): Promise<FeatureRow<N, P>>;
  async get<const N extends FeatureName<P>>(
    names: readonly N[],
    keys: KeysOf<P, N> | readonly KeysOf<P, N>[],
    options: GetOptions = {},
  ): Promise<FeatureRow<N, P> | readonly FeatureRow<N, P>[]> {
    const given = keys as EntityKeys | readonly EntityKeys[];
    const many = isMany(given) ? given : [given];
    if (many.length > this.#limits.keys) {
      throw new TondoError("LIMIT_EXCEEDED", `${String(many.length)} keys are more than one call may ask for`, {
        hint: `Ask for ${String(this.#limits.keys)} at a time, or raise the limit \`keys\`.`,
      });
    }
    this.#checkEntities(many);
    const program = this.#program(names);
    const moment = this.#moment(options.at === undefined ? undefined : toMicros(options.at));
    const lookups = program.lookups(many);
    const { groups, stride } = program;
    const reading = { groups, rows: many.length, stride, rounds: [() => lookups] };
    const answers = await readLookups(this.#store, reading, moment);
    const rows = program.finish(answers, many.length).map((values): FeatureRow<N, P> => ({
      at: answers.at,
      values: values as FeatureRow<N, P>["values"],
    }));
    const [first] = rows;
    return isMany(given) || first === undefined ? rows : first;
  }

  /** Resolves a vector's groups, keys and codecs once, for many requests. */
  prepare(vector: VectorPlan): PreparedVector {
    const program = new VectorProgram(vector, this.functions);
    return {
      read: (request, at) => {
        const answers = readLookups(this.#store, program.reading(request), this.#moment(at));
        return answers instanceof Promise ? answers.then((found) => program.finish(found)) : program.finish(answers);
      },
    };
  }

  /**
   * The moment for which all of some groups (`entity:group`; by default all with something to read) answer: that of their
   * windows, or the newest load of snapshots.
   *
   * @throws TondoError `UNKNOWN_GROUP`, `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED` where no moment serves all
   */
  async loadedMoment(groups?: readonly GroupName<P>[]): Promise<Micros> {
    const plans = this.#groups(groups);
    const names = plans.map(groupName);
    const view = await this.#store.view(names);
    try {
      const pointers = plans.map((plan) => ({ plan, pointer: loaded(view.pointer(groupName(plan)), groupName(plan)) }));
      const windows = pointers.filter(({ plan }) => sourceOf(this.#project, plan).kind === "events");
      const newest = Math.max(...pointers.map(({ pointer }) => pointer.asOf));
      const fixed = [...new Set(windows.map(({ pointer }) => pointer.asOf))];
      const [moment = newest, second] = fixed;
      if (second === undefined && moment >= newest) return moment;
      throw new TondoError("MOMENT_NOT_SERVED", "the groups were loaded as of different moments", {
        hint: "Materialize them together.",
        details: Object.fromEntries(pointers.map(({ plan, pointer }) => [groupName(plan), formatMicros(pointer.asOf)])),
      });
    } finally {
      view.close();
    }
  }

  #groups(names: readonly string[] | undefined): ProjectPlan["groups"] {
    const all = this.#project.groups;
    if (names === undefined) return all.filter(({ features }) => features.some(({ forward }) => !forward));
    return names.map((name) => {
      const plan = all.find((group) => groupName(group) === name);
      if (plan !== undefined) return plan;
      throw new TondoError("UNKNOWN_GROUP", `there is no group "${name}"`, {
        hint: closestName(name, all.map(groupName)) ?? "Groups are named entity:group.",
      });
    });
  }

  #moment(at: Micros | undefined): AskedMoment {
    return at === undefined ? { clock: this.#clock } : { at };
  }

  #program(names: readonly string[]): NamesProgram {
    const id = names.join("\n");
    const known = this.#programs.get(id);
    if (known !== undefined) return known;
    const program = new NamesProgram(this.#project, names, this.functions);
    const [oldest] = this.#programs.keys();
    if (oldest !== undefined && this.#programs.size >= this.#limits.programs) this.#programs.delete(oldest);
    this.#programs.set(id, program);
    return program;
  }

  #checkEntities(keys: readonly EntityKeys[]): void {
    for (const one of keys) {
      for (const name of Object.keys(one)) {
        if (this.#project.entities.some((entity) => entity.name === name)) continue;
        throw new TondoError("KEY_INVALID", `there is no entity "${name}"`, {
          hint:
            closestName(
              name,
              this.#project.entities.map((entity) => entity.name),
            ) ?? "Keys are given by entity.",
        });
      }
    }
  }
}

/** A reader of features: see {@link FeatureReader}. */
export function createFeatureReader(options: FeatureReaderOptions): FeatureReader {
  return new FeatureReader(options);
}

function isMany(keys: EntityKeys | readonly EntityKeys[]): keys is readonly EntityKeys[] {
  return Array.isArray(keys);
}

function loaded(pointer: GroupPointer | undefined, name: string): GroupPointer {
  if (pointer !== undefined) return pointer;
  throw new TondoError("GROUP_NOT_MATERIALIZED", `${name} has not been materialized`, {
    hint: "Run `tondo materialize`.",
    details: { group: name },
  });
}

import {
  type AnyProject,
  type FeatureName,
  type GivenValue,
  type GroupName,
  type KeysOf,
  type Micros,
  parseTypeName,
  type ProjectTypes,
  systemClock,
  toMicros,
  TondoError,
  type VectorName,
} from "../../core/index.ts";
import {
  type FunctionLibrary,
  functionLibrary,
  type GroupPlan,
  type ProjectPlan,
  type VectorPlan,
} from "../../dsl/index.ts";
import type { AnswerLog, VectorAnswerLog } from "./answer-log.ts";
import { closestName } from "./closest-name.ts";
import { encodeKey } from "./codec/index.ts";
import { type EntityKeys, keyValues } from "./entity-keys.ts";
import type { FeatureValue } from "./feature-value.ts";
import { entityOf } from "./find-feature.ts";
import { groupName } from "./group-pointer.ts";
import { findGroup, loadedMoment } from "./loaded-moment.ts";
import { LookupReader } from "./lookup-reader.ts";
import { NamesProgram } from "./names-program.ts";
import type { OnlineStore } from "./online-store.ts";
import type { AskedRead } from "./read-program.ts";
import {
  askedRead,
  defaultFeatureReaderLimits,
  type FeatureReaderLimits,
  type FeatureReaderOptions,
  type GetOptions,
  type PushedRows,
  type PushRows,
  type ReadCallOptions,
  readingDefaults,
  type VectorGetOptions,
} from "./reader-options.ts";
import { RecordReads } from "./record-reads.ts";
import { type RequestKeys, type RequestReader, requestReader } from "./request-reader.ts";
import type { VectorRequest } from "./vector-keys.ts";
import { type VectorAnswer, VectorProgram } from "./vector-program.ts";
import { type VectorRow, VectorRows } from "./vector-rows.ts";

/** Some features of one key, and the moment they are of. */
export interface FeatureRow<N extends string, P extends ProjectTypes = AnyProject> {
  readonly at: Micros;
  readonly values: { readonly [K in N]: FeatureValue<P["features"][K]["value"]> };
}

/** Reads the vectors' stored values; made once for a vector, used for each request. */
export interface PreparedVector {
  /**
   * The stored values of the vector's `reads`, in order. A store that has them at once gives them without a promise.
   * @throws TondoError as {@link FeatureReader.get}
   */
  read(request: VectorRequest, at?: Micros, options?: ReadCallOptions): VectorAnswer | Promise<VectorAnswer>;
}

/** A vector as it is asked for: what to read, how requests are read, how answers are named. */
interface AskedVector {
  readonly program: VectorProgram;
  readonly request: RequestReader;
  readonly rows: VectorRows;
  readonly log: VectorAnswerLog | undefined;
}

/** Features by canonical name from an online store; the names are those of `P`, which `tondo types` writes. */
export class FeatureReader<P extends ProjectTypes = AnyProject> {
  /** The functions of the project's own: what predicts with its vectors calls the same. */
  readonly functions: FunctionLibrary;
  /** Takes down what is answered for vectors: what predicts with them logs there what it made of it. */
  readonly log: AnswerLog | undefined;
  readonly #project: ProjectPlan;
  readonly #entities: ReadonlySet<string>;
  readonly #store: OnlineStore;
  readonly #records: RecordReads;
  readonly #reader: LookupReader;
  readonly #limits: FeatureReaderLimits;
  readonly #defaults: AskedRead;
  readonly #push: PushRows | undefined;
  readonly #programs: Map<string, NamesProgram> = new Map<string, NamesProgram>();
  readonly #vectors: WeakMap<VectorPlan, AskedVector> = new WeakMap<VectorPlan, AskedVector>();

  /** @throws TondoError `INVALID_ARGUMENT` where a deadline, a limit or a bound of the cache is none */
  constructor(options: FeatureReaderOptions) {
    const { project, store, clock = systemClock, limits, functions, cache, log } = options;
    this.log = log;
    this.#push = options.push;
    this.functions = functionLibrary(functions);
    this.#project = project;
    this.#entities = new Set(project.entities.map(({ name }) => name));
    this.#store = store;
    this.#limits = { ...defaultFeatureReaderLimits, ...limits };
    this.#defaults = readingDefaults(options, this.#limits);
    this.#records = new RecordReads(cache);
    this.#reader = new LookupReader({ store, clock, records: this.#records, maxUnderWay: this.#limits.underWay });
  }

  /**
   * Features of one key or of several, by name; or what a vector reads, by its name, for the keys of one request or of several.
   *
   * Groups are read at once. What a store that answers later has not said by the deadline, or cannot say since it is away, is `unavailable` with the
   * cause; the rest is answered.
   *
   * @example
   * ```ts
   * const { values } = await features.get(["airport:departures:delay_3h"], { airport: "SFO" }, { at });
   * values["airport:departures:delay_3h"]; // { value: 12.5, status: "present" }
   *
   * const rows = await features.get("eta", [{ store: "r1" }, { store: "r2" }], { deadlineMs: 50 });
   * rows[1]?.values.store["restaurant:kitchen:prep_7d"]; // { value: 9, status: "present" }
   * ```
   * @throws TondoError `UNKNOWN_FEATURE`, `UNKNOWN_VECTOR`, `KEY_INVALID`, `INPUT_INVALID`, `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`,
   * `STORE_CORRUPT`, `STORE_BUSY`, `LIMIT_EXCEEDED`; with `partial: false` also `DEADLINE_EXCEEDED`, `STORE_UNAVAILABLE`
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
  async get<const V extends VectorName<P>>(
    vector: V,
    keys: readonly P["vectors"][V]["keys"][],
    options?: VectorGetOptions<Partial<P["vectors"][V]["inputs"]>>,
  ): Promise<readonly VectorRow<P["vectors"][V]["reads"]>[]>;
  async get<const V extends VectorName<P>>(
    vector: V,
    keys: P["vectors"][V]["keys"],
    options?: VectorGetOptions<Partial<P["vectors"][V]["inputs"]>>,
  ): Promise<VectorRow<P["vectors"][V]["reads"]>>;
  async get(
    vector: VectorPlan,
    keys: readonly RequestKeys[],
    options?: VectorGetOptions,
  ): Promise<readonly VectorRow[]>;
  async get(vector: VectorPlan, keys: RequestKeys, options?: VectorGetOptions): Promise<VectorRow>;
  // At run time all names, keys and inputs are looked at.
  async get(
    asked: readonly string[] | string | VectorPlan,
    keys: unknown,
    options: VectorGetOptions = {},
  ): Promise<unknown> {
    const many: readonly unknown[] = Array.isArray(keys) ? keys : [keys];
    this.#checkCount(many.length, this.#limits.keys, "keys");
    if (!many.every(isObject)) {
      throw new TondoError("KEY_INVALID", "keys are given as objects, one for each request", {
        hint: isNames(asked) ? "Give { entity: key }." : "Give { role: key }.",
      });
    }
    const at = options.at === undefined ? undefined : toMicros(options.at);
    const how = askedRead(options, this.#defaults, this.#limits);
    const rows = isNames(asked)
      ? await this.#named(asked, many as readonly EntityKeys[], at, how)
      : await this.#ofVector(asked, many as readonly RequestKeys[], options, at, how);
    return Array.isArray(keys) ? rows : rows[0];
  }

  /**
   * Applies rows of a source, of events or of a snapshot, at once: to all groups over it. When it returns they are durable, and all who read see them, in every
   * process; training sets know when each was applied. All of the rows are, or none.
   *
   * @param rows each with the source's columns by name; `null` where a value is not known
   * @example
   * ```ts
   * const { appliedAt } = await features.push("orders", [
   *   { restaurant_id: "r1", ordered_at: new Date(), status: "done", prep_minutes: 12 },
   * ]);
   * ```
   * @throws TondoError `INVALID_ARGUMENT` where the source or the store takes no rows, `INPUT_INVALID` and `KEY_INVALID` with row and column, `LIMIT_EXCEEDED`,
   * `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`, `ERASURES_UNREADABLE`, and what the store throws
   */
  async push(source: string, rows: readonly Readonly<Record<string, GivenValue>>[]): Promise<PushedRows> {
    if (this.#push !== undefined) return this.#push(source, rows);
    throw new TondoError("INVALID_ARGUMENT", "this reader of features takes no rows", {
      hint: "Push with the reader that `features()` of an opened project gives.",
    });
  }

  /**
   * Resolves a vector's groups, keys and codecs once, for many requests.
   * @throws TondoError `UNKNOWN_VECTOR`
   */
  prepare(vector: VectorName<P> | VectorPlan): PreparedVector {
    const { program, log } = this.#vector(vector);
    const read: PreparedVector["read"] = (request, at, options) => {
      const how = options === undefined ? this.#defaults : askedRead(options, this.#defaults, this.#limits);
      const answers = this.#reader.read(program, [request], 1, at, how);
      if (!(answers instanceof Promise)) return program.finish(answers);
      return program.isFinished ? answers : answers.then((found) => program.finish(found));
    };
    if (log === undefined) return { read };
    return {
      read: (request, at, options) => {
        const answer = read(request, at, options);
        if (!log.takes(request.columns, options?.log)) return answer;
        return answer instanceof Promise
          ? answer.then((found) => logPrepared(log, request, found))
          : logPrepared(log, request, answer);
      },
    };
  }

  /**
   * The first moment for which all of some groups (`entity:group`; by default all with something to read) answer: that of the newest of their
   * loads.
   *
   * @throws TondoError `UNKNOWN_GROUP`, `GROUP_NOT_MATERIALIZED`
   */
  loadedMoment(groups?: readonly GroupName<P>[]): Promise<Micros> {
    return loadedMoment(this.#project, this.#store, groups);
  }

  /**
   * Says that what the store holds of a key in a group has changed, by an erasure say: nothing of it that was read before is given out from
   * now on. Other processes hold what they keep for as long as their cache says.
   *
   * @throws TondoError `UNKNOWN_GROUP`, `KEY_INVALID`
   */
  evict<const G extends GroupName<P>>(group: G, key: P["entities"][P["groups"][G]]): void {
    // Types say what a key is; what was given is looked at.
    this.#evict(findGroup(this.#project, group), key as EntityKeys[string]);
  }

  /**
   * Says the same of a key in all groups of its entity that this reader knows, by the definitions that it was made with. Those in force may be others, and the key none by its own: then
   * all keys are forgotten.
   *
   * @example `features.evictKey("customer", "c-1029")`
   */
  evictKey<const E extends keyof P["entities"] & string>(entity: E, key: P["entities"][E]): void {
    try {
      for (const group of this.#project.groups)
        if (group.entity === entity) this.#evict(group, key as EntityKeys[string]);
    } catch (error) {
      if (!(error instanceof TondoError && error.code === "KEY_INVALID")) throw error;
      this.#records.forget();
    }
  }

  #evict(group: GroupPlan, key: EntityKeys[string]): void {
    const entity = entityOf(this.#project, group.entity);
    const values = keyValues(entity, { [entity.name]: key });
    // A key of which a part is missing has no record.
    if (values.includes(null)) return;
    const kinds = group.key.map(({ type }) => parseTypeName(type).kind);
    this.#records.evict(groupName(group), encodeKey(kinds, values));
  }

  async #named(
    names: readonly string[],
    keys: readonly EntityKeys[],
    at: Micros | undefined,
    how: AskedRead,
  ): Promise<readonly FeatureRow<string>[]> {
    this.#checkCount(names.length, this.#limits.names, "names");
    this.#checkEntities(keys);
    const program = this.#program(names);
    const answers = await this.#reader.read(program, keys, keys.length, at, how);
    return program.finish(answers, keys.length);
  }

  async #ofVector(
    vector: string | VectorPlan,
    keys: readonly RequestKeys[],
    options: VectorGetOptions,
    at: Micros | undefined,
    how: AskedRead,
  ): Promise<readonly VectorRow[]> {
    const { program, request, rows, log } = this.#vector(vector);
    const requests = keys.map((own, i) => ({ columns: request(own, inputsOf(options.inputs, i, keys.length)) }));
    const answers = program.finish(await this.#reader.read(program, requests, keys.length, at, how));
    if (log === undefined) return rows.of(answers, keys.length);
    const { stride } = answers;
    const ids: (string | undefined)[] = [];
    for (const [i, { columns }] of requests.entries()) {
      const isTaken = log.takes(columns, options.log);
      ids.push(isTaken ? await log.add({ by: "get", columns, answer: answers, base: i * stride }) : undefined);
    }
    return rows.of(answers, keys.length, ids);
  }

  #vector(asked: string | VectorPlan): AskedVector {
    const plan = typeof asked === "string" ? this.#findVector(asked) : asked;
    const known = this.#vectors.get(plan);
    if (known !== undefined) return known;
    const made = {
      program: new VectorProgram(plan, this.functions),
      request: requestReader(plan, "reads"),
      rows: new VectorRows(plan),
      log: this.log?.vector(plan),
    };
    this.#vectors.set(plan, made);
    return made;
  }

  #findVector(name: string): VectorPlan {
    const { vectors } = this.#project;
    const plan = vectors.find((vector) => vector.name === name);
    if (plan !== undefined) return plan;
    const names = vectors.map((vector) => vector.name);
    throw new TondoError("UNKNOWN_VECTOR", `there is no vector "${name}"`, {
      hint: closestName(name, names) ?? "Give a vector's name, or a list of features' names.",
    });
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

  #checkCount(count: number, limit: number, what: "keys" | "names"): void {
    if (count <= limit) return;
    throw new TondoError("LIMIT_EXCEEDED", `${String(count)} ${what} are more than one call may ask for`, {
      hint: `Ask for ${String(limit)} at a time, or raise the limit \`${what}\`.`,
    });
  }

  #checkEntities(keys: readonly EntityKeys[]): void {
    for (const one of keys) {
      // Without a list of the names of each key.
      for (const name in one) {
        if (this.#entities.has(name) || !Object.hasOwn(one, name)) continue;
        throw new TondoError("KEY_INVALID", `there is no entity "${name}"`, {
          hint: closestName(name, [...this.#entities]) ?? "Keys are given by entity.",
        });
      }
    }
  }
}

/** A reader of features: see {@link FeatureReader}. */
export function createFeatureReader(options: FeatureReaderOptions): FeatureReader {
  return new FeatureReader(options);
}

function logPrepared(
  log: VectorAnswerLog,
  { columns }: VectorRequest,
  answer: VectorAnswer,
): VectorAnswer | Promise<VectorAnswer> {
  const named = (requestId: string | undefined): VectorAnswer =>
    requestId === undefined ? answer : { ...answer, requestId };
  const id = log.add({ by: "prepare", columns, answer, base: 0 });
  return id instanceof Promise ? id.then(named) : named(id);
}

function isObject(one: unknown): boolean {
  return typeof one === "object" && one !== null && !Array.isArray(one);
}

function isNames(asked: readonly string[] | string | VectorPlan): asked is readonly string[] {
  return Array.isArray(asked);
}

/** The inputs of one of several requests: its own, or those of all. */
function inputsOf(inputs: VectorGetOptions["inputs"], i: number, requests: number): Readonly<Record<string, never>> {
  const given: unknown = Array.isArray(inputs) ? inputs[i] : inputs;
  if (Array.isArray(inputs) && inputs.length !== requests) {
    throw new TondoError("INPUT_INVALID", `there are ${String(inputs.length)} inputs for ${String(requests)} keys`, {
      hint: "Give inputs for each key in their order, or one object for all.",
    });
  }
  return (given ?? {}) as Readonly<Record<string, never>>;
}

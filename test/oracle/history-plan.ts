import * as fc from "fast-check";
import { hopOf, type Micros, type TypeName } from "../../src/core/index.ts";
import type {
  EntityPlan,
  ExpressionPlan,
  GroupPlan,
  ProjectPlan,
  ReadPlan,
  SourcePlan,
  StoredPlan,
  StoredWindowPlan,
  TransportPlan,
  VectorPlan,
} from "../../src/dsl/plan/index.ts";
import {
  type Aggregate,
  aggregates,
  call,
  column,
  columnsOf,
  filters,
  literal,
  optional,
} from "./history-expressions.ts";
import { lags, ttls, windows } from "./history-moments.ts";
import { keyTypes, payloadTypes } from "./history-values.ts";

type PayloadColumn = keyof typeof payloadTypes;

/** When the rows of one place are known. */
type Knowledge = "at once" | "a column" | "a column, else the time" | { readonly lag: Micros };

interface SourceSeed {
  readonly files: readonly ("parquet" | "csv")[];
  /** Of each place; the second may be as the first. */
  readonly known: readonly [Knowledge, Knowledge];
  /** A topic beside the files, of which no row is at rest: its lag counts, and it alone. */
  readonly topic: { readonly lag: Micros | null } | null;
  readonly deleted: ExpressionPlan | null;
}

interface WindowSeed {
  /** Which of the project's lengths. */
  readonly length: number;
  readonly direction: "back" | "next";
  readonly aggregate: Aggregate;
  readonly where: ExpressionPlan | null;
}

/** One read by a key that is computed from other reads. */
export interface HopSeed {
  /** For each part of the key: which value it is made of, and how. */
  readonly parts: readonly { readonly of: number; readonly form: HopForm }[];
  /** Which group and stored value it then reads. */
  readonly reads: number;
}

/**
 * How a part of a key is made: of a value as it is; of one that is put in its place where it is missing; of the request's own key
 * (beside another part that is not); of the first that is there of two values and that key.
 */
type HopForm = "as it is" | "or else" | "own" | "either";

/** The choices a project is made of. */
export interface ProjectSeed {
  readonly keyTypes: readonly ("string" | "int")[];
  readonly roles: readonly string[];
  readonly events: SourceSeed;
  readonly id: readonly ("id" | "part")[];
  readonly states: SourceSeed;
  readonly facts: SourceSeed;
  /** How long windows are: one or two lengths, so that rows placed about one window lie in others. */
  readonly lengths: readonly Micros[];
  readonly eventGroups: readonly { readonly hasComputedKey: boolean; readonly windows: readonly WindowSeed[] }[];
  readonly stateGroups: readonly { readonly ttl: Micros | null; readonly columns: readonly PayloadColumn[] }[];
  readonly factColumns: readonly PayloadColumn[];
}

const knowledge: fc.Arbitrary<Knowledge> = fc.oneof(
  { weight: 1, arbitrary: fc.constant("at once" as const) },
  { weight: 3, arbitrary: fc.constant("a column" as const) },
  { weight: 1, arbitrary: fc.constant("a column, else the time" as const) },
  { weight: 2, arbitrary: fc.constantFrom(...lags).map((lag) => ({ lag })) },
);

const sourceSeeds: fc.Arbitrary<SourceSeed> = fc.record({
  known: fc.oneof(
    knowledge.map((one): SourceSeed["known"] => [one, one]),
    fc.tuple(knowledge, knowledge),
  ),
  files: fc.constantFrom<SourceSeed["files"][]>(["parquet"], ["csv"], ["parquet", "csv"], ["parquet", "csv"]),
  topic: fc.option(fc.record({ lag: fc.option(fc.constantFrom(...lags)) }), { freq: 3 }),
  deleted: fc.option(
    fc.constantFrom<ExpressionPlan[]>(
      column("gone", "bool?"),
      column("gone", "bool?"),
      call("bool?", "and", column("gone", "bool?"), call("bool?", "gt", column("n", "int?"), literal("int", 0))),
      call("bool", "is_missing", column("s", "string?")),
    ),
    { freq: 2 },
  ),
});

const payloadColumns: fc.Arbitrary<readonly PayloadColumn[]> = fc.uniqueArray(
  fc.constantFrom<PayloadColumn[]>("x", "n", "s", "b"),
  {
    minLength: 1,
  },
);

const windowSeeds: fc.Arbitrary<WindowSeed> = fc.record({
  length: fc.nat(1),
  direction: fc.constantFrom<WindowSeed["direction"][]>("back", "back", "next"),
  aggregate: aggregates,
  where: fc.option(filters, { freq: 2 }),
});

/** Up to three reads by computed keys. */
export const hopSeeds: fc.Arbitrary<readonly HopSeed[]> = fc.array(
  fc.record({
    parts: fc.array(
      fc.record({
        of: fc.nat(20),
        form: fc.constantFrom<HopForm[]>("as it is", "as it is", "or else", "own", "either"),
      }),
      { minLength: 2, maxLength: 2 },
    ),
    reads: fc.nat(20),
  }),
  { maxLength: 3 },
);

/** Choices for projects of one entity: one source of each kind, and a few groups from them. */
export const projectSeeds: fc.Arbitrary<ProjectSeed> = fc.record({
  keyTypes,
  roles: fc.constantFrom(["user"], ["user"], ["user", "peer"]),
  events: sourceSeeds,
  id: fc.constantFrom<ProjectSeed["id"][]>([], ["id"], ["id"], ["id", "part"]),
  states: sourceSeeds,
  facts: sourceSeeds,
  lengths: fc.uniqueArray(fc.constantFrom(...windows), { minLength: 1, maxLength: 2 }),
  eventGroups: fc.array(
    fc.record({
      hasComputedKey: fc.constantFrom(false, false, false, false, false, true),
      windows: fc.array(windowSeeds, { minLength: 1, maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  stateGroups: fc.array(fc.record({ ttl: fc.option(fc.constantFrom(...ttls), { freq: 5 }), columns: payloadColumns }), {
    minLength: 1,
    maxLength: 2,
  }),
  factColumns: payloadColumns,
});

/** What stands in the files of the three sources, whether or not a group reads it. */
export type FileColumns = Readonly<Record<"events" | "states" | "facts", Readonly<Record<string, TypeName>>>>;

/** A project of plans, made without the language. */
export interface Planned {
  readonly project: ProjectPlan;
  readonly vector: VectorPlan;
  readonly fileColumns: FileColumns;
}

/** Makes the plans of a project and of the one vector that reads all of it. */
export function planOf(seed: ProjectSeed, hops: readonly HopSeed[] = []): Planned {
  const keyNames = seed.keyTypes.map((_, i) => `key_${String(i)}`);
  const entity: EntityPlan = {
    name: "thing",
    key: keyNames.map((name, i) => ({ name, type: seed.keyTypes[i] ?? "int" })),
  };
  const keyColumns: Record<string, TypeName> = Object.fromEntries(
    entity.key.map(({ name, type }) => [name, optional(type)]),
  );
  const timeColumns = { at: "timestamp?", known: "timestamp?" } as const;
  const fileColumns: FileColumns = {
    events: { ...keyColumns, ...timeColumns, id: "string?", part: "int?", gone: "bool?", ...payloadTypes },
    states: { ...keyColumns, ...timeColumns, gone: "bool?", ...payloadTypes },
    facts: { ...keyColumns, ...payloadTypes },
  };
  const plainKey = entity.key.map(({ name, type }) => column(name, optional(type)));

  const groups: GroupPlan[] = [
    ...seed.eventGroups.map((group, i) =>
      groupPlan(
        `events_${String(i)}`,
        "events",
        group.hasComputedKey ? plainKey.map(computedKey) : plainKey,
        group.windows.map((window, at) => windowPlan(window, at, seed.lengths)),
      ),
    ),
    ...seed.stateGroups.map((group, i) => ({
      ...groupPlan(`states_${String(i)}`, "states", plainKey, group.columns.map(columnPlan)),
      ...(group.ttl === null ? {} : { ttl: group.ttl }),
    })),
    groupPlan("facts", "facts", plainKey, seed.factColumns.map(columnPlan)),
  ];
  const sources = [
    sourcePlan("events", "events", seed.events, fileColumns.events, groups, seed.id),
    sourcePlan("states", "snapshot", seed.states, fileColumns.states, groups, []),
    sourcePlan("facts", "table", { ...seed.facts, known: ["at once", "at once"] }, fileColumns.facts, groups, []),
  ];
  const vector = withHops(vectorPlan(entity, seed.roles, groups, sources), entity, hops);
  return { project: { version: 1, entities: [entity], sources, groups, vectors: [vector] }, vector, fileColumns };
}

/** Keys 1 and 2 change places, those beyond 2^53 - 1 go missing, and a missing string becomes "a". */
function computedKey(part: ExpressionPlan): ExpressionPlan {
  return part.type.startsWith("int")
    ? call("int?", "sub", literal("int", 3), part)
    : call("string", "coalesce", part, literal("string", "a"));
}

function windowPlan(
  { length, direction, aggregate, where }: WindowSeed,
  i: number,
  lengths: readonly Micros[],
): StoredWindowPlan {
  const over = lengths[length % lengths.length] ?? 1_000_000;
  return {
    kind: "window",
    name: `${aggregate.name}_${String(i)}`,
    type: aggregate.type,
    aggregate: aggregate.name,
    version: 1,
    ...(aggregate.options === undefined ? {} : { options: aggregate.options }),
    ...(aggregate.input === null ? {} : { input: aggregate.input }),
    ...(where === null ? {} : { where }),
    over,
    hop: hopOf(over),
    direction,
  };
}

function columnPlan(name: PayloadColumn): StoredPlan {
  return { kind: "column", name, type: payloadTypes[name], column: name };
}

function groupPlan(
  name: string,
  source: string,
  key: readonly ExpressionPlan[],
  stored: readonly StoredPlan[],
): GroupPlan {
  const reads = stored.flatMap((one) =>
    one.kind === "column"
      ? [one.column]
      : [one.input, one.where].flatMap((part) => (part === undefined ? [] : columnsOf(part))),
  );
  return {
    entity: "thing",
    name,
    source,
    key,
    reads: [...new Set(reads)].sort(),
    stored,
    features: stored.map((one) => ({
      name: one.name,
      type: one.type,
      forward: one.kind === "window" && one.direction === "next",
      value: { node: "stored", type: one.type, name: one.name },
    })),
  };
}

function sourcePlan(
  name: string,
  kind: SourcePlan["kind"],
  seed: SourceSeed,
  types: Readonly<Record<string, TypeName>>,
  groups: readonly GroupPlan[],
  idColumns: readonly string[],
): SourcePlan {
  const at = column("at", "timestamp?");
  const declared = column("known", "timestamp?");
  const knownOf = (knows: Knowledge): Pick<TransportPlan, "known" | "lag"> => {
    if (typeof knows === "object") return knows;
    if (knows === "at once") return {};
    return { known: knows === "a column" ? declared : call("timestamp?", "coalesce", declared, at) };
  };
  const deleted = kind === "snapshot" || idColumns.length > 0 ? seed.deleted : null;
  const topics: readonly TransportPlan[] =
    seed.topic === null || kind !== "events"
      ? []
      : [{ format: "kafka", topic: name, ...(seed.topic.lag === null ? {} : { lag: seed.topic.lag }) }];
  const files = seed.files.map((format, i): TransportPlan => ({
    format,
    path: `data/${name}/*.${format}`,
    ...knownOf(seed.known[i] ?? "at once"),
  }));
  const id = idColumns.map((part) => column(part, types[part] ?? "string?"));
  const own = groups.filter((group) => group.source === name);
  const read = new Set([
    ...own.flatMap((group) => [...group.reads, ...group.key.flatMap(columnsOf)]),
    ...(kind === "table" ? [] : ["at"]),
    ...files.flatMap(({ known }) => (known === undefined ? [] : columnsOf(known))),
    ...(deleted === null ? [] : columnsOf(deleted)),
    ...idColumns,
  ]);
  return {
    name,
    kind,
    transports: [...files, ...topics],
    ...(kind === "table" ? {} : { at }),
    ...(id.length === 0 ? {} : { id }),
    ...(deleted === null ? {} : { deleted }),
    columns: Object.fromEntries([...read].sort().map((one) => [one, types[one] ?? "string?"])),
  };
}

function vectorPlan(
  entity: EntityPlan,
  roles: readonly string[],
  groups: readonly GroupPlan[],
  sources: readonly SourcePlan[],
): VectorPlan {
  const reads = (direction: "back" | "next"): readonly ReadPlan[] =>
    roles.flatMap((role) =>
      groups.flatMap((group) =>
        group.stored
          .filter((one) => (one.kind === "window" ? one.direction : "back") === direction)
          .map((one) => ({
            id: `${role}__thing__${group.name}__${one.name}`,
            entity: "thing",
            group: group.name,
            stored: one.name,
            type: one.type,
            key: roleColumns(entity, role).map(({ name, type }) => column(name, type)),
          })),
      ),
    );
  return {
    version: 1,
    name: "everything",
    roles: roles.map((role) => ({ role, entity: "thing" })),
    keys: roles.flatMap((role) => roleColumns(entity, role)),
    inputs: [],
    labelColumns: [],
    reads: reads("back"),
    labelReads: reads("next"),
    slots: [],
    labels: [],
    entities: [entity],
    sources,
    groups,
  };
}

/** The vector with reads, backward and forward ones, whose keys are made of what its other reads find. */
function withHops(vector: VectorPlan, entity: EntityPlan, seeds: readonly HopSeed[]): VectorPlan {
  const first = vector.reads;
  const hops = seeds.flatMap((seed, i): ReadPlan[] => {
    const all = [...vector.reads, ...vector.labelReads];
    const read = all[seed.reads % all.length];
    const key = entity.key.flatMap(({ type }, part) => {
      const choice = seed.parts[part];
      const own = column(roleColumns(entity, vector.roles[0]?.role ?? "")[part]?.name ?? "", optional(type));
      return choice === undefined ? [] : (hopPart(choice, type, first, own) ?? []);
    });
    if (read === undefined || key.length < entity.key.length) return [];
    return [{ ...read, id: `hop_${String(i)}__thing__${read.group}__${read.stored}`, key }];
  });
  const isForward = ({ id }: ReadPlan): boolean => vector.labelReads.some((read) => id.endsWith(afterRole(read.id)));
  return {
    ...vector,
    // Before what their keys are made of: the order of reads says nothing.
    reads: [...hops.filter((hop) => !isForward(hop)), ...vector.reads],
    labelReads: [...hops.filter(isForward), ...vector.labelReads],
  };
}

function afterRole(id: string): string {
  return id.slice(id.indexOf("__"));
}

function hopPart(
  { of, form }: HopSeed["parts"][number],
  type: TypeName,
  reads: readonly ReadPlan[],
  own: ExpressionPlan,
): ExpressionPlan | undefined {
  const fitting = reads.filter((read) => optional(read.type) === optional(type));
  const [one, other] = [fitting[of % fitting.length], fitting[(of + 1) % fitting.length]];
  if (one === undefined || other === undefined) return form === "own" ? own : undefined;
  const stored = ({ id, type: kind }: ReadPlan): ExpressionPlan => ({ node: "stored", type: optional(kind), name: id });
  switch (form) {
    case "as it is":
      return stored(one);
    case "or else":
      return call(optional(type), "coalesce", stored(one), literal(type, type === "int" ? 1 : "a"));
    case "own":
      return own;
    case "either":
      return call(optional(type), "coalesce", stored(one), stored(other), own);
  }
}

/** The columns of the left rows that hold a role's key: named as the role, or `role_column` where there are several. */
export function roleColumns(entity: EntityPlan, role: string): EntityPlan["key"] {
  return entity.key.map(({ name, type }) => ({
    name: entity.key.length === 1 ? role : `${role}_${name}`,
    type: optional(type),
  }));
}

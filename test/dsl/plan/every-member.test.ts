import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/index.ts";
import {
  type CallPlan,
  type ColumnPlan,
  defineFunction,
  entityFingerprint,
  type EntityPlan,
  type FeaturePlan,
  type FileTransportPlan,
  type FittedPlan,
  fittedFingerprint,
  groupFingerprint,
  type GroupPlan,
  type KeyColumnPlan,
  type LabelPlan,
  type LiteralPlan,
  type NowPlan,
  type ProjectPlan,
  type ReadPlan,
  type RolePlan,
  type SlotPlan,
  sourceFingerprint,
  type SourcePlan,
  type StoredColumnPlan,
  storedFingerprint,
  type StoredRefPlan,
  type StoredWindowPlan,
  type TableTransportPlan,
  type TopicTransportPlan,
  vectorFingerprint,
  type VectorPlan,
} from "../../../src/dsl/index.ts";
import { compileText } from "../check-one.ts";

/** A project that uses every member of every plan. */
const everything = `
entity shop (shop_id: string) {
  pii shop_id
}
entity region (region: string)
events orders {
  parquet "orders/*.parquet" known loaded_at
  parquet "late/*.parquet"
  kafka "orders" lag 5s
  kafka "late_orders" known loaded_at + 5m
  columns (shop_id: string, ordered_at: timestamp, loaded_at: timestamp, order_id: string, price: float, tags: list<string>, gone: bool)
  at ordered_at
  id order_id
  deleted gone
  pii shop_id, order_id
}
snapshot shops {
  parquet "shops/*.parquet" lag 10m
  postgres "app.public.shops" cursor updated_at lookback 1h known updated_at
  postgres "app.public.old_shops" lag 1d
  columns (shop_id: string, updated_at: timestamp, lat: float, lon: float, kind: string, look: embedding(3))
  at updated_at
  deleted kind == "closed"
}
table regions {
  csv "regions.csv"
  columns (region: string, tz: string)
}
group shop:sales from orders by lower(shop_id) as shop_id {
  hop 1s
  high_1d = quantile(price, 0.9) over 1d where price > 1 and contains(tags, "new")
  any_1h  = first(price, skip_missing: false) over 1h
  next_1h = count() over next 1h
  rate    = (high_1d ?? 0) / 2
}
group shop:profile from shops by shop_id {
  ttl 90d
  lat, lon, kind, look
}
group region:place from regions by region {
  tz
}
vector eta {
  key   store: shop, other: shop
  input km: float, words: list<string>?, eye: embedding(3)
  pii words
  let region = geohash(@shop:profile:lat[store], @shop:profile:lon[store], 5)
  near  = km | clip(0, 5)
  high  = @shop:sales:high_1d[store] | fill(median) | quantize(4)
  rate  = @shop:sales:rate[other] ?? 1
  any   = @shop:sales:any_1h[store] ?? 1
  kind  = @shop:profile:kind[store] in ["thai", "pizza"]
  hour  = now | hour(tz: @region:place:tz[region])
  words = len(words)
  mood  = mood(km)
  like  = cosine(eye, @shop:profile:look[store])
  label late: float known delivered_at
  label more = @shop:sales:next_1h[store] > 3
}
`;

type Keys<T> = Readonly<Record<keyof T, true>>;
const knowledge = { known: true, lag: true } as const;
const key: Keys<KeyColumnPlan> = { name: true, type: true };

/** Every member of every plan: a new one does not compile before it stands here, and is not found before the project has it. */
const members = {
  literal: { node: true, type: true, value: true } satisfies Keys<LiteralPlan>,
  column: { node: true, type: true, name: true } satisfies Keys<ColumnPlan>,
  stored: { node: true, type: true, name: true } satisfies Keys<StoredRefPlan>,
  now: { node: true, type: true } satisfies Keys<NowPlan>,
  call: {
    ...({ node: true, type: true, function: true, version: true } as const),
    ...({ tables: true, user: true, args: true, options: true } as const),
  } satisfies Keys<CallPlan>,
  fitted: {
    ...({ node: true, type: true, function: true, version: true, fit: true } as const),
    ...({ arg: true, options: true } as const),
  } satisfies Keys<FittedPlan>,
  entities: { name: true, key: true, pii: true } satisfies Keys<EntityPlan>,
  keyColumns: key,
  sources: {
    ...({ name: true, kind: true, transports: true, at: true } as const),
    ...({ id: true, deleted: true, columns: true, pii: true } as const),
  } satisfies Keys<SourcePlan>,
  topics: { format: true, topic: true, ...knowledge } satisfies Keys<TopicTransportPlan>,
  tables: {
    ...({ format: true, table: true, cursor: true, lookback: true } as const),
    ...knowledge,
  } satisfies Keys<TableTransportPlan>,
  // No definition says where pushed rows lie.
  files: { format: true, path: true, ...knowledge } satisfies Keys<Omit<FileTransportPlan, "pushed" | "late">>,
  storedColumns: { kind: true, name: true, type: true, column: true } satisfies Keys<StoredColumnPlan>,
  windows: {
    ...({ kind: true, name: true, type: true, aggregate: true, version: true, options: true } as const),
    ...({ input: true, where: true, over: true, hop: true, direction: true } as const),
  } satisfies Keys<StoredWindowPlan>,
  features: { name: true, type: true, forward: true, value: true } satisfies Keys<FeaturePlan>,
  groups: {
    ...({ entity: true, name: true, source: true, key: true, ttl: true } as const),
    ...({ reads: true, stored: true, features: true } as const),
  } satisfies Keys<GroupPlan>,
  roles: { role: true, entity: true } satisfies Keys<RolePlan>,
  reads: {
    ...({ id: true, entity: true, group: true, stored: true, type: true, key: true } as const),
  } satisfies Keys<ReadPlan>,
  slots: { name: true, type: true, value: true } satisfies Keys<SlotPlan>,
  labels: { name: true, type: true, value: true, known: true } satisfies Keys<LabelPlan>,
  vectors: {
    ...({ version: true, name: true, roles: true, keys: true, inputs: true, labelColumns: true, reads: true } as const),
    ...({
      labelReads: true,
      slots: true,
      labels: true,
      entities: true,
      sources: true,
      groups: true,
      pii: true,
    } as const),
  } satisfies Keys<VectorPlan>,
};

type Path = readonly (string | number)[];

function isObject(value: Json | undefined): value is Readonly<Record<string, Json | undefined>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a value is, by where it stands and what it says of itself. */
function kindOf(value: Readonly<Record<string, Json | undefined>>, under: string): string {
  if (typeof value["node"] === "string") return value["node"];
  if (under === "transports")
    return value["format"] === "kafka" ? "topics" : value["format"] === "postgres" ? "tables" : "files";
  if (value["kind"] === "window") return "windows";
  if (value["kind"] === "column") return "storedColumns";
  if (["key", "keys", "inputs", "labelColumns"].includes(under)) return "keyColumns";
  return under === "labelReads" ? "reads" : under;
}

/** Every value within a value, with the way to it and the name that it stands under. */
function* within(value: Json | undefined, path: Path = [], under = ""): Generator<readonly [Json, Path, string]> {
  if (value === undefined) return;
  yield [value, path, under];
  if (Array.isArray(value)) {
    for (const [i, item] of (value as readonly Json[]).entries()) yield* within(item, [...path, i], under);
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) yield* within(member, [...path, name], name);
  }
}

/** The same value with another one at a path; without it where that is `undefined`. */
function changedAt<T>(value: T, path: Path, change: Json | undefined): T {
  const [step, ...rest] = path;
  if (step === undefined) return change as T;
  if (Array.isArray(value)) {
    const items = value.map((item: Json, i): Json | undefined => (i === step ? changedAt(item, rest, change) : item));
    return items.filter((item) => item !== undefined) as T;
  }
  const members = value as Readonly<Record<string, Json>>;
  return { ...members, [step]: changedAt(members[step] ?? null, rest, change) } as T;
}

/** Another value of the same type. */
function another(leaf: boolean | number | string | null): Json {
  if (leaf === null) return 0;
  if (typeof leaf === "boolean") return !leaf;
  return typeof leaf === "number" ? leaf + 1 : `${leaf}x`;
}

/** What a value is changed to, `undefined` being to take it out. Lists are emptied. */
function changesOf(value: Json, step: string | number | undefined): readonly (Json | undefined)[] {
  if (value === null || typeof value !== "object") return [another(value), undefined];
  if (Array.isArray(value)) return value.length === 0 ? [] : [[]];
  return step === "group" || step === "source" || step === "columns" ? [] : [undefined];
}

/** What is no part of a meaning: where a source's rows lie, what columns there are, and what is personal. */
const meaningless =
  /(^|\.)(pii(\.\d+)?|transports\.\d+\.(path|format|topic|table|cursor(\..*)?|lookback)|columns(\..*)?)$/;

const never = (): boolean => false;

/** Changes each leaf, empties each list, and takes out each member and item; says which changes the fingerprint did not follow as it should. */
function wrong<T>(
  plan: T,
  fingerprint: (plan: T) => string,
  ignored: (path: string) => boolean,
  matters: (path: string) => boolean = never,
): readonly string[] {
  const before = fingerprint(plan);
  const found: string[] = [];
  let tried = 0;
  for (const [value, path] of within(plan as Json)) {
    if (path.length === 0) continue;
    const where = path.join(".");
    for (const change of changesOf(value, path.at(-1))) {
      tried++;
      const isSame = fingerprint(changedAt(plan, path, change)) === before;
      if (isSame !== ((meaningless.test(where) && !matters(where)) || ignored(where)))
        found.push(`${where} ${change === undefined ? "taken out" : `as ${JSON.stringify(change)}`}`);
    }
  }
  expect(tried).toBeGreaterThan(1);
  return found;
}

const mood = defineFunction({
  name: "mood",
  version: 1,
  takes: { x: "float" },
  returns: "float?",
  compute: ({ x }) => x / 2,
});

function projectOf(text: string): ProjectPlan {
  const { plan, diagnostics } = compileText(text, "every.tondo", [mood]);
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return plan;
}

const project = projectOf(everything);

function sourceOf({ source }: GroupPlan): SourcePlan {
  const found = project.sources.find(({ name }) => name === source);
  if (found === undefined) throw new Error(source);
  return found;
}

describe("the fingerprints of a project that uses everything", () => {
  it("see every kind of node and every member of each", () => {
    const seen = new Set<string>();
    for (const [value, , under] of within(project as unknown as Json)) {
      if (!isObject(value)) continue;
      const kind = kindOf(value, under);
      for (const [name, member] of Object.entries(value)) if (member !== undefined) seen.add(`${kind}.${name}`);
    }
    const demanded = Object.entries(members).flatMap(([kind, names]) =>
      Object.keys(names).map((name) => `${kind}.${name}`),
    );
    expect(demanded.filter((member) => !seen.has(member))).toEqual([]);
  });

  it.each(project.vectors.map((vector) => [vector.name, vector] as const))(
    "change with everything in vector %s but its sources' places",
    (_name, vector) => {
      expect(wrong(vector, vectorFingerprint, never)).toEqual([]);
    },
  );

  it.each(project.groups.map((group) => [group.name, group] as const))(
    "change with everything in group %s and its source",
    (_name, group) => {
      const both = { group, source: sourceOf(group) };
      expect(wrong(both, ({ group: own, source }) => groupFingerprint(own, source), never)).toEqual([]);
      for (const plan of group.stored) {
        const { name } = plan;
        // What else the group stores, and what it makes of it, is not the stored value's matter.
        const alone = { ...both, group: { ...group, stored: [plan], features: [] } };
        const own = (changed: typeof alone): string => {
          // By its name it is found.
          const stored = changed.group.stored.map((one) => ({ ...one, name }));
          return storedFingerprint({ ...changed.group, stored }, name, changed.source);
        };
        expect(own(alone)).toBe(storedFingerprint(group, name, both.source));
        // Columns behind its own tell apart only rows that give the same, where no `id` says which rows are versions.
        const last = plan.kind === "column" ? group.reads.indexOf(plan.column) : group.reads.length;
        const isBehind = (path: string): boolean =>
          both.source.id === undefined && Number(/^group\.reads\.(\d+)/.exec(path)?.[1] ?? -1) > last;
        // What breaks ties does so in the order of its kind.
        const ordering = both.source.id === undefined ? group.reads.slice(0, last + 1) : group.reads;
        const orders = (path: string): boolean => ordering.some((one) => path === `source.columns.${one}`);
        const isOwn = (path: string): boolean => path === "group.stored.0.name" || isBehind(path);
        expect(wrong(alone, own, isOwn, orders)).toEqual([]);
      }
    },
  );

  it("change with everything in an entity, a source, and what was fitted", () => {
    for (const entity of project.entities) expect(wrong(entity, entityFingerprint, never)).toEqual([]);
    for (const source of project.sources) expect(wrong(source, sourceFingerprint, never)).toEqual([]);
    const fitted = { fit0: { value: 2.5 }, fit1: { edges: [1, 2], words: ["a"], mode: "b" } };
    expect(wrong(fitted, fittedFingerprint, never)).toEqual([]);
  });
});

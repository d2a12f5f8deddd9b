import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../../src/core/index.ts";
import {
  entityFingerprint,
  groupFingerprint,
  type ProjectPlan,
  sourceFingerprint,
  storedFingerprint,
  vectorFingerprint,
} from "../../../src/dsl/index.ts";
import { compileText } from "../check-one.ts";

const base = `
entity shop (shop_id: string)
events orders {
  parquet "orders/*.parquet" known loaded_at
  columns (shop_id: string, other_id: string, ordered_at: timestamp, loaded_at: timestamp, order_id: string, price: float, items: int)
  at ordered_at
  id order_id
}
snapshot shops {
  parquet "shops/*.parquet"
  columns (shop_id: string, updated_at: timestamp, kind: string, seats: int)
  at updated_at
}
group shop:sales from orders by shop_id {
  n_1h = count() over 1h
  mean_1d = mean(price) over 1d where items > 2
  rate = n_1h / (mean_1d ?? 1)
}
group shop:profile from shops by shop_id {
  ttl 90d
  kind, seats
}
vector eta {
  key shop
  input km: float, extra: int?
  let near = km | clip(0, 5)
  near_log = near | log1p
  n = @shop:sales:n_1h | fill(mean) | zscore
  rate = @shop:sales:rate ?? 0
  food = @shop:profile:kind | onehot(["thai", "pizza"])
  size = bucket(@shop:profile:seats, [10, 50])
  label late: float known delivered_at
}
`;

function planOf(text: string): ProjectPlan {
  const { plan, diagnostics } = compileText(text);
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return plan;
}

/** All fingerprints of a project, by what they are of. */
function fingerprints(text: string): Readonly<Record<string, string>> {
  const plan = planOf(text);
  const source = (name: string): ProjectPlan["sources"][number] => {
    const found = plan.sources.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  return Object.fromEntries([
    ...plan.entities.map((entity) => [`entity ${entity.name}`, entityFingerprint(entity)]),
    ...plan.sources.map((own) => [`source ${own.name}`, sourceFingerprint(own)]),
    ...plan.groups.flatMap((group) => [
      [`group ${group.name}`, groupFingerprint(group, source(group.source))],
      ...group.stored.map(({ name }) => [`stored ${name}`, storedFingerprint(group, name, source(group.source))]),
    ]),
    ...plan.vectors.map((vector) => [`vector ${vector.name}`, vectorFingerprint(vector)]),
  ]) as Readonly<Record<string, string>>;
}

function changed(before: string, after: string): readonly string[] {
  const a = fingerprints(before);
  const b = fingerprints(after);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).sort();
}

function replaced(find: string, by: string): string {
  const parts = base.split(find);
  expect(parts.length, find).toBe(2);
  return parts.join(by);
}

/** A declaration of the base text, found by its first words. */
function moved(first: string): string {
  const start = base.indexOf(first);
  const end = base.indexOf("\n}\n", start) + 3;
  return `${base.slice(start, end)}${base.slice(0, start)}${base.slice(end)}`;
}

describe("fingerprints stay", () => {
  const withTopic = (topic: string, knowledge: string): string =>
    replaced("known loaded_at\n", `known loaded_at\n  kafka "${topic}" ${knowledge}\n`);
  const meaningless: readonly (readonly [what: string, text: string, before?: string])[] = [
    ["white space", base.replaceAll("  ", "\t ").replaceAll(" = ", "=")],
    ["line ends of Windows", base.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\uFEFF${base}`],
    ["comments", base.replaceAll("\n", " // and so on\n")],
    ["docs", replaced("  n_1h =", "  /// How many.\n  n_1h =")],
    ["owner, description, sla", replaced("  ttl 90d", '  owner "a"\n  description "b"\n  sla 1h\n  ttl 90d')],
    ["a path", replaced('"orders/*.parquet"', '"elsewhere/*.parquet"')],
    ["a topic", withTopic("elsewhere", "lag 5s"), withTopic("orders", "lag 5s")],
    ["the unit of a lag", withTopic("orders", "lag 60s"), withTopic("orders", "lag 1m")],
    ["a format", replaced('parquet "shops/*.parquet"', 'csv "shops.csv"')],
    ["a second place of the same rows", replaced('parquet "shops/*.parquet"', 'parquet "a"\n  csv "b"')],
    ["backticks", replaced("n_1h = count()", "`n_1h` = count()")],
    ["the unit of a duration", replaced("ttl 90d", "ttl 2160h")],
    ["the form of a number", replaced("[10, 50]", "[1_0, 50]")],
    ["brackets", replaced("@shop:sales:rate ?? 0", "((@shop:sales:rate) ?? (0))")],
    ["a call for a pipe", replaced("near | log1p", "log1p(near)")],
    ["named for placed arguments", replaced("km | clip(0, 5)", "clip(km, high: 5, low: 0)")],
    ["a step written out", replaced("near | log1p", "km | clip(0, 5) | log1p")],
    ["a step that nobody uses", replaced("  near_log", "  let unused = @shop:profile:seats | zscore\n  near_log")],
    ["the role that is the only one", replaced("@shop:sales:n_1h |", "@shop:sales:n_1h[shop] |")],
    ["the order of a group's features", moved2("  n_1h = count() over 1h\n", "  rate = n_1h")],
    ["the order of declared columns", replaced("price: float, items: int", "items: int, price: float")],
    ["a column nobody reads", replaced("items: int)", "items: int, more: string)")],
    ["an optional column", replaced("items: int)", "items: int?)")],
    ...["entity shop", "events orders", "snapshot shops", "group shop:sales", "group shop:profile", "vector eta"].map(
      (first) => [`the place of ${first}`, moved(first)] as const,
    ),
  ];

  it.each(meaningless.map(([what, text, before = base]) => [what, text, before] as const))(
    "with %s",
    (_what, text, before) => {
      expect(text).not.toBe(before);
      expect(changed(before, text)).toEqual([]);
      expect(canonicalJson(vectorsWithoutPaths(text))).toBe(canonicalJson(vectorsWithoutPaths(before)));
    },
  );
});

function moved2(line: string, behind: string): string {
  const without = replaced(line, "");
  const at = without.indexOf("\n", without.indexOf(behind)) + 1;
  return without.slice(0, at) + line + without.slice(at);
}

function vectorsWithoutPaths(text: string): Json {
  const { vectors } = planOf(text);
  return vectors.map((vector) => ({ ...vector, sources: [] })) as unknown as Json;
}

describe("fingerprints change", () => {
  const all = ["group sales", "stored mean_1d", "stored n_1h", "vector eta"];
  const vector = ["vector eta"];
  const witnesses: readonly (readonly [what: string, find: string, by: string, changes: readonly string[]])[] = [
    ["an entity's key column", "(shop_id: string)\nevents", "(shop: string)\nevents", ["entity shop", ...vector]],
    ["when rows happened", "  at ordered_at", "  at loaded_at", [...all, "source orders"]],
    ["when rows are known", " known loaded_at", "", [...all, "source orders"]],
    ["known otherwise", "known loaded_at", "known ordered_at", [...all, "source orders"]],
    ["a second place known otherwise", "loaded_at\n", 'loaded_at\n  csv "late.csv"\n', [...all, "source orders"]],
    ["known with a lag", "known loaded_at", "lag 5s", [...all, "source orders"]],
    ["a topic, of which rows are known at once", "loaded_at\n", 'loaded_at\n  kafka "o"\n', [...all, "source orders"]],
    ["a topic's lag", "loaded_at\n", 'loaded_at\n  kafka "o" lag 1s\n', [...all, "source orders"]],
    ["which rows delete", "  id order_id\n", "  id order_id\n  deleted items == 0\n", [...all, "source orders"]],
    [
      "a lag where nothing was said",
      'parquet "shops/*.parquet"',
      'parquet "shops/*.parquet" lag 5m',
      ["group profile", "source shops", "stored kind", "stored seats", ...vector],
    ],
    [
      "which states delete",
      "  at updated_at\n",
      "  at updated_at\n  deleted seats == 0\n",
      ["group profile", "source shops", "stored kind", "stored seats", ...vector],
    ],
    [
      "another version, which changes the group and nothing of it",
      "  n_1h = count",
      "  n_1h@2 = count() over 3h\n  n_1h = count",
      ["group sales", "stored n_1h@2"],
    ],
    [
      "a version that gives no name to what others store",
      "kind, seats",
      "kind, seats\n  kind@2 = upper(kind)",
      ["group profile"],
    ],
    ["what one event is", "  id order_id\n", "", [...all, "source orders"]],
    ["the id's columns", "  id order_id\n", "  id order_id, shop_id\n", [...all, "source orders"]],
    [
      "a snapshot's time",
      "at updated_at",
      "at updated_at + 1s",
      ["group profile", "source shops", "stored kind", "stored seats", ...vector],
    ],
    [
      "a column behind the others, which breaks no ties of theirs",
      "kind, seats",
      "kind, seats, shop_id",
      ["group profile", "stored shop_id", ...vector],
    ],
    ["a column's type", "seats: int", "seats: float", ["group profile", "stored seats", ...vector]],
    [
      "a type read by an aggregate",
      "items: int)",
      "items: float)",
      ["group sales", "stored mean_1d", "stored n_1h", ...vector],
    ],
    ["whose rows they are", "orders by shop_id", "orders by other_id", all],
    ["a window", "over 1h", "over 2h", ["group sales", "stored n_1h", ...vector]],
    ["an aggregate", "mean(price)", "max(price)", ["group sales", "stored mean_1d", ...vector]],
    ["an aggregate's input", "mean(price)", "mean(price * 2)", ["group sales", "stored mean_1d", ...vector]],
    ["a filter", "items > 2", "items > 3", ["group sales", "stored mean_1d", ...vector]],
    ["a filter's operator", "items > 2", "items >= 2", ["group sales", "stored mean_1d", ...vector]],
    ["no filter, and so fewer columns read", " where items > 2", "", all],
    [
      "a hop",
      "  n_1h = count",
      "  hop 1m\n  n_1h = count",
      ["group sales", "stored mean_1d", "stored n_1h", ...vector],
    ],
    ["a ttl", "ttl 90d", "ttl 91d", ["group profile", "stored kind", "stored seats", ...vector]],
    ["no ttl", "  ttl 90d\n", "", ["group profile", "stored kind", "stored seats", ...vector]],
    ["a derived feature", "(mean_1d ?? 1)", "(mean_1d ?? 2)", ["group sales", ...vector]],
    ["another feature that no vector reads", "  rate = n_1h", "  twice = n_1h * 2\n  rate = n_1h", ["group sales"]],
    ["another role", "key shop", "key shop, second: shop", []],
    ["an input's type", "km: float", "km: int", vector],
    ["an input's absence", "extra: int?", "extra: int", vector],
    ["a step", "clip(0, 5)", "clip(0, 6)", vector],
    ["a literal's type", "(0, 5)", "(0, 5.5)", vector],
    ["a function", "| log1p", "| exp", vector],
    ["a slot's name", "near_log =", "near_log1p =", vector],
    ["a fitted function", "| fill(mean) | zscore", "| fill(0) | zscore", vector],
    ["the order of two fitted functions", "| fill(mean) | zscore", "| zscore | fill(mean)", vector],
    ["a constant behind ??", "@shop:sales:rate ?? 0", "@shop:sales:rate ?? 1", vector],
    ["a category", '"pizza"', '"pasta"', vector],
    ["the order of categories", '["thai", "pizza"]', '["pizza", "thai"]', vector],
    ["an edge", "[10, 50]", "[10, 51]", vector],
    ["the order of slots", "  size = bucket(@shop:profile:seats, [10, 50])\n", "", vector],
    ["a label's type", "late: float", "late: bool", vector],
    ["when a label is known", "known delivered_at", "known settled_at", vector],
    ["a vector's name", "vector eta", "vector eta2", ["vector eta", "vector eta2"]],
  ];

  it.each(witnesses.filter(([, , , changes]) => changes.length > 0))("with %s", (_what, find, by, changes) => {
    expect(changed(base, replaced(find, by))).toEqual([...changes].sort());
  });

  it("not with a version beside windows that are parts of features", () => {
    const before = replaced("(mean_1d ?? 1)", "(mean_1d ?? 1) + count() over 3h");
    const after = before.replace("  n_1h = count", "  n_1h@2 = count() over 3h\n  n_1h = count");
    expect(changed(before, after)).toEqual(["group sales", "stored n_1h@2"]);
  });

  it("with another role of the entity, which makes references ambiguous", () => {
    const two = base.replace("key shop", "key shop, second: shop").replaceAll(/(@shop:\w+:\w+)/g, "$1[shop]");
    expect(changed(base, two)).toEqual(["vector eta"]);
  });

  it("and with a function's version", () => {
    const [eta] = planOf(base).vectors;
    if (eta === undefined) throw new Error("no vector");
    const [slot, ...slots] = eta.slots;
    if (slot?.value.node !== "call") throw new Error("no call");
    const other = { ...eta, slots: [{ ...slot, value: { ...slot.value, version: 2 } }, ...slots] };
    expect(vectorFingerprint(other)).not.toBe(vectorFingerprint(eta));
  });
});

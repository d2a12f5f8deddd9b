import { describe, expect, it } from "vitest";
import {
  type Completion,
  completionsAt,
  compile,
  type ExpressionTypes,
  indexProject,
  parseProject,
} from "../../../src/dsl/index.ts";

const project = `/// A restaurant.
entity restaurant (restaurant_id: string)
entity trip (origin: string, destination: string)

events orders {
  parquet "orders/*.parquet"
  at ordered_at
}
snapshot restaurants {
  parquet "restaurants.parquet"
  at updated_at
}

/// Kitchen speed.
group restaurant:kitchen from orders by restaurant_id {
  /// Mean preparation time.
  prep_7d = mean(prep_minutes) over 7d
  prep_7d@2 = mean(prep_minutes) over 7d where status == "done"
}
group trip:traffic from orders by restaurant_id, status {
  n_1h = count() over 1h
}
`;
const schemas = new Map([
  ["orders", { restaurant_id: "string", ordered_at: "timestamp", prep_minutes: "float?", status: "string?" }],
  ["restaurants", { restaurant_id: "string", updated_at: "timestamp", cuisine: "string?" }],
] as const);

/** What could stand at the `|` of a text beside the project. */
function at(marked: string): readonly Completion[] {
  const offset = marked.indexOf("¦");
  const file = { path: "b.tondo", text: marked.replace("¦", "") };
  const parsed = parseProject([{ path: "a.tondo", text: project }, file]);
  const types: ExpressionTypes = new Map();
  compile(parsed, schemas, [], types);
  return completionsAt(indexProject(parsed, { schemas, types }), file, offset).items;
}
const labels = (marked: string): readonly string[] => at(marked).map(({ label }) => label);
/** The text once the completion of that label was taken. */
function taking(marked: string, label: string): string | undefined {
  const text = marked.replace("¦", "");
  const one = at(marked).find((item) => item.label === label);
  return one === undefined ? undefined : `${text.slice(0, one.start)}${one.insert}${text.slice(one.end)}`;
}
const inVector = (line: string): string =>
  `vector v {\n  key store: restaurant, trip\n  input km: float\n  let near = km < 3\n  ${line}\n}\n`;
const inGroup = (line: string, head = "group restaurant:g from orders by restaurant_id"): string =>
  `${head} {\n  busy = count() over 1h\n  ${line}\n}\n`;

describe("completion of a place in a database", () => {
  const source = (place: string): string =>
    `events sales {\n  ${place}\n  columns (n: int, at: timestamp)\n  at at\n}\n`;

  it("knows its clauses and the columns of its source", () => {
    expect(labels(source("¦"))).toContain("postgres");
    expect(labels(source('postgres "sales" ¦'))).toEqual(["cursor", "lookback", "known", "lag"]);
    expect(labels(source('parquet "sales" ¦'))).toEqual(["known", "lag"]);
    expect(labels(source('postgres "sales" cursor ¦'))).toEqual(["n", "at"]);
    expect(labels(source('postgres "sales" cursor n ¦'))).toEqual(["lookback", "known", "lag"]);
    expect(labels(source('postgres "sales" cursor n lookback ¦'))).toEqual([]);
  });
});

describe("completion", () => {
  it("begins declarations at the top, and only there", () => {
    const words = ["entity", "events", "snapshot", "table", "group", "vector", "test"];
    expect(labels("¦")).toEqual(words);
    expect(labels("ve¦")).toEqual(["events", "vector"]);
    expect(labels(`${inVector("")}ve¦`)).toEqual(["events", "vector"]);
    expect(labels("entity a (b: int)\n¦")).toEqual(words);
    expect(labels(inVector("¦"))).not.toContain("entity");
  });

  it("gives canonical names step by step and whole, with type and documentation", () => {
    expect(labels(inVector("a = @¦"))).toEqual([
      "restaurant",
      "trip",
      "restaurant:kitchen:prep_7d",
      "restaurant:kitchen:prep_7d@2",
      "trip:traffic:n_1h",
    ]);
    expect(labels(inVector("a = @restaurant:¦"))).toEqual([
      "kitchen",
      "restaurant:kitchen:prep_7d",
      "restaurant:kitchen:prep_7d@2",
    ]);
    expect(labels(inVector("a = @restaurant:kitchen:pr¦"))).toEqual(["prep_7d", "prep_7d@2"]);
    expect(taking(inVector("a = @kit¦ | fill(0)"), "restaurant:kitchen:prep_7d")).toBe(
      inVector("a = @restaurant:kitchen:prep_7d | fill(0)"),
    );
    expect(at(inVector("a = @restaurant:kitchen:¦"))[0]).toMatchObject({
      type: "float?",
      doc: "Mean preparation time.",
      kind: "feature",
    });
  });

  it("gives the roles of the entity first in the brackets of a key", () => {
    const found = at(inVector("a = @trip:traffic:n_1h[¦"));
    const ranks = new Map(found.map(({ label, rank }) => [label, rank]));
    expect([ranks.get("trip_origin"), ranks.get("trip_destination"), ranks.get("store")]).toEqual([0, 0, 1]);
    expect(ranks.has("km") && ranks.has("geohash")).toBe(true);
  });

  it("gives functions behind |, fitted ones in vectors only", () => {
    expect(labels(inVector("a = km | z¦"))).toEqual(expect.arrayContaining(["zscore"]));
    expect(labels(inVector("a = km | ¦"))).toEqual(
      expect.arrayContaining(["fill(mean)", "zscore", "onehot(10)", "log1p", "clip"]),
    );
    expect(labels(inVector("a = km | ¦"))).not.toContain("km");
    expect(labels(inGroup("a = busy | ¦"))).toContain("log1p");
    expect(labels(inGroup("a = busy | ¦"))).not.toContain("zscore");
  });

  it("gives names of the request, steps and siblings in expressions, but not the one that is being defined", () => {
    const found = labels(inVector("a = ¦"));
    for (const name of ["km", "near", "store", "trip_origin", "log1p", "now"]) expect(found).toContain(name);
    expect(found).not.toContain("a");
    const group = labels(inGroup("a = ¦"));
    for (const name of ["busy", "mean", "last", "if"]) expect(group).toContain(name);
    expect(group).not.toContain("prep_minutes");
    expect(labels(inVector("label late = n¦"))).not.toContain("near");
  });

  it("gives columns where columns are meant", () => {
    expect(labels(inGroup("a = mean(prep¦"))).toContain("prep_minutes");
    expect(labels(inGroup("a = mean(¦) over 7d"))).not.toContain("busy");
    expect(labels(inGroup("a = mean(prep_minutes) over 7d where ¦"))).toContain("status");
    expect(labels("group restaurant:g from orders by ¦")).toContain("restaurant_id");
    expect(labels(inGroup("¦", "group restaurant:g from restaurants by restaurant_id"))).toContain("cuisine");
    expect(labels('events orders {\n  parquet "x" known ¦\n}')).toContain("ordered_at");
    expect(labels("events orders {\n  at ord¦\n}")).toContain("ordered_at");
  });

  it("gives sources, entities, types and words in their places", () => {
    expect(labels("group restaurant:g from ¦")).toEqual(["orders", "restaurants"]);
    expect(labels("group ¦")).toEqual(["restaurant", "trip"]);
    expect(labels("vector v {\n  key store: ¦\n}")).toEqual(["restaurant", "trip"]);
    expect(labels("vector v {\n  input km: fl¦\n}")).toEqual(["float"]);
    expect(labels("entity e (id: ¦")).toContain("embedding");
    expect(labels(inGroup("a = count() ¦"))).toContain("over");
    expect(labels(inVector("a = km ¦"))).toEqual(["and", "or", "is", "in", "not"]);
    expect(labels('test "t" {\n  given ¦\n}')).toEqual(["orders", "restaurants"]);
    expect(labels('test "t" {\n  given orders { statu¦ }\n}')).toEqual(["status"]);
    expect(labels('test "t" {\n  expect @restaurant:kitchen:¦\n}')).toEqual(["prep_7d", "prep_7d@2"]);
  });

  it("gives time zones in tz, and closes the text that is open", () => {
    expect(taking(inVector('a = now | hour(tz: "Europe/Vien¦")'), "Europe/Vienna")).toBe(
      inVector('a = now | hour(tz: "Europe/Vienna")'),
    );
    expect(taking(inVector('a = now | hour(tz: "Europe/Vien¦'), "Europe/Vienna")).toBe(
      inVector('a = now | hour(tz: "Europe/Vienna"'),
    );
    expect(labels(inVector('a = contains(km, "Eur¦")'))).toEqual([]);
  });

  it("says nothing in comments and numbers", () => {
    expect(labels(inVector("// a = @¦"))).toEqual([]);
    expect(labels(inGroup("a = count() over 7¦"))).toEqual([]);
  });
});

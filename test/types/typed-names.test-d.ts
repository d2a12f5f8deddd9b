// What compiles and what does not once a project's names are known; `typed-names.test.ts` runs the compiler over it.
import { expectConsistent, linearTrainer, open, type Status, type Tondo, type TrainingSet } from "../../src/index.ts";
import type { FeatureReader } from "../../src/featurestore/index.ts";
import type { TondoProject } from "./shop.d.ts";

/** Whether two types are the same. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<A, B>(_proof: Same<A, B>, _values?: unknown): void {
  // Types only.
}

export async function features(tondo: Tondo<TondoProject>): Promise<void> {
  const reader = await tondo.features();
  const { values } = await reader.get(["shop:orders:n_1d", "shop:profile:tags"], { shop: "a" });
  same<(typeof values)["shop:orders:n_1d"]["value"], number | bigint | null>(true);
  same<(typeof values)["shop:profile:tags"]["value"], readonly string[] | null>(true);
  // @ts-expect-error it was not asked for
  same<unknown, unknown>(true, values["shop:profile:city"]);

  const rows = await reader.get(
    ["shop:orders:price_1d@2", "route:orders:last_code"],
    [
      { shop: "a", route: { shop: "a", region: 7n } },
      { shop: null, route: null },
    ],
  );
  same<(typeof rows)[number]["values"]["shop:orders:price_1d@2"]["value"], number | null>(true, rows);

  // @ts-expect-error a wrong feature
  void reader.get(["shop:orders:n_2d"], { shop: "a" });
  // @ts-expect-error a feature that looks forward
  void reader.get(["shop:orders:next_1h"], { shop: "a" });
  // @ts-expect-error the key of another entity
  void reader.get(["route:orders:last_code"], { shop: "a" });
  // @ts-expect-error a key too many
  void reader.get(["shop:orders:n_1d"], { shop: "a", customer: "b" });
  // @ts-expect-error one of two keys
  void reader.get(["shop:orders:n_1d", "route:orders:last_code"], { shop: "a" });
  // @ts-expect-error a key of another type
  void reader.get(["shop:orders:n_1d"], { shop: 7 });
  // @ts-expect-error a key that lacks a part
  void reader.get(["route:orders:last_code"], { route: { shop: "a" } });
  // @ts-expect-error a part of another type
  void reader.get(["route:orders:last_code"], { route: { shop: "a", region: "7" } });
  // @ts-expect-error a wrong group
  void reader.loadedMoment(["shop:order"]);
}

export async function operations(tondo: Tondo<TondoProject>): Promise<void> {
  same<Awaited<ReturnType<typeof tondo.freshness>>["kept"], boolean>(true);
  await tondo.rollback(["shop:orders", "route:orders"], { dryRun: true });
  // @ts-expect-error a wrong group
  void tondo.rollback(["shop:order"]);
  same<Awaited<ReturnType<typeof tondo.erase>>["found"], number>(true);
  await tondo.erase("shop", "a", { dryRun: true });
  await tondo.erase("route", { shop: "a", region: 7n });
  await tondo.forgetErasure({ entity: "shop", key: "a" });
  // @ts-expect-error a wrong entity
  void tondo.erase("shops", "a");
  // @ts-expect-error a key of another entity
  void tondo.erase("shop", { shop: "a", region: 7n });
  // @ts-expect-error a wrong group
  void tondo.generations(["shop:order"]);
  // @ts-expect-error a wrong group
  void tondo.freshness({ groups: ["shop:order"] });
  // @ts-expect-error a wrong group
  void tondo.schedule({ groups: ["shop:order"] });
  same<Awaited<ReturnType<typeof tondo.consistency>>["consistent"], boolean>(true);
  // @ts-expect-error a wrong vector
  void tondo.consistency("prices");
  await expectConsistent(tondo, "lateness", [{ keys: { shop: "a" } }], { at: 5n });
  // @ts-expect-error a key of another type
  void expectConsistent(tondo, "lateness", [{ keys: { shop: 7 } }]);
  // @ts-expect-error a wrong vector
  void expectConsistent(tondo, "prices", []);
}

export async function vectors(tondo: Tondo<TondoProject>): Promise<void> {
  const reader = await tondo.features();
  const keys = { from: "a", route: { shop: "a", region: 1 } };
  const { values } = await reader.get("price", keys, { deadlineMs: 50 });
  same<(typeof values)["from"]["shop:orders:n_1d"]["value"], number | bigint | null>(true);
  same<(typeof values)["route"]["route:orders:last_code"]["value"], number | bigint | null>(true);
  // @ts-expect-error not read under this key
  same<unknown, unknown>(true, values.from["route:orders:last_code"]);

  const rows = await reader.get("price", [keys, { from: null, route: null }], { inputs: { distance: 3 } });
  same<(typeof rows)[number]["values"]["from"]["shop:orders:n_1d"]["status"], Status>(true, rows);
  await reader.get("lateness", [{ shop: "a" }], { inputs: [{}], partial: false });
  reader.prepare("price");
  reader.evict("route:orders", { shop: "a", region: 7n });
  reader.evictKey("route", { shop: "a", region: 7n });

  // @ts-expect-error an unknown vector
  void reader.get("prize", keys);
  // @ts-expect-error the keys of another vector
  void reader.get("lateness", keys);
  // @ts-expect-error one of two keys
  void reader.get("price", [{ from: "a" }]);
  // @ts-expect-error an input of another type
  void reader.get("price", keys, { inputs: { distance: "far" } });
  // @ts-expect-error an unknown vector
  void reader.prepare("prize");
  // @ts-expect-error a key of another group
  reader.evict("shop:orders", { shop: "a", region: 7n });
  // @ts-expect-error a key of another entity
  reader.evictKey("shop", { shop: "a", region: 7n });
}

export async function predictions(tondo: Tondo<TondoProject>): Promise<void> {
  const keys = { from: "a", route: { shop: "a", region: 1 } };
  const inputs = { distance: 1.5, items: null, when: new Date() };
  const answer = await tondo.predict("eta@champion", { vector: "price", keys, inputs });
  same<(typeof answer.vector)["many"], number | bigint>(true);
  same<(typeof answer.vector)["code"], number | bigint | null>(true);
  // @ts-expect-error no slot of this vector
  same<unknown, unknown>(true, answer.vector.busy);

  await tondo.predict("eta@champion", { vector: "price", keys, inputs: { distance: 1, when: 0 }, partition: ["de"] });
  await tondo.predict("late@champion", { vector: "lateness", keys: { shop: "a" }, onUnavailable: "missing" });
  // Without a vector, it must be a request to some vector.
  await tondo.predict("late@champion", { keys: { shop: "a" } });
  await tondo.predict("eta@champion", { keys, inputs });

  // @ts-expect-error an unknown vector
  void tondo.predict("eta@champion", { vector: "prize", keys, inputs });
  // @ts-expect-error an input is missing
  void tondo.predict("eta@champion", { vector: "price", keys, inputs: { distance: 1 } });
  // @ts-expect-error all inputs are missing
  void tondo.predict("eta@champion", { vector: "price", keys });
  // @ts-expect-error an input of another type
  void tondo.predict("eta@champion", { vector: "price", keys, inputs: { distance: "far", when: 0 } });
  // @ts-expect-error an unknown input
  void tondo.predict("eta@champion", { vector: "price", keys, inputs: { ...inputs, wind: 3 } });
  // @ts-expect-error a wrong role
  void tondo.predict("eta@champion", { vector: "price", keys: { shop: "a", route: null }, inputs });
  // @ts-expect-error the keys of another vector
  void tondo.predict("late@champion", { vector: "lateness", keys });
  // @ts-expect-error of no vector
  void tondo.predict("eta@champion", { keys: { somebody: "a" } });
}

export async function training(tondo: Tondo<TondoProject>, set: TrainingSet): Promise<void> {
  await tondo.trainingSet({ vector: "price", rows: "rows.parquet", output: "training" });
  await tondo.train({ set, model: "eta", label: "paid", trainer: linearTrainer });
  await tondo.materialize({ groups: ["shop:orders"] });
  await tondo.trainingSet({ spec: "price.json", output: "elsewhere" });
  await tondo.trainingSet({ spec: "price.json", vector: "price", rows: [{ at: new Date(), paid: true }] });
  await tondo.trainingSet({
    ...{ vector: "price", rows: "rows.parquet", output: "training", label: "paid" },
    filters: [
      { column: "country", isIn: ["de"] },
      { any: [{ column: "n", atLeast: 3n }, { not: { column: "n", isMissing: true } }] },
    ],
    sampling: { count: 100 },
    split: { holdout: { fraction: 0.2, by: ["shop"] } },
    classBalance: { label: "paid", ratio: 2 },
  });
  const [features, label] = [["shop:orders:n_1d"], { column: "paid", type: "bool" }] as const;
  await tondo.trainingSet({ features, label, rows: "rows.parquet", output: "training" });
  // @ts-expect-error neither a vector nor features
  void tondo.trainingSet({ rows: "rows.parquet", output: "training" });
  // @ts-expect-error a vector and features
  void tondo.trainingSet({ vector: "price", features, rows: "rows.parquet", output: "training" });
  // @ts-expect-error an unknown feature
  void tondo.trainingSet({ features: ["shop:orders:n_2d"], rows: "rows.parquet", output: "training" });
  // @ts-expect-error an unknown label
  void tondo.trainingSet({ vector: "price", label: "payed", rows: "rows.parquet", output: "training" });
  // @ts-expect-error an unknown comparison
  void tondo.trainingSet({ vector: "price", filters: [{ column: "n", isin: [1] }], rows: "r", output: "training" });
  // @ts-expect-error a share and a number of rows
  void tondo.trainingSet({ spec: "price.json", sampling: { fraction: 0.1, counts: 3 } });
  // @ts-expect-error an unknown vector
  void tondo.trainingSet({ vector: "prices", rows: "rows.parquet", output: "training" });
  // @ts-expect-error an unknown label
  void tondo.train({ set, model: "eta", label: "payed", trainer: linearTrainer });
  // @ts-expect-error an unknown group
  void tondo.materialize({ groups: ["shop:order"] });
}

/** Without a project all names go. */
export async function untyped(names: readonly string[]): Promise<void> {
  const tondo: Tondo = await open();
  const reader: FeatureReader = await tondo.features();
  const { values } = await reader.get(names, { anything: "a", more: { a: 1, b: new Date() } });
  same<unknown, unknown>(true, values["x:y:z"]?.value);
  const row = await reader.get("anything", { anybody: "a" }, { inputs: { x: 1 } });
  same<unknown, unknown>(true, row.values["anybody"]?.["x:y:z"]?.cause?.code);
  await tondo.predict("eta@champion", { keys: { anything: 1 }, inputs: { x: new Float64Array(2) } });
  await tondo.trainingSet({ vector: "anything", rows: "rows.parquet", output: "training" });
}

/** A typed one comes from `open`. */
export async function opened(): Promise<void> {
  const typed: Tondo<TondoProject> = await open<TondoProject>({ folder: "shop" });
  await features(typed);
}

import { describe, expect, it } from "vitest";
import { type FeatureSelection, selectFeatures, selectLabels, type VectorPlan } from "../../../src/dsl/index.ts";
import { compileText } from "../check-one.ts";

const definitions = `
entity store (store: string)
entity route (origin: string, destination: int)

events orders {
  parquet "orders.parquet" known loaded_at
  kafka "orders" lag 5m
  columns (store: string, origin: string, destination: int, at: timestamp, loaded_at: timestamp, minutes: float, id: string, tags: list<string>, taste: embedding(3))
  at \`at\`
  id id
}

snapshot states {
  parquet "states.parquet"
  columns (store: string, at: timestamp, cuisine: string, tags: list<string>, taste: embedding(3))
  at \`at\`
}

group store:kitchen from orders by store {
  n = count() over 1d
  mean = mean(minutes) over 7d
  busy = n > 2
  next = max(minutes) over next 2h
  slow = next > 40
}

group store:profile from states by store { cuisine, tags, taste }

group route:traffic from orders by origin, destination { n = count() over 1d }
`;

const vectors = `
vector written {
  key store: store, other: store
  input origin: string?, destination: int?
  n = @store:kitchen:n[store]
  m = @store:kitchen:mean[other]
  busy = @store:kitchen:busy[other]
  t = @store:profile:taste[store]
  r = @route:traffic:n[origin, destination]
  label took: float known landed
  label slow = @store:kitchen:slow[store]
}
`;

const project = compileText(definitions).plan;
const written = compileText(definitions + vectors).plan?.vectors[0];

function selected(features: FeatureSelection["features"], labels: FeatureSelection["labels"] = []): unknown {
  if (project === undefined) throw new Error("no plan");
  const result = selectFeatures(project, { name: "written", features, labels });
  return "plan" in result ? result.plan : result.problems;
}

describe("listed features", () => {
  it("are the vector that one would write", () => {
    if (written === undefined) throw new Error("no vector");
    const plan = selected(
      [
        { feature: "store:kitchen:n", as: "n" },
        { feature: "store:kitchen:mean", key: ["other"], as: "m" },
        { feature: "store:kitchen:busy", key: ["other"], as: "busy" },
        { feature: "store:profile:taste", as: "t" },
        { feature: "route:traffic:n", as: "r" },
      ],
      [
        { column: "took", kind: "float", known: "landed" },
        { feature: "store:kitchen:slow", as: "slow" },
      ],
    ) as VectorPlan;
    // Inputs are written as optional, and roles are not: both may be missing.
    const typed = (one: VectorPlan): unknown => JSON.parse(JSON.stringify(one).replaceAll(/"(int|string)\?"/g, '"$1"'));
    expect(typed(plan)).toEqual(typed(written));
    expect(plan.labels.map(({ known }) => known)).toMatchObject([
      [{ node: "column", name: "landed" }],
      [{ node: "call", function: "add", args: [{}, { value: (2 * 3600 + 300) * 1_000_000 }] }],
    ]);
  });

  it("are called by their keys and canonical names where nothing is said", () => {
    const { slots, roles, keys } = selected([
      { feature: "store:kitchen:n" },
      { feature: "store:profile:taste", key: ["shop"] },
    ]) as VectorPlan;
    expect(slots.map(({ name }) => name)).toEqual([
      "store__store__kitchen__n",
      ...[0, 1, 2].map((i) => `shop__store__profile__taste_${String(i)}`),
    ]);
    expect(roles.map(({ role }) => role)).toEqual(["store", "shop"]);
    expect(keys).toEqual([
      { name: "store", type: "string" },
      { name: "shop", type: "string" },
    ]);
  });

  it.each([
    ["shop:menu:price", undefined, { member: "feature", hint: "`tondo plan` lists what is defined." }],
    ["store:kitchen:maen", undefined, { member: "feature", hint: 'Did you mean "store:kitchen:mean"?' }],
    ["store:kitchen:next", undefined, { member: "feature", message: /looks forward/ }],
    ["store:profile:tags", undefined, { member: "feature", message: /is a list<string>/ }],
    ["route:traffic:n", ["origin"], { member: "key", message: /has 1 columns, .* \(origin, destination\)/ }],
    ["route:traffic:n", ["a", "a"], { member: "key", message: /takes the column "a" as int, and elsewhere as string/ }],
    ["store:kitchen:n", ["a__b"], { member: "key", message: /names the column "a__b"/ }],
  ] as const)("%s by %j is refused", (feature, key, { member, ...said }) => {
    const problems = selected([{ feature: "store:kitchen:n" }, { feature, ...(key === undefined ? {} : { key }) }]);
    expect(problems).toMatchObject([
      {
        of: "features",
        index: 1,
        member,
        ...("hint" in said ? { hint: said.hint } : { message: expect.stringMatching(said.message) as unknown }),
      },
    ]);
  });

  it("take no name twice, whoever has it", () => {
    const feature = "store:kitchen:n";
    expect(
      selected(
        [
          { feature, as: "took" },
          { feature, as: "N" },
          { feature, as: "n" },
        ],
        [{ column: "took", kind: "float" }],
      ),
    ).toMatchObject([
      { of: "features", index: 2, member: "as" },
      { of: "label", index: 0, member: "column" },
    ]);
    expect(selected([{ feature }], [{ feature: "store:profile:cuisine" }])).toMatchObject([
      { of: "label", index: 0, member: "feature", message: expect.stringContaining("is of type string") as unknown },
    ]);
  });
});

describe("some labels of a vector", () => {
  it("leave its slots as they are, and what only others read out", () => {
    if (written === undefined) throw new Error("no vector");
    expect(selectLabels(written, ["slow", "took"])).toBe(written);
    const took = selectLabels(written, ["took"]);
    expect(took.labelColumns).toEqual(written.labelColumns);
    expect(took.labelReads).toEqual([]);
    expect(took.slots).toBe(written.slots);
    const names = ({ groups }: VectorPlan): readonly string[] =>
      groups.flatMap(({ stored }) => stored.map(({ name }) => name));
    expect(names(written).length - names(took).length).toBe(1);
    const slow = selectLabels(written, ["slow"]);
    expect(slow.labelColumns).toEqual([]);
    expect(slow.labelReads).toEqual(written.labelReads);
    expect(selectLabels(slow, [])).toMatchObject({ labels: [], labelReads: [] });
  });
});

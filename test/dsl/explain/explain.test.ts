import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  compileRows,
  explain,
  explainable,
  type Explanation,
  type PlanNode,
  rowLines,
} from "../../../src/dsl/index.ts";
import { compileText } from "../check-one.ts";

const text = readFileSync(join(import.meta.dirname, "../../golden/explain/eats.tondo"), "utf8");
const { plan, about, places } = compileText(text, "eats.tondo");
if (plan === undefined) throw new Error("eats.tondo has errors");
const project = { plan, about, places };

function explained(name: string): Explanation {
  const explanation = explain(project, name);
  if (explanation.of === "nothing") throw new Error(`nothing is named ${name}`);
  return explanation;
}

/** The line of the text that holds this. */
function lineOf(part: string): string {
  return `eats.tondo:${String(text.slice(0, text.indexOf(part)).split("\n").length)}`;
}

function* nodes(tree: PlanNode): Generator<PlanNode> {
  yield tree;
  for (const child of tree.children) yield* nodes(child);
}

describe("explain", () => {
  it("says of a feature what it is, who owns it and where it stands", () => {
    expect(explained("restaurant:kitchen:prep_7d")).toMatchObject({
      kind: "feature",
      name: "restaurant:kitchen:prep_7d",
      place: lineOf("prep_7d ="),
      doc: "Mean preparation time.",
      owner: "eats-ml",
      sla: "1h",
    });
    const facts = Object.fromEntries(
      explained("restaurant:kitchen:prep_7d@2").facts.map(({ name, value }) => [name, value]),
    );
    expect(facts).toMatchObject({
      type: "float, may be missing",
      versions: "prep_7d, prep_7d@2",
      entity: "restaurant (restaurant_id: string)",
      source: "events orders",
    });
  });

  it("writes names of columns as they are written", () => {
    const world = `entity e (id: string)
events s {
  parquet "s"
  columns (id: string, t: timestamp, \`a b\`: float, \`over\`: float, key: float)
  at t
}
group e:g from s by id {
  x = sum(\`a b\` + \`over\` * key) over 1d
}
snapshot o {
  parquet "o"
  columns (id: string, t: timestamp, \`a b\`: float)
  at t
}
group e:h from o by id {
  y = \`a b\` | log1p
}`;
    const compiled = compileText(world);
    if (compiled.plan === undefined) throw new Error(JSON.stringify(compiled.diagnostics));
    const of = (name: string): string => JSON.stringify(explain({ ...compiled, plan: compiled.plan ?? plan }, name));
    expect(of("e:g:x")).toContain("sum(`a b` + (`over` * key)) over 1d");
    expect(of("e:h:y")).toContain("column `a b`");
  });

  it("takes a name with its @ too", () => {
    expect(explained("@restaurant:kitchen:busy")).toEqual(explained("restaurant:kitchen:busy"));
  });

  it("explains every name it lists", () => {
    const names = explainable(plan, places);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(explained(name).plans.length, name).toBeGreaterThan(0);
  });

  it("follows a feature from its columns to the slots and labels made of it", () => {
    const { lineage } = explained("restaurant:kitchen:prep_7d@2");
    expect(lineage.sources).toEqual([
      {
        name: "orders",
        kind: "events",
        from: ['parquet "data/orders/**/*.parquet" known loaded_at', 'kafka "orders" lag 5s'],
        columns: ["loaded_at", "order_id", "ordered_at", "prep_minutes", "restaurant_id", "status"],
      },
    ]);
    expect(lineage.stored.map(({ name, text: window }) => [name, window])).toEqual([
      ["prep_7d@2", 'mean(prep_minutes) over 7d where lower(status) == "done"'],
    ]);
    expect(lineage.uses).toEqual([{ vector: "eats_eta", kind: "slot", name: "prep", results: ["prep"] }]);
    expect(explained("restaurant:kitchen:slowest_next").lineage.uses).toMatchObject([{ kind: "label", name: "late" }]);
    expect(explained("restaurant:kitchen:prep_7d").lineage.uses).toEqual([]);
  });

  it("counts what a computed key is made of among a slot's features", () => {
    const features = ["region:load:n_1h", "restaurant:profile:lat", "restaurant:profile:lon"];
    expect(explained("eats_eta:nearby").lineage.features).toEqual(features);
    expect(explained("restaurant:profile:lat").lineage.uses).toMatchObject([{ name: "nearby" }]);
  });

  it("gives a slot of several results by its own name and each by that of the plan", () => {
    expect(explained("eats_eta:hour").plans.map(({ name }) => name)).toEqual(["hour_sin", "hour_cos"]);
    expect(explained("eats_eta:hour_cos").plans.map(({ name }) => name)).toEqual(["hour_cos"]);
    expect(explained("eats_eta:hour_cos").place).toBe(lineOf("hour = now"));
  });

  it("shows where each part of a plan was written, in its own group too", () => {
    const [prep] = explained("eats_eta:prep").plans;
    if (prep === undefined) throw new Error("no plan");
    const all = [...nodes(prep.tree)];
    expect(prep.place).toBe(lineOf("prep = @"));
    expect(all.find(({ label }) => label === "stored restaurant:kitchen prep_7d@2 [store]")?.place).toBe(
      lineOf("prep_7d@2 ="),
    );
    expect(all.find(({ label }) => label === "where ==")?.type).toBe("bool?");
    expect(all.find(({ label }) => label.startsWith("zscore"))?.label).toBe("zscore, fitted as fit1");
  });

  it("shows the JavaScript that runs, with what each line is about", () => {
    const value = plan.vectors[0]?.slots.filter(({ name }) => name === "km" || name.startsWith("hour")) ?? [];
    const loop = rowLines(value.map((slot) => slot.value)).map((line) => line.text);
    expect(compileRows(value).text).toContain(loop.join("\n"));
    const [program] = explained("eats_eta:km").programs;
    expect(program?.lines.find(({ text: line }) => line.includes("o0[i] ="))?.comment).toBe("km");
    expect(program?.lines.find(({ text: line }) => line.includes("const v0"))?.comment).toContain("distance_km");
  });

  it("has no program for what a group stores as it is", () => {
    expect(explained("restaurant:kitchen:prep_7d").programs).toEqual([]);
    expect(explained("restaurant:kitchen:busy").programs).toHaveLength(1);
  });

  it.each([
    ["restaurant:kitchn:prep_7d", "restaurant:kitchen:prep_7d"],
    ["eats_eat", "eats_eta"],
    ["eats_eta:nearbyy", "eats_eta:nearby"],
    ["restaurant:kitchen:prep_7d@22", "restaurant:kitchen:prep_7d@2"],
  ])("%s is nothing, and near to %s", (name, nearest) => {
    expect(explain(project, name)).toEqual({ of: "nothing", nearest });
  });

  it("knows nothing near to what is like nothing", () => {
    expect(explain(project, "")).toEqual({ of: "nothing" });
    expect(explain(project, "constructor")).toEqual({ of: "nothing" });
  });
});

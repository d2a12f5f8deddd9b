import { describe, expect, it } from "vitest";
import type { VectorPlan } from "../../../src/dsl/index.ts";
import { servedColumns, servedName, servedVectorFolder } from "../../../src/featurestore/served/index.ts";

const plan: VectorPlan = {
  version: 1,
  name: "eta",
  roles: [
    { role: "store", entity: "shop" },
    { role: "spot", entity: "place" },
  ],
  keys: [
    { name: "store", type: "int" },
    { name: "spot_shop", type: "string" },
    { name: "spot_day", type: "date" },
  ],
  inputs: [{ name: "km", type: "float?" }],
  labelColumns: [],
  reads: [
    {
      id: "store__shop__own__n_6h",
      entity: "shop",
      group: "own",
      stored: "n_6h",
      type: "int?",
      key: [{ node: "column", type: "int", name: "store" }],
    },
  ],
  labelReads: [],
  slots: [
    { name: "km", type: "float?", value: { node: "column", type: "float?", name: "km" } },
    { name: "KM", type: "float?", value: { node: "column", type: "float?", name: "km" } },
  ],
  labels: [],
  entities: [
    { name: "shop", key: [{ name: "shop_id", type: "int" }] },
    {
      name: "place",
      key: [
        { name: "shop", type: "string" },
        { name: "day", type: "date" },
      ],
    },
  ],
  sources: [],
  groups: [],
};

describe("the columns of the log", () => {
  it("are what is said of the answer, then keys by role and part, inputs, raw values with their statuses, and slots", () => {
    const columns = servedColumns(plan);
    expect(columns.slice(0, 4).map(({ name, kind }) => [name, kind])).toEqual([
      ["request_id", "string"],
      ["served_by", "string"],
      ["requested_at", "timestamp"],
      ["logged_at", "timestamp"],
    ]);
    expect(columns.filter(({ role }) => role !== "about")).toEqual([
      { name: "key__store", kind: "int", role: "key", of: "store" },
      { name: "key__spot__shop", kind: "string", role: "key", of: "spot_shop" },
      { name: "key__spot__day", kind: "date", role: "key", of: "spot_day" },
      { name: "input__km", kind: "float", role: "input", of: "km" },
      { name: "store__shop__own__n_6h", kind: "int", role: "raw", of: "store__shop__own__n_6h" },
      { name: "status__store__shop__own__n_6h", kind: "string", role: "status", of: "store__shop__own__n_6h" },
      { name: "slot__km", kind: "float", role: "slot", of: "km" },
      { name: "slot__KM_2", kind: "float", role: "slot", of: "KM" },
    ]);
  });

  it("lie in a folder for each vector and fingerprint, whatever a name is made of", () => {
    expect(servedVectorFolder("/home", "eta", "0123456789abcdef")).toBe("/home/served/eta/0123456789ab");
    expect(servedName("../b ü")).toBe("%2E%2E%2Fb%20%C3%BC");
  });
});

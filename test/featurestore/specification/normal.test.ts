import { describe, expect, it } from "vitest";
import { checkSpecification, normalSpecification, type Specification } from "../../../src/featurestore/index.ts";
import { accepted, least } from "./examples.ts";

function normal(value: unknown): Readonly<Record<string, unknown>> {
  return normalSpecification(checkSpecification(value), ["store"]);
}

describe("the normal form of a specification", () => {
  it.each(Object.entries(accepted))("is one itself, and its own: %s", (_name, value) => {
    const once = normal(value);
    expect(JSON.parse(JSON.stringify(once))).toEqual(once);
    expect(normal(once)).toEqual(once);
  });

  it("has all defaults written out, and moments as texts in UTC", () => {
    const given: Specification = {
      ...least,
      label: "delay",
      filters: [{ column: "at", between: [new Date(0), 5n] }],
      sampling: { count: 3 },
      split: { train: { to: new Date(0) }, holdout: { fraction: 0.5 } },
      cutoff: "2024-03-01T00:00:00+01:00",
      classBalance: { label: "late" },
    };
    expect(normal(given)).toEqual({
      ...least,
      label: ["delay"],
      at: "at",
      carry: [],
      filters: [{ column: "at", between: ["1970-01-01T00:00:00.000Z", "5n"] }],
      sampling: { count: 3, seed: 0, by: ["store", "at"] },
      split: { train: { to: "1970-01-01T00:00:00.000Z" }, holdout: { fraction: 0.5, seed: 0, by: ["store"] } },
      cutoff: "2024-02-29T23:00:00.000Z",
      classBalance: { label: "late", ratio: 1, seed: 0 },
      raw: false,
    });
  });
});

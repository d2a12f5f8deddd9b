import { describe, expect, it } from "vitest";
import { declaredPlaces, parseProject } from "../../../src/dsl/index.ts";

function columnsOf(known: string): readonly (readonly string[])[] {
  const text = `table s {
  parquet "a" ${known}
  csv "b"
  columns (id: string, t: timestamp, u: timestamp, names: list<string>)
}`;
  return declaredPlaces(parseProject([{ path: "a.tondo", text }])).map(({ columns }) =>
    columns.map(({ name }) => name.text),
  );
}

describe("declared places", () => {
  it("leave out what only another place's known needs", () => {
    expect(columnsOf("known max(t, u) + 1h")).toEqual([["id", "t", "u", "names"], ["id"]]);
    expect(columnsOf("")).toEqual([
      ["id", "t", "u", "names"],
      ["id", "t", "u"],
    ]);
  });

  it("take a known as long as its file", () => {
    expect(columnsOf(`known ${Array.from({ length: 20_000 }, () => "t").join(" + ")}`)).toEqual([
      ["id", "t", "u", "names"],
      ["id", "u"],
    ]);
  });
});

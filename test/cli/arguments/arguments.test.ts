import { describe, expect, it } from "vitest";
import { inputArguments, keyArguments, parseArguments, parseValue } from "../../../src/cli/arguments/index.ts";
import type { TypeName, Value } from "../../../src/core/index.ts";

const options = {
  name: { value: "X", help: "" },
  list: { value: "X", help: "", many: true },
  json: { help: "" },
  loud: { help: "", short: "l" },
  help: { help: "" },
};

describe("parseArguments", () => {
  it("takes options before, between and after arguments, and all after -- as arguments", () => {
    const parsed = parseArguments(
      ["--json", "a", "--name=x=y", "b", "-l", "--list", "1", "--list", "-2", "--", "--c"],
      options,
      [
        { name: "A", help: "" },
        { name: "REST", help: "", many: true },
      ],
    );
    expect(parsed.argument("A")).toBe("a");
    expect(parsed.rest("REST")).toEqual(["b", "--c"]);
    expect(parsed.text("name")).toBe("x=y");
    expect(parsed.list("list")).toEqual(["1", "-2"]);
    expect([parsed.flag("json"), parsed.flag("loud")]).toEqual([true, true]);
  });
  it("lets --help stand alone", () => {
    expect(parseArguments(["--help"], options, [{ name: "A", help: "" }]).flag("help")).toBe(true);
    expect(() => parseArguments([], options, [{ name: "A", help: "" }])).toThrow(/A is missing/);
  });
  it("knows no options of Object's", () => {
    expect(() => parseArguments(["--constructor"], options, [])).toThrow(/no option --constructor/);
    expect(() => parseArguments(["--__proto__=1"], options, [])).toThrow(/no option/);
  });
});

describe("parseValue", () => {
  it.each<[string, TypeName, Value]>([
    ["007", "string", "007"],
    ["null", "string", "null"],
    ["null", "int?", null],
    ["-42", "int", -42],
    ["9007199254740993", "int", 9007199254740993n],
    ["1e3", "float", 1000],
    [".5", "float", 0.5],
    ["true", "bool", true],
    ["2024-03-01T01:00:00+01:00", "timestamp", 1709251200000000],
    ["2024-03-01", "date", 19783],
    ["1.5h", "duration", 5_400_000_000],
    ["90s", "duration", 90_000_000],
    ['["a", "b,c", null]', "list<string>", ["a", "b,c"]],
    ["[]", "list<int>?", []],
    ["null", "list<int>?", null],
    ["[0.5, -1]", "embedding(2)", [0.5, -1]],
    ["[0.5, null]", "embedding(2)", null],
  ])("reads %s as a %s", (text, type, value) => {
    expect(parseValue(text, type, "x", "INPUT_INVALID")).toStrictEqual(value);
  });
  it.each<[string, TypeName]>([
    ["yes", "bool"],
    ["1.0", "int"],
    ["", "int"],
    ["NaN", "float"],
    ["Infinity", "float"],
    ["0x10", "float"],
    ["1,5", "float"],
    ["2024-03-01T01:00:00", "timestamp"],
    ["2024-02-30", "date"],
    ["7", "duration"],
    ["7 days", "duration"],
    ["a,b", "list<string>"],
    ['"a"', "list<string>"],
    ["[1.5]", "list<int>"],
    ["[1]", "embedding(2)"],
    ["{}", "embedding(2)"],
  ])("refuses %j as a %s", (text, type) => {
    expect(() => parseValue(text, type, "x", "INPUT_INVALID")).toThrow();
  });
});

describe("keyArguments", () => {
  const entities = [
    { name: "airport", key: [{ name: "code", type: "string" as const }] },
    {
      name: "route",
      key: [
        { name: "from", type: "string" as const },
        { name: "n", type: "int" as const },
      ],
    },
  ];
  const roles = [
    { role: "origin", entity: "airport" },
    { role: "way", entity: "route" },
  ];
  const noPii = (): boolean => false;
  it("takes values by role, and by column where there are several", () => {
    const keys = keyArguments(["origin=a=b", "way.n=7", "way.from=x.y"], roles, entities, noPii);
    expect(keys).toEqual({ origin: "a=b", way: { n: 7, from: "x.y" } });
    expect(keyArguments(["origin.code=SFO"], roles, entities, noPii)).toEqual({ origin: "SFO" });
  });
  it("takes names with the signs that separate them from columns and values", () => {
    const dotted = [...roles, { role: "a.b", entity: "airport" }, { role: "a.b.way", entity: "route" }];
    expect(keyArguments(["a.b=x.y=z"], dotted, entities, noPii)).toEqual({ "a.b": "x.y=z" });
    expect(keyArguments(["a.b.code=x"], dotted, entities, noPii)).toEqual({ "a.b": "x" });
    expect(keyArguments(["a.b.way.n=7", "a.b.way.from=x"], dotted, entities, noPii)).toEqual({
      "a.b.way": { n: 7, from: "x" },
    });
    expect(() => keyArguments(["a.c=x"], dotted, entities, noPii)).toThrow(/no.* key "a"/);
    const equal = [...roles, { role: "a=b", entity: "airport" }];
    expect(keyArguments(["a=b=c=d"], equal, entities, noPii)).toEqual({ "a=b": "c=d" });
    const inputs = [
      { name: "x=y", type: "int" as const },
      { name: "z", type: "string" as const },
    ];
    expect(inputArguments(["x=y=7", "z=x=y=7"], inputs, new Set())).toEqual({ "x=y": 7, z: "x=y=7" });
  });
  it.each([
    ["way=7", /2 columns/],
    ["way.to=7", /no column "to"/],
    ["way.n=seven", /no int/],
    ["airport=SFO", /no.* key "airport"/],
    ["=SFO", /NAME=VALUE/],
  ])("refuses %s", (text, message) => {
    expect(() => keyArguments([text], roles, entities, noPii)).toThrow(message);
  });
});

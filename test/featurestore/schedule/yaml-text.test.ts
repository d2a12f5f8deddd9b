import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Yaml, yamlText } from "../../../src/featurestore/schedule/yaml-text.ts";
import { parseYaml } from "./parse-yaml.ts";

describe("yamlText", () => {
  it("is a block, with quotes where a text could be something else", () => {
    expect(
      yamlText({
        kind: "CronJob",
        on: "no",
        list: ["a", { b: 1, c: ["*/5 * * * *"] }],
        none: [],
        nothing: {},
        "a b": true,
      }),
    ).toBe(`kind: CronJob
"on": "no"
list:
  - a
  - b: 1
    c:
      - "*/5 * * * *"
none: []
nothing: {}
"a b": true
`);
  });

  it("is read back as it was, by the rules of YAML 1.1 and of 1.2", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({
        unit: fc.constantFrom(
          ...Array.from("ab01:-#{}[],&*!|>'\"%@` \n\t\\/.~?=<y\u0007\u007f\u0085\u2028\ufeff\u00e9"),
        ),
      }),
      fc.constantFrom(
        "yes",
        "Off",
        "null",
        "~",
        "1e3",
        "0x1f",
        "012",
        "1:30",
        "2024-01-01",
        "<<",
        "=",
        ".inf",
        "-",
        "---",
        "...",
        "y",
        "N",
        "True",
      ),
    );
    const key = fc
      .oneof(text, fc.constantFrom("app.kubernetes.io/name", "a"))
      .filter((one) => one !== "__proto__" && one !== "<<");
    const { value } = fc.letrec<{ value: Yaml; list: Yaml; map: Yaml }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        text,
        fc.integer(),
        fc.boolean(),
        tie("list"),
        tie("map"),
      ),
      list: fc.array(tie("value"), { maxLength: 3 }),
      map: fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(value, (given) => {
        for (const version of ["1.1", "1.2"] as const) expect(parseYaml(yamlText(given), version)).toEqual([given]);
      }),
      { numRuns: 400 },
    );
  });
});

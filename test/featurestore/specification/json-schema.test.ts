import { createRequire } from "node:module";
import fc from "fast-check";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { checkSpecification, specificationSchema } from "../../../src/featurestore/index.ts";
import { absurd, accepted, refused } from "./examples.ts";

const published = "../../../docs/training-set.schema.json";

/** ESLint's own validator: it knows draft 7, whose words the schema keeps to. */
const validator = createRequire(createRequire(import.meta.url).resolve("eslint"))("ajv") as new (options: object) => {
  compile(schema: object): (value: unknown) => boolean;
};
const { $schema: _draft, $id: _id, $defs, ...schema } = specificationSchema();
const validate = new validator({ allErrors: false }).compile({ ...schema, $defs });

function reads(value: unknown): boolean {
  try {
    checkSpecification(value);
    return true;
  } catch {
    return false;
  }
}

describe("docs/training-set.schema.json", () => {
  it("is what the reader checks by; node scripts/generate-training-set-schema.ts writes it anew", async () => {
    const options = { ...(await resolveConfig("docs/training-set.schema.json")), parser: "json" };
    await expect(await format(JSON.stringify(specificationSchema()), options)).toMatchFileSnapshot(published);
  });

  it("keeps to words that mean the same in draft 2020-12 and in that of the validator here", () => {
    const words = new Set<string>();
    const collect = (part: unknown, isSchema: boolean): void => {
      if (Array.isArray(part)) for (const one of part) collect(one, isSchema);
      else if (typeof part === "object" && part !== null) {
        for (const [name, value] of Object.entries(part)) {
          if (isSchema) words.add(name);
          const holdsSchemas = name === "properties" || name === "$defs";
          collect(value, isSchema ? !holdsSchemas : true);
        }
      }
    };
    collect(schema, true);
    collect($defs, false);
    expect([...words].sort()).toEqual(
      [
        ...[
          "$ref",
          "additionalProperties",
          "anyOf",
          "description",
          "enum",
          "exclusiveMaximum",
          "exclusiveMinimum",
          "items",
        ],
        ...[
          "maxItems",
          "maxLength",
          "maximum",
          "minItems",
          "minLength",
          "minProperties",
          "minimum",
          "oneOf",
          "pattern",
        ],
        ...["properties", "required", "title", "type"],
      ].sort(),
    );
  });

  it.each(Object.entries(accepted))("accepts %s, as the reader does", (_name, value) => {
    expect(validate(value)).toBe(true);
    expect(reads(value)).toBe(true);
  });

  it.each(Object.entries(refused))("refuses %s, as the reader does", (_name, [value]) => {
    expect(validate(value)).toBe(false);
    expect(reads(value)).toBe(false);
  });

  it.each(Object.entries(absurd))("cannot say what is wrong with %s; the reader does", (_name, [value]) => {
    expect(validate(value)).toBe(true);
    expect(reads(value)).toBe(false);
  });

  it("and the reader agree on whatever is made of the examples", () => {
    const values = [...Object.values(accepted), ...Object.values(refused).map(([value]) => value)];
    const parts = values.flatMap((value) => [...partsOf(value)]);
    const names = [...new Set(parts.flatMap((part) => (isPlain(part) ? Object.keys(part) : [])))];
    let good = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(accepted)),
        fc.array(
          fc.record({
            place: fc.nat(),
            name: fc.constantFrom(...names),
            part: fc.constantFrom(...parts),
            how: fc.nat(2),
          }),
          {
            maxLength: 2,
          },
        ),
        (value, changes) => {
          const changed: unknown = structuredClone(value);
          for (const { place, name, part, how } of changes) {
            const objects = [...partsOf(changed)].filter(isPlain);
            const target = objects[place % objects.length];
            if (target === undefined) continue;
            const own = Object.keys(target)[place % 7] ?? name;
            if (how === 0) Reflect.deleteProperty(target, own);
            else target[how === 1 ? name : own] = structuredClone(part);
          }
          // What only the reader knows: see above.
          const isValid = validate(changed);
          if (reads(changed)) {
            good++;
            expect(isValid).toBe(true);
          } else if (isValid) {
            expect(problemsOf(changed)).toMatch(
              /ends before|neither a beginning|overlaps|begins behind|names no version|no moment|no groups of rows|takes snappy|has no level|stands without|twice/,
            );
          }
        },
      ),
      { numRuns: 3000, seed: Number(process.env["SEED"] ?? 5) },
    );
    expect(good).toBeGreaterThan(300);
  });
});

function problemsOf(value: unknown): string {
  try {
    checkSpecification(value);
    return "";
  } catch (error) {
    return String(error);
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function* partsOf(value: unknown): Generator {
  yield value;
  if (typeof value === "object" && value !== null) for (const part of Object.values(value)) yield* partsOf(part);
}

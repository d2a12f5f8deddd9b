import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import { checkSpecification, filterLimits, readSpecification } from "../../../src/featurestore/index.ts";
import { absurd, accepted, least, refused } from "./examples.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-specification-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(text: string | Uint8Array): Promise<unknown> {
  const path = join(folder, "set.json");
  await writeFile(path, text);
  return (await readSpecification(path)).specification;
}

async function refusal(work: () => Promise<unknown>): Promise<TondoError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof TondoError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("a specification", () => {
  it.each(Object.entries(accepted))("is taken: %s", async (_name, value) => {
    expect(checkSpecification(value)).toEqual(value);
    expect(await read(JSON.stringify(value))).toEqual(value);
  });

  it.each(Object.entries({ ...refused, ...absurd }))(
    "is refused with path, message and hint: %s",
    async (_name, expected) => {
      const [value, path, message, hint = /./] = expected;
      const error = await refusal(async () => checkSpecification(value));
      expect(error.code).toBe("SPECIFICATION_INVALID");
      const [first] = error.details["problems"] as readonly { path: string; message: string; hint?: string }[];
      expect(first?.path).toBe(path);
      expect(first?.message).toMatch(message);
      expect(error.message.startsWith(`${path}: `)).toBe(true);
      expect(error.hint ?? "none").toMatch(hint);
    },
  );

  it("takes no Date that is none", async () => {
    const none = { ...least, filters: [{ column: "a", isIn: [new Date(0), new Date(Number.NaN)] }] };
    const error = await refusal(async () => checkSpecification(none));
    expect(error.message).toBe("$.filters[0].isIn[1]: is a Date of no moment");
  });

  it("takes values of a program where a file has texts", () => {
    const given = {
      ...least,
      cutoff: 5n,
      filters: [
        { column: "at", lessThan: new Date(0) },
        { column: "n", isIn: [2n ** 60n] },
      ],
    };
    expect(checkSpecification(given)).toEqual(given);
    expect(() => checkSpecification({ ...least, cutoff: new Date(NaN) })).toThrow("no moment");
  });

  it("tells all that is wrong at once", async () => {
    const error = await refusal(async () =>
      checkSpecification({ ...least, raw: 1, at: "", filters: [{ column: "a", is: 1 }, 5] }),
    );
    expect(error.message).toMatch(/\(and 3 more problems\)$/);
    expect(error.details["problems"]).toMatchObject([
      { path: "$.at" },
      { path: "$.filters[0].is" },
      { path: "$.filters[1]" },
      { path: "$.raw" },
    ]);
  });

  it("is bounded in how many filters it has and how deep they are", async () => {
    const deep = (levels: number): unknown => (levels === 0 ? { column: "a", equals: 1 } : { not: deep(levels - 1) });
    expect(checkSpecification({ ...least, filters: [deep(filterLimits.depth - 1)] })).toBeDefined();
    for (const levels of [filterLimits.depth, 39, 2000]) {
      const error = await refusal(async () => checkSpecification({ ...least, filters: [deep(levels)] }));
      expect(error.message).toMatch(/nested (too|more than 16) deep/);
    }
    const many = Array.from({ length: 600 }, () => ({
      any: [
        { column: "a", equals: 1 },
        { column: "b", equals: 1 },
      ],
    }));
    const error = await refusal(async () => checkSpecification({ ...least, filters: many }));
    expect(error.message).toBe("$.filters: make 1200 comparisons, and at most 1000 are taken");
  });
});

describe("a file of a specification", () => {
  it("may lack what a caller adds", async () => {
    expect(await read('{ "vector": "eta" }')).toEqual({ vector: "eta" });
  });

  it("is pointed into by line and column", async () => {
    const text = `{\n  "vector": "eta",\n  "filters": [\n    { "column": "a", "isIn": ["x", 7, null] }\n  ]\n}\n`;
    const error = await refusal(() => read(text));
    expect(error.where).toBe(`${join(folder, "set.json")}:4:39`);
    expect(error.message).toBe("$.filters[0].isIn[2]: must be a text, a number, true or false, and is null");
    const second = await refusal(() => read(`{ "a\\"}": 1,\r\n\t"split": { "train": { "form": "2024-01-01" } } }`));
    expect(second.details["problems"]).toMatchObject([
      { path: '$["a\\"}"]', where: expect.stringMatching(/:1:3$/) as unknown },
      { path: "$.split.train.form", where: expect.stringMatching(/:2:24$/) as unknown, hint: 'Did you mean "from"?' },
    ]);
  });

  it("has each member once", async () => {
    const error = await refusal(() => read('{ "rows": "a", "split": { "train": {}, "train": {} }, "rows": "b" }'));
    expect(error.details["problems"]).toMatchObject([
      { path: "$.split.train", message: "stands twice" },
      { path: "$.rows", message: "stands twice", where: expect.stringMatching(/:1:55$/) as unknown },
    ]);
  });

  it.each([
    ["", /Unexpected end/, /double quotes/],
    ['{ "vector": "eta", }', /is no JSON/, /no comma behind/],
    ['// comment\n{ "vector": "eta" }', /is no JSON/, /no comments/],
    ["{ 'vector': 'eta' }", /is no JSON/, /double quotes/],
    ["[]", /holds no object/, /begins with \{/],
    ['"eta"', /holds no object/, /begins with \{/],
  ])("is JSON with an object: %s is not", async (text, message, hint) => {
    const error = await refusal(() => read(text));
    expect(error).toMatchObject({ code: "SPECIFICATION_INVALID" });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it("is UTF-8, of a megabyte at most, and there", async () => {
    expect(await refusal(() => read(new Uint8Array([0x7b, 0xff, 0x7d])))).toMatchObject({
      code: "SPECIFICATION_INVALID",
    });
    expect(await refusal(() => read(`{"vector": "${"x".repeat(1_000_000)}"}`))).toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
    expect(await refusal(() => readSpecification(join(folder, "none.json")))).toMatchObject({
      code: "SPECIFICATION_MISSING",
      where: join(folder, "none.json"),
    });
    expect(await refusal(() => readSpecification(folder))).toMatchObject({ code: "IO_FAILED" });
  });

  it("is refused in no time however deep it is nested", async () => {
    const started = performance.now();
    const error = await refusal(() => read(`{"filters": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`));
    expect(error).toMatchObject({ code: "SPECIFICATION_INVALID" });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

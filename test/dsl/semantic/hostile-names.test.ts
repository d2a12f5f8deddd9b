import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/core/index.ts";
import {
  compileRows,
  expressionSql,
  quoteIdentifier,
  quoteText,
  rowCells,
  vectorFingerprint,
  type VectorPlan,
} from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { compileText, planOf, valueOf } from "../check-one.ts";
import { columnsOnly, hostile, names, strange, texts } from "./hostile.ts";

function vectorOf(text: string): VectorPlan {
  const { plan, diagnostics } = compileText(text);
  const [vector] = plan?.vectors ?? [];
  if (vector === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return vector;
}

describe("names that mean something elsewhere", () => {
  it.each([...names, ...strange])(
    "%s names an entity, a group, a feature, a role, an input, a slot and a label",
    (name) => {
      const n = `\`${name}\``;
      const vector = vectorOf(`
entity ${n} (${n}: string)
events ${n} {
  parquet "a"
  columns (${n}: string, t: timestamp, v: float)
  at t
}
group ${n}:${n} from ${n} by ${n} {
  ${n} = max(v) over 1d where ${n} != "x"
}
vector ${n} {
  key ${n}: ${n}
  input \`in ${name}\`: float
  \`slot ${name}\` = @${n}:${n}:${n}[${n}] + \`in ${name}\`
  label \`label ${name}\`: float known \`known ${name}\`
}`);
      expect(vector.slots[0]?.name).toBe(`slot ${name}`);
      expect(vector.reads[0]?.id).toBe(`${name}__${name}__${name}__${name}`);
      expect(vector.sources[0]?.columns).toHaveProperty([name], "string?");
      const again = JSON.parse(canonicalJson(vector)) as VectorPlan;
      expect(vectorFingerprint(again)).toBe(vectorFingerprint(vector));
      const program = compileRows(again.slots);
      expect(program.leaves.map((leaf) => leaf.name)).toContain(`column:in ${name}`);
      const out = new Float64Array(1);
      program.run(1, [[1.5], [2]], [out]);
      expect(out[0]).toBe(3.5);
      for (const mode of ["generated", "closures"] as const) {
        const given = rowCells(2);
        const results = rowCells(1);
        given.numbers.set([1.5, 2]);
        compileRows(again.slots, {}, { mode }).row(given, results);
        expect(results.numbers[0]).toBe(3.5);
      }
    },
  );

  it.each([...names, ...strange, ...columnsOnly])("%s names a column", (name) => {
    const vector = vectorOf(`
entity e (id: string)
snapshot s {
  parquet "a"
  columns (id: string, t: timestamp, \`${name}\`: int)
  at t
}
group e:g from s by id {
  x = \`${name}\` + 1
}
vector v {
  key e
  x = @e:g:x
}`);
    expect(Object.keys(vector.sources[0]?.columns ?? {})).toContain(name);
    expect(vector.groups[0]?.reads).toEqual([name]);
    const again = JSON.parse(canonicalJson(vector)) as VectorPlan;
    expect(Object.keys(again.sources[0]?.columns ?? {})).toContain(name);
    expect(vectorFingerprint(again)).toBe(vectorFingerprint(vector));
    expect(valueOf(`\`${name}\` + 1`, { [name]: "int?" }, { [name]: 4 })).toBe(5);
  });

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty"])(
    "%s is no column, type, function, option or feature that nobody declared",
    (name) => {
      const world = `entity e (id: string)\nevents s {\n parquet "a"\n columns (id: string, t: timestamp)\n at t\n}\n`;
      const wrong = [
        `${world}group e:g from s by id {\n x = max(\`${name}\`) over 1d\n}`,
        `${world}group e:g from s by ${name} {\n x = count() over 1d\n}`,
        `${world}group e:g from s by id {\n x = \`${name}\`(1)\n}`,
        `${world}group e:g from s by id {\n x = count() over 1h\n y = \`${name}\`\n}`,
        `entity f (id: \`${name}\`)`,
        `${world}vector v {\n key e\n x = \`${name}\`\n}`,
        `${world}vector v {\n key e\n x = clip(1, 2, \`${name}\`: 3)\n}`,
        `${world}group e:g from s by id {\n x = count() over 1h\n}\nvector v {\n key e\n x = @e:g:\`${name}\`\n}`,
      ];
      for (const text of wrong) {
        const { diagnostics, plan } = compileText(text);
        expect(plan, text).toBeUndefined();
        expect(diagnostics, text).toHaveLength(1);
        expect(diagnostics[0]?.hint ?? "").not.toMatch(/native code|\[object/);
      }
    },
  );

  it("are never joined into the same name of two things", () => {
    const vector = vectorOf(`
entity e (id: string)
entity p (a: string, b: string)
events s {
  parquet "x"
  columns (id: string, t: timestamp, a: string, b: string)
  at t
}
group e:g from s by id {
  n = count() over 1h
}
group p:g from s by a, b {
  n = count() over 1h
}
vector v {
  key e
  input x: string, x_y: string, y: string, y_z: string, z: string
  one = @p:g:n[x, y_z]
  two = @p:g:n[x_y, z]
  three = @p:g:n[x, y_z] + @e:g:n
}`);
    expect(vector.reads.map(({ id }) => id)).toEqual(["e__e__g__n", "x_y_z_2__p__g__n", "x_y_z__p__g__n"]);
    expect(new Set(vector.reads.map((read) => JSON.stringify(read.key))).size).toBe(3);
  });
});

describe("texts that mean something elsewhere", () => {
  it("come through generated JavaScript", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(valueOf(`concat(${JSON.stringify(a)}, x)`, { x: "string?" }, { x: b })).toBe(a + b);
        expect(valueOf(`x in [${JSON.stringify(a)}, "other"]`, { x: "string?" }, { x: a })).toBe(true);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it("come through a row of cells, generated or by closures", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const value = planOf(`concat(${JSON.stringify(a)}, x)`, { x: "string?" });
        for (const mode of ["generated", "closures"] as const) {
          const given = rowCells(1);
          const results = rowCells(1);
          given.others[0] = b;
          compileRows([{ name: a, value }], {}, { mode }).row(given, results);
          expect(results.others[0]).toBe(a + b);
        }
      }),
      { seed: 13, numRuns: 200 },
    );
  });

  it("come through SQL, or are left to JavaScript", async () => {
    const engine = await Engine.open({ memory: "600MB", threads: 1 });
    try {
      const some = fc.sample(texts, { seed: 12, numRuns: 150 });
      for (const text of [...hostile, ...some]) {
        const quoted = quoteText(text);
        expect(quoted === undefined).toBe(text.includes("\0"));
        const plan = planOf(`x == ${JSON.stringify(text)} or x in [${JSON.stringify(text)}]`, { x: "string?" });
        const sql = expressionSql(plan, () => quoted ?? "null");
        expect(sql === undefined).toBe(quoted === undefined);
        if (sql === undefined || quoted === undefined) continue;
        const [row] = await engine.rows(`select ${sql} as same, ${quoted} as text`, "reading a text back");
        expect(row).toEqual({ same: true, text });
      }
      for (const name of [...names, ...strange, ...columnsOnly]) {
        const [row] = await engine.rows(
          `select column_name as name from (describe select 1 as ${quoteIdentifier(name)})`,
          "reading a name back",
        );
        expect(row).toEqual({ name });
      }
    } finally {
      engine.close();
    }
  });
});

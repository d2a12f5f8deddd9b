import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRows, type RawColumn, toRaw } from "../../../src/dsl/index.ts";
import { planOf } from "../check-one.ts";
import { sameRaw } from "../same-value.ts";
import { expressions, rows } from "../random-expressions.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 27_182);

describe("closures", () => {
  it("give the same as generated code over more rows than they do at once, of either form of column", () => {
    const plans = fc.sample(expressions(false, 3), { seed, numRuns: 40 });
    const data = fc.sample(rows, { seed, numRuns: 50 });
    const outputs = plans.map((value, i) => ({ name: String(i), value }));
    const generated = compileRows(outputs, {}, { mode: "generated" });
    const closures = compileRows(outputs, {}, { mode: "closures" });
    expect([generated.mode, closures.mode]).toEqual(["generated", "closures"]);
    for (const n of [1, 7, 5_000, 2, 0]) {
      const input = generated.leaves.map(({ name, kind }): RawColumn => {
        const raw = Array.from({ length: n }, (_, i) =>
          toRaw(data[(i * 7) % data.length]?.[name.slice(name.indexOf(":") + 1)] ?? null, kind),
        );
        return kind === "float" || kind === "bool" ? Float64Array.from(raw as number[]) : raw;
      });
      const [one, other] = [generated, closures].map((program) => {
        const results = program.outputs.map(({ kind }): RawColumn =>
          kind === "float" ? new Float64Array(n) : new Array<null>(n).fill(null),
        );
        program.run(n, input, results);
        return results.map((column) => [...column]);
      });
      for (const [i, column] of (one ?? []).entries()) {
        for (const [r, raw] of column.entries()) expect(sameRaw(raw, other?.[i]?.[r] ?? null)).toBe(true);
      }
    }
  });

  it("are taken where the runtime forbids code generation, and nothing is hidden that was demanded", () => {
    const program = `
      import { readFileSync } from "node:fs";
      import { compileRows } from ${JSON.stringify(new URL("../../../src/dsl/index.ts", import.meta.url).href)};
      const { value, input } = JSON.parse(readFileSync(0, "utf8"));
      const outputs = [{ name: "x", value }];
      const program = compileRows(outputs);
      const results = [new Array(input[0].length).fill(null)];
      program.run(input[0].length, input, results);
      let demanded = "nothing";
      try { compileRows(outputs, {}, { mode: "generated" }); } catch (error) { demanded = error.name; }
      process.stdout.write(JSON.stringify({ mode: program.mode, results, demanded }));
    `;
    const value = planOf("if(x > 1, log(x) * 2, clip(x, -1, 1)) ?? y", { x: "float", y: "float" });
    const input = [
      [0.5, 2, -7.25, 1e300],
      [1, 2, 3, 4],
    ];
    const generated = compileRows([{ name: "x", value }]);
    const results = [new Array<number>(4).fill(0)];
    generated.run(4, input, results);
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", program],
      { input: JSON.stringify({ value, input }), encoding: "utf8" },
    );
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ mode: "closures", results, demanded: "EvalError" });
    expect(generated.mode).toBe("generated");
  });
});

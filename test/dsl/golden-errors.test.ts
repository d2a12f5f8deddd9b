import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderDiagnostic } from "../../src/core/index.ts";
import { defineFunction } from "../../src/dsl/index.ts";
import { compileText } from "./check-one.ts";

/** `GOLDEN=write npx vitest run test/dsl/golden-errors.test.ts` renders them anew: read each change before keeping it. */
const write = process.env["GOLDEN"] === "write";
const folder = join(import.meta.dirname, "../golden/errors");
const names = readdirSync(folder).filter((name) => name.endsWith(".tondo"));

/** What every file may lean on, so that each holds little but its mistake. */
const world = readFileSync(join(folder, "world.txt"), "utf8");

/** A function of the project's own, for mistakes in calling one. */
const loyalty = defineFunction({
  name: "loyalty",
  version: 1,
  takes: { visits: "int", since: "duration?" },
  returns: "float?",
  compute: ({ visits, since }) => (since === null ? null : Number(visits) / since),
});

describe("mistakes people make", () => {
  it("are many", () => {
    expect(names.length).toBeGreaterThanOrEqual(80);
  });

  it.each(names)("%s", (name) => {
    const mistake = readFileSync(join(folder, name), "utf8");
    const text = mistake.startsWith("// alone\n") ? mistake : `${mistake}\n${world}`;
    const { diagnostics, plan } = compileText(text, name, [loyalty]);
    const rendered = `${diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, text)).join("\n\n")}\n`;
    const path = join(folder, name.replace(/\.tondo$/, ".txt"));
    if (write) {
      if (existsSync(path)) rmSync(path);
      writeFileSync(path, rendered);
    }
    expect(diagnostics).toHaveLength(1);
    expect(plan).toBeUndefined();
    expect(rendered).toBe(readFileSync(path, "utf8"));
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderDiagnostic } from "../../src/core/index.ts";
import { formatText } from "../../src/dsl/index.ts";
import { runDefinitionTests } from "../../src/featurestore/index.ts";
import { LmdbStore } from "../../src/lmdb.ts";
import { compileText } from "../dsl/check-one.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/learning-the-language.md"), "utf8");

/** The steps of one of the page's projects, each with all that came before it. */
function steps(project: string): readonly { readonly step: number; readonly text: string }[] {
  const blocks = [...page.matchAll(new RegExp(`^\`\`\`tondo ${project}\n(.*?)^\`\`\`$`, "gms"))].map(
    ([, text = ""]) => text,
  );
  return blocks.map((_, i) => ({ step: i + 1, text: blocks.slice(0, i + 1).join("\n") }));
}

describe.each([
  { project: "fraud", least: 5 },
  { project: "delivery", least: 5 },
])("the project $project of the page on learning the language", ({ project, least }) => {
  it("grows in steps", () => {
    expect(steps(project).length).toBeGreaterThanOrEqual(least);
  });

  it.each(steps(project))("compiles after step $step, in its one form", ({ text }) => {
    const { diagnostics, plan } = compileText(text);
    expect(diagnostics).toEqual([]);
    expect(plan).toBeDefined();
    expect(formatText({ path: "features.tondo", text }).text).toBe(text);
  });

  it("does what its test blocks say", async () => {
    const { plan, tests } = compileText(steps(project).at(-1)?.text ?? "");
    if (plan === undefined) throw new Error("no plan");
    expect(tests.length).toBeGreaterThan(0);
    const results = await runDefinitionTests({ plan, tests, openStore: (folder) => LmdbStore.open({ folder }) });
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(results).toHaveLength(tests.length);
  });
});

it("shows the error of a wrong name as it is", () => {
  const [, , vector] = steps("delivery");
  const text = vector?.text.replace("kitchen:prep_7d[store]", "kitchen:prep_8d[store]") ?? "";
  const { diagnostics } = compileText(text, "features.tondo");
  expect(diagnostics).toHaveLength(1);
  for (const diagnostic of diagnostics)
    expect(page).toContain(`\`\`\`text\n${renderDiagnostic(diagnostic, text)}\n\`\`\``);
});

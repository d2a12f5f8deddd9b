import ts from "typescript";
import { describe, expect, it } from "vitest";
import { projectTypesText } from "../../../src/dsl/index.ts";
import { compileText } from "../check-one.ts";

function textOf(definitions: string): string {
  const { plan, about, places, diagnostics } = compileText(definitions);
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return projectTypesText({ plan, about, places });
}

/** What the parser finds wrong. */
function faults(text: string): readonly string[] {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

const around = (doc: string, name: string): string => `
/// ${doc}
entity e (k: string)
events s { parquet "x" columns (k: string, at: timestamp, x: float) at at }
group e:g from s by k {
  /// ${doc}
  \`${name}\` = count() over 1d
}`;

describe("projectTypesText", () => {
  it.each(["class", "1st", "a-b", "it's", "${x}", "a b", "ß", "*/ } evil {", "constructor", "//"])(
    "quotes the name %s",
    (name) => {
      const text = textOf(around("Fine.", name));
      expect(faults(text)).toEqual([]);
      expect(text).toContain(JSON.stringify(`e:g:${name}`));
    },
  );

  it.each(["ends */ export const x = 1; /*", "@deprecated not really", "{@link Array}", "a \u2028 b */", "`${1}`"])(
    "carries the doc %s and nothing of it as code",
    (doc) => {
      const text = textOf(around(doc, "n"));
      expect(faults(text)).toEqual([]);
      expect(text).not.toMatch(/^\s*(export const|\/\*\* @)/m);
      const file = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest);
      expect(file.statements.map(({ kind }) => ts.SyntaxKind[kind])).toEqual([
        "InterfaceDeclaration",
        "ModuleDeclaration",
      ]);
      expect(text).not.toContain("{@link");
    },
  );

  it("gives each result of a slot the slot's docs", () => {
    const text = textOf(`${around("Fine.", "n")}
vector v {
  key e
  input hour_of_day: float, kind: string
  /// When it is.
  hour = hour_of_day | cyclic(24)
  /// What it is.
  kind_of = kind | onehot(["a", "b"])
  /// How many.
  hour_n = @e:g:n
}`);
    for (const [name, doc] of [
      ["hour_sin", "When it is."],
      ["hour_cos", "When it is."],
      ["kind_of_a", "What it is."],
      ["kind_of_b", "What it is."],
      ["hour_n", "How many."],
    ])
      expect(text).toMatch(new RegExp(String.raw`/\*\* ${doc ?? ""} \*/\n\s+readonly ${name ?? ""}:`));
  });

  it("is the same for the same plan, and holds nothing for an empty one", () => {
    const definitions = around("Fine.", "n");
    expect(textOf(definitions)).toBe(textOf(definitions));
    expect(faults(textOf("entity e (k: string)"))).toEqual([]);
    expect(textOf("entity e (k: string)")).toContain("readonly features: Readonly<Record<never, never>>;");
  });
});

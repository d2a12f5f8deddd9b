import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { projectTypesText } from "../../src/dsl/index.ts";
import { compileText } from "../dsl/check-one.ts";

const root = join(import.meta.dirname, "../..");
const wrongUses = 22;

/** The errors that the compiler finds in some files, which may exist here only. */
function errorsIn(files: Readonly<Record<string, string | undefined>>, paths?: Record<string, string[]>): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    readonly config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const own: ts.CompilerOptions = {
    ...options,
    noEmit: true,
    skipLibCheck: false,
    ...(paths === undefined ? {} : { paths }),
  };
  const host = ts.createCompilerHost(own);
  const texts = new Map(Object.entries(files).map(([name, text]) => [join(import.meta.dirname, name), text]));
  const read = host.readFile.bind(host);
  const exists = host.fileExists.bind(host);
  host.readFile = (path) => texts.get(path) ?? read(path);
  host.fileExists = (path) => texts.get(path) !== undefined || exists(path);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (path, language) => {
    const text = texts.get(path);
    return text === undefined ? parse(path, language) : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...texts.keys()], own, host);
  return [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText, start = 0 }) => {
        const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
        return `${String(line)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      },
    );
  });
}

const compiled = (() => {
  const { plan, about, diagnostics } = compileText(readFileSync(join(import.meta.dirname, "shop.tondo"), "utf8"));
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return { plan, about };
})();

describe("names that the compiler knows", () => {
  // `npx vitest run test/types -u` writes it anew.
  it("stand in a file that follows from the definitions", async () => {
    await expect(projectTypesText(compiled, { register: false })).toMatchFileSnapshot("shop.d.ts");
  });

  it("let right uses compile and wrong ones fail", { timeout: 120_000 }, () => {
    const name = "typed-names.test-d.ts";
    expect(readFileSync(join(import.meta.dirname, name), "utf8").match(/@ts-expect-error/g)).toHaveLength(wrongUses);
    expect(errorsIn({ [name]: undefined, "shop.d.ts": undefined })).toEqual([]);
  });

  it("are known to open() where they are registered, and to nobody else", { timeout: 120_000 }, () => {
    const use = `
      import { open, type Tondo } from "tondo";
      export async function use(): Promise<void> {
        const tondo: Tondo = await open();
        const reader = await tondo.features();
        await reader.get(["shop:orders:n_1d"], { shop: "a" });
        // @ts-expect-error a wrong feature
        await reader.get(["shop:orders:n_2d"], { shop: "a" });
      }`;
    const paths = { tondo: [join(root, "src/index.ts")] };
    expect(errorsIn({ "use.ts": use, "registered.d.ts": projectTypesText(compiled) }, paths)).toEqual([]);
    expect(errorsIn({ "use.ts": use }, paths)).toEqual(["7: Unused '@ts-expect-error' directive."]);
  });
});

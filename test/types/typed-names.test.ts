import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectTypesText } from "../../src/dsl/index.ts";
import { compileText } from "../dsl/check-one.ts";
import { errorsIn } from "./errors-in.ts";

const root = join(import.meta.dirname, "../..");
const wrongUses = 45;

const compiled = (() => {
  const { plan, about, places, diagnostics } = compileText(
    readFileSync(join(import.meta.dirname, "shop.tondo"), "utf8"),
  );
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return { plan, about, places };
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

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tondo } from "./run-tondo.ts";

const library = pathToFileURL(join(import.meta.dirname, "../../src/index.ts")).href;
const functions = (result = "visits === 1 ? null : Number(visits) / 2"): string => `
import { defineFunction } from ${JSON.stringify(library)};
export const loyalty = defineFunction({
  name: "loyalty", version: 2, takes: { visits: "int" }, returns: "float?",
  compute: ({ visits }) => ${result},
  doc: "Half the visits.",
});
`;
const definitions = `entity shop (shop: string)
events sales {
  parquet "sales.parquet" known loaded_at
  columns (shop: string, sold_at: timestamp, loaded_at: timestamp)
  at sold_at
}
group shop:till from sales by shop {
  n_1h = count() over 1h
  loyal = loyalty(n_1h)
}
vector v { key shop: shop
  loyal = @shop:till:loyal ?? 0
}
test "half of them" {
  given sales { shop: "s1", sold_at: "12:00", loaded_at: "12:00" }
  given sales { shop: "s1", sold_at: "12:01", loaded_at: "12:01" }
  given sales { shop: "s1", sold_at: "12:02", loaded_at: "12:02" }
  expect @shop:till:loyal["s1"] at "12:01" is missing
  expect @shop:till:loyal["s1"] at "12:15" == 1.5
}
`;

describe("a project with functions of its own", () => {
  let folder = "";
  const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-functions-command-"));
    await put("a.tondo", definitions);
    await put("tondo.functions.ts", functions());
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is checked, tested, planned, applied, typed and explained with them", async () => {
    expect(await tondo(folder, "check")).toMatchObject({ code: 0 });
    expect(await tondo(folder, "test")).toMatchObject({ code: 0, out: expect.stringContaining("1 passed") as string });
    expect(await tondo(folder, "apply")).toMatchObject({ code: 0 });
    expect(await tondo(folder, "plan")).toMatchObject({
      code: 0,
      out: expect.not.stringContaining("change ") as string,
    });
    expect((await tondo(folder, "types", "--stdout")).out).toContain('"shop:till:loyal"');
    const { out, code } = await tondo(folder, "explain", "shop:till:loyal");
    expect(code).toBe(0);
    expect(out).toContain("loyalty (the project's own, version 2)");
    expect(out).toMatch(/f1\(/);
  });

  it("takes them from another file where that is named", async () => {
    await put("other.ts", functions());
    await rm(join(folder, "tondo.functions.ts"));
    expect((await tondo(folder, "check", "--functions", "other.ts")).code).toBe(0);
    const { code, out } = await tondo(folder, "check");
    expect(code).toBe(1);
    expect(out).toContain('there is no function "loyalty"');
  });

  it("says so where the file is wrong, but for commands that call no function", async () => {
    await put("tondo.functions.ts", "export const loyalty = 3;");
    const { code, out } = await tondo(folder, "check", "--json");
    expect(code).toBe(1);
    expect(out).toContain("FUNCTIONS_INVALID");
    expect((await tondo(folder, "models")).code).toBe(0);
  });

  it("does not change what is applied by changing a function's text", async () => {
    expect((await tondo(folder, "apply")).code).toBe(0);
    await put("changed.ts", functions("Number(visits) / 3"));
    const { code, out } = await tondo(folder, "apply", "--functions", "changed.ts", "--json");
    expect(code).toBe(1);
    expect(out).toContain("DEFINITION_IN_USE");
  });
});

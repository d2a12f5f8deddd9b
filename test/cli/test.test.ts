import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { errorOf, jsonOf, tondo, tondoWith } from "./run-tondo.ts";

const definitions = `entity shop (shop: string)
events sales {
  parquet "sales.parquet" known loaded_at
  columns (shop: string, sold_at: timestamp, loaded_at: timestamp)
  at sold_at
}
group shop:till from sales by shop { n_1h = count() over 1h }
`;
const right = `test "a sale counts once it is known" {
  given sales { shop: "s1", sold_at: "12:00", loaded_at: "12:10" }
  expect @shop:till:n_1h["s1"] at "12:05" == 0
  expect @shop:till:n_1h["s1"] at "12:15" == 1
}
`;
const wrong = `test "A SALE counts twice" {
  given sales { shop: "s1", sold_at: "12:00", loaded_at: "12:10" }
  expect @shop:till:n_1h["s1"] at "12:15" == 2
}
`;

describe("tondo test", () => {
  let folder = "";
  const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-test-command-"));
    await mkdir(join(folder, "more"));
    await put("a.tondo", definitions);
    await put("more/right.tondo", right);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("says what holds, by file, and exits with 0", async () => {
    const { code, out } = await tondo(folder, "test");
    expect(out).toBe("more/right.tondo\n  ok  a sale counts once it is known (2 expectations)\n\n1 passed, 0 failed\n");
    expect(code).toBe(0);
  });

  it("shows the line of what does not hold, with what each path says, and exits with 1", async () => {
    await put("wrong.tondo", wrong);
    const { code, out } = await tondo(folder, "test");
    expect(code).toBe(1);
    expect(out).toContain("  failed  A SALE counts twice (1 expectation)\n");
    expect(out).toContain(`error[expectation-failed]: expected 2, got 1
 --> wrong.tondo:3:10
  |
3 |   expect @shop:till:n_1h["s1"] at "12:15" == 2
  |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = by the contract 1, in training 1, in training by range 1, online 1
`);
    expect(out.endsWith("\n\n1 passed, 1 failed\n")).toBe(true);
  });

  it("gives one object with --json", async () => {
    await put("wrong.tondo", wrong);
    const ran = await tondo(folder, "test", "--json");
    expect(ran.code).toBe(1);
    expect(jsonOf(ran)).toMatchObject({
      ok: false,
      passed: 1,
      failed: 1,
      tests: [
        { name: "a sale counts once it is known", file: "more/right.tondo", line: 1, passed: true, diagnostics: [] },
        { name: "A SALE counts twice", passed: false, diagnostics: [{ code: "expectation-failed" }] },
      ],
      diagnostics: [],
    });
  });

  it("runs the tests of some files, or those with a text in their name", async () => {
    await put("wrong.tondo", wrong);
    expect((await tondo(folder, "test", "more/right.tondo")).out).toContain("1 passed, 0 failed");
    expect((await tondo(folder, "test", "-t", "counts TWICE")).out).toContain("0 passed, 1 failed");
    expect((await tondo(folder, "test", "wrong.tondo", "--name", "a sale")).out).toContain("0 passed, 1 failed");
    const nobody = await tondo(folder, "test", "-t", "thrice", "--json");
    expect([nobody.code, errorOf(nobody).code]).toEqual([2, "USAGE"]);
    const nowhere = await tondo(folder, "test", "nowhere.tondo", "--json");
    expect([nowhere.code, errorOf(nowhere).code]).toEqual([2, "USAGE"]);
  });

  it("takes files relative to the folder that --folder says", async () => {
    const { code, out } = await tondo(tmpdir(), "test", "more/right.tondo", "-C", folder);
    expect([code, out.endsWith("\n\n1 passed, 0 failed\n")]).toEqual([0, true]);
  });

  it("says of a failure that a row is never known, where its known column is left out", async () => {
    await put("wrong.tondo", wrong.replace(', loaded_at: "12:10"', ""));
    expect((await tondo(folder, "test")).out).toContain(
      '  = by the contract 0, in training 0, in training by range 0, online 0; a row given to "sales" has no "loaded_at", so it is never known\n',
    );
  });

  it("runs nothing where the definitions have errors, and shows them", async () => {
    await put("wrong.tondo", wrong.replace("n_1h", "n_2h"));
    const { code, out } = await tondo(folder, "test");
    expect(code).toBe(1);
    expect(out).toContain('error[unknown-feature]: shop:till has no feature "n_2h"');
    expect(jsonOf(await tondo(folder, "test", "--json"))).toMatchObject({ ok: false, passed: 0, failed: 0 });
  });

  it("shows the signs of names that a terminal would obey", async () => {
    const name = String.raw`"a\u001b[2J\u202eb\nc"`;
    await put("wrong.tondo", wrong.replace('"A SALE counts twice"', name));
    for (const colours of [false, true]) {
      const { out } = await tondoWith({ folder, colours }, "test");
      expect(out.match(/a\\u\{1b\}\[2J\\u\{202e\}b\\u\{a\}c/g)).toHaveLength(2);
      expect(stripVTControlCharacters(out).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
      expect(out).not.toContain("\u001b[2J");
    }
  });

  it("says so where there are no tests", async () => {
    await rm(join(folder, "more/right.tondo"));
    const { code, out } = await tondo(folder, "test");
    expect([code, out]).toEqual([
      0,
      "0 passed, 0 failed (there are no tests: docs/language.md shows how they are written)\n",
    ]);
  });
});

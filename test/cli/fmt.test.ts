import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { errorOf, jsonOf, spawnTondo, tondo, tondoWith } from "./run-tondo.ts";

const ugly = "entity a(x:int) // why\n";
const right = "entity a (x: int)  // why\n";
const wrong = "entity b x: int)\n";

describe("tondo fmt", () => {
  let folder = "";
  const put = (name: string, text: string | Uint8Array): Promise<void> => writeFile(join(folder, name), text);
  const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-fmt-"));
    await mkdir(join(folder, "more/.hidden"), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("formats what lies in the folder and below, and rewrites nothing else", async () => {
    await put("a.tondo", ugly);
    await put("more/b.tondo", right);
    await put("more/.hidden/c.tondo", ugly);
    await put("notes.txt", ugly);
    await chmod(join(folder, "a.tondo"), 0o600);
    const before = await stat(join(folder, "more/b.tondo"), { bigint: true });
    expect(await tondo(folder, "fmt")).toEqual({
      code: 0,
      out: "a.tondo\n\n1 file formatted, 1 unchanged\n",
      err: "",
    });
    expect(await read("a.tondo")).toBe(right);
    expect((await stat(join(folder, "a.tondo"))).mode & 0o777).toBe(0o600);
    expect(await read("more/.hidden/c.tondo")).toBe(ugly);
    const after = await stat(join(folder, "more/b.tondo"), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
    expect((await tondo(folder, "fmt")).out).toBe("2 unchanged\n");
  });

  it("--check writes nothing and says by 1 what would change", async () => {
    await put("a.tondo", ugly);
    await put("b.tondo", right);
    expect(await tondo(folder, "fmt", "--check")).toMatchObject({
      code: 1,
      out: "a.tondo\n\n1 file would change, 1 unchanged\n",
    });
    expect(await read("a.tondo")).toBe(ugly);
    expect((await tondo(folder, "fmt", "--check", "b.tondo")).code).toBe(0);
    expect(jsonOf(await tondo(folder, "fmt", "--check", "--json"))).toEqual({
      ok: false,
      check: true,
      changed: ["a.tondo"],
      unchanged: ["b.tondo"],
      failed: [],
      diagnostics: [],
    });
  });

  it("shows errors, leaves those files alone and formats the others", async () => {
    await put("a.tondo", wrong);
    await put("b.tondo", ugly);
    await put("c.tondo", Uint8Array.of(0x2f, 0x2f, 0xff, 0x0a));
    await put("d.tondo", " ".repeat(16_000_001));
    const { code, out } = await tondo(folder, "fmt");
    expect(code).toBe(1);
    expect(out).toContain("error[syntax]");
    expect(out).toContain("--> a.tondo:1:10\n");
    expect(out).toContain("error[not-utf-8]: this file is not UTF-8\n --> c.tondo:1:1");
    expect(out).toContain("error[file-too-large]: a file may have 16000000 bytes\n --> d.tondo:1:1");
    expect(out).toMatch(/\n\nb\.tondo\n\n1 file formatted, 3 files with errors\n$/);
    expect(await read("a.tondo")).toBe(wrong);
    expect(await read("b.tondo")).toBe(right);
    expect((await readFile(join(folder, "c.tondo"))).toString("hex")).toBe("2f2fff0a");
    expect(jsonOf(await tondo(folder, "fmt", "--json"))).toMatchObject({
      ok: false,
      failed: ["a.tondo", "c.tondo", "d.tondo"],
    });
  });

  it("takes files and folders, writes through links, and one file once", async () => {
    await put("more/b.tondo", ugly);
    await symlink(join(folder, "more/b.tondo"), join(folder, "link.tondo"));
    const ran = await tondo(folder, "fmt", "--json", "link.tondo", "more", "more/b.tondo");
    expect(jsonOf(ran)["changed"]).toEqual(["link.tondo"]);
    expect(await read("more/b.tondo")).toBe(right);
    expect(await read("link.tondo")).toBe(right);
    await put("features.txt", ugly);
    expect((await tondo("/", "fmt", join(folder, "features.txt"))).code).toBe(0);
    expect(await read("features.txt")).toBe(right);
  });

  it("refuses what does not exist before it writes anything", async () => {
    await put("a.tondo", ugly);
    expect(errorOf(await tondo(folder, "fmt", "--json", "a.tondo", "none.tondo")).code).toBe("IO_FAILED");
    expect(errorOf(await tondo(folder, "fmt", "--json", "more/.hidden")).code).toBe("DEFINITIONS_INVALID");
    expect(await read("a.tondo")).toBe(ugly);
    expect((await tondo(folder, "fmt", "--stdin", "a.tondo")).code).toBe(2);
  });

  it("--stdin formats to standard output, and prints nothing there where it cannot", async () => {
    expect(await tondoWith({ folder, input: ugly }, "fmt", "--stdin")).toEqual({ code: 0, out: right, err: "" });
    expect((await tondoWith({ folder, input: ugly }, "fmt", "--stdin", "--check")).code).toBe(1);
    expect((await tondoWith({ folder, input: right }, "fmt", "--stdin", "--check")).code).toBe(0);
    expect(jsonOf(await tondoWith({ folder, input: ugly }, "fmt", "--stdin", "--json"))).toEqual({
      changed: true,
      text: right,
    });
    const { code, out, err } = await tondoWith({ folder, input: wrong }, "fmt", "--stdin");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("(standard input):1:10");
  });

  it("--stdin writes what a file would hold, an empty one too", async () => {
    for (const input of ["", "\n", "// a\n", "// a", right]) {
      await put("a.tondo", input);
      const checked = await tondo(folder, "fmt", "--check", "a.tondo");
      expect((await tondoWith({ folder, input }, "fmt", "--stdin", "--check")).code).toBe(checked.code);
      expect((await tondo(folder, "fmt", "a.tondo")).code).toBe(0);
      expect(await tondoWith({ folder, input }, "fmt", "--stdin")).toEqual({
        code: 0,
        out: await read("a.tondo"),
        err: "",
      });
    }
  });

  it("runs as a process of its own", async () => {
    await put("a.tondo", ugly);
    expect((await spawnTondo(folder, ["fmt", "--quiet"])).code).toBe(0);
    expect(await read("a.tondo")).toBe(right);
  });
});

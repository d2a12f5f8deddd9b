import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, jsonOf, tondo, tondoWith } from "./run-tondo.ts";

const golden = join(import.meta.dirname, "../golden/explain");

describe("tondo explain", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-explain-"));
    await copyFile(join(golden, "eats.tondo"), join(folder, "eats.tondo"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // `npx vitest run test/cli/explain.test.ts -u` writes them anew: read each change.
  it.each([
    ["feature", ["restaurant:kitchen:prep_7d@2"]],
    ["derived-feature", ["restaurant:kitchen:busy", "--plan", "--javascript"]],
    ["group", ["restaurant:profile", "--lineage", "--plan"]],
    ["two-hops", ["eats_eta:nearby"]],
    ["fitted", ["eats_eta:prep", "--plan", "--javascript"]],
    ["label", ["eats_eta:late", "--lineage", "--plan", "--javascript"]],
    ["vector", ["eats_eta", "--lineage", "--plan"]],
  ])("%s", async (name, argv) => {
    const { code, out, err } = await tondo(folder, "explain", ...argv);
    expect([code, err]).toEqual([0, ""]);
    await expect(out).toMatchFileSnapshot(join(golden, `${name}.txt`));
  });

  it("gives all parts as data, or those asked for", async () => {
    const all = jsonOf(await tondo(folder, "explain", "eats_eta:nearby", "--json"));
    expect(all).toMatchObject({
      kind: "slot",
      name: "eats_eta:nearby",
      place: "eats.tondo:41",
      facts: { type: "int", place: "5 of the 5 slots of eats_eta" },
      lineage: { features: ["region:load:n_1h", "restaurant:profile:lat", "restaurant:profile:lon"] },
      plans: [{ name: "nearby", tree: { label: "fill", type: "int" } }],
      joins: [
        { group: "restaurant:profile", join: "latest", inJavaScript: [] },
        {
          group: "region:load",
          join: "windows",
          inJavaScript: [{ what: "key", reason: '"geohash" has no SQL that is equal to it bit by bit' }],
        },
      ],
      programs: [{ title: "a pass over orders, before the join" }, { title: "slots" }],
    });
    const one = jsonOf(await tondo(folder, "explain", "eats_eta:nearby", "--sql", "--json"));
    expect(Object.keys(one)).toEqual(["kind", "name", "place", "facts", "joins"]);
  });

  it("says what was probably meant, and what there is", async () => {
    const near = await tondo(folder, "explain", "restaurant:kitchen:prep_8d", "--json");
    expect(near.code).toBe(1);
    expect(errorOf(near)).toMatchObject({
      code: "UNKNOWN_DEFINITION",
      hint: 'Did you mean "restaurant:kitchen:prep_7d"?',
    });
    const source = errorOf(await tondo(folder, "explain", "orders", "--json"));
    expect([source.message, source.hint]).toEqual([
      '"orders" is a source of events, and has nothing to explain',
      "Explain takes features, groups, vectors, slots and labels.",
    ]);
    expect(errorOf(await tondo(folder, "explain", "restaurant", "--json")).message).toContain(
      '"restaurant" is an entity',
    );
    expect(errorOf(await tondo(folder, "explain", "x", "--json")).hint).toMatch(/^There is eats_eta, /);
    expect(errorOf(await tondo(folder, "explain", "eats_eta:what_is_this", "--json")).hint).toMatch(
      /^There is eats_eta:prep, /,
    );
  });

  it("colours on a terminal only, and the words are the same", async () => {
    const plain = await tondo(folder, "explain", "eats_eta");
    const coloured = await tondoWith({ folder, colours: true }, "explain", "eats_eta");
    expect(coloured.out).not.toBe(plain.out);
    expect(stripVTControlCharacters(coloured.out)).toBe(plain.out);
  });
});

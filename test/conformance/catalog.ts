import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseProject, compile } from "../../src/dsl/index.ts";
import { connect, type Database } from "../../src/database/index.ts";
import { type Catalog, openCatalog, type Project } from "../../src/featurestore/index.ts";

/** A database of one test's own, by its URL. */
export interface CatalogHome {
  readonly url: string;
  drop(): Promise<void>;
}

/** A project from text; sources declare their columns. */
export function projectOf(text: string): Project {
  const { plan, about, places } = compile(parseProject([{ path: "p.tondo", text }]), new Map(), []);
  if (plan === undefined) throw new Error("the text has errors");
  return { folder: "/", files: [], diagnostics: [], tests: [], about, places, plan };
}

const text = (feature = "n = count() over 1d", doc = "Orders.", extra = ""): string => `
entity store (store: string)
/// ${doc}
events orders { parquet "o/*.parquet"
  columns (store: string, at: timestamp, x: float)
  at at }
group store:g from orders by store { ${feature} }
vector v { key store: store
  n = @store:g:${/^\w+/.exec(feature)?.[0] ?? ""} }
${extra}`;

/** What every catalog does, on whatever database. */
export function describeCatalog(name: string, fresh: () => Promise<CatalogHome>): void {
  describe(name, () => {
    let home: CatalogHome;
    let databases: Database[] = [];
    let now = 1_700_000_000_000_000;

    async function opened(actor = "ada"): Promise<Catalog> {
      const database = await connect({ url: home.url });
      databases.push(database);
      return openCatalog({ database, clock: () => now++, actor });
    }
    beforeEach(async () => {
      home = await fresh();
      databases = [];
    });
    afterEach(async () => {
      for (const database of databases) await database.close();
      await home.drop();
    });

    it("plans what it then does, and does it once", async () => {
      const catalog = await opened();
      const project = projectOf(text());
      await expect(catalog.project()).rejects.toMatchObject({ code: "NOT_APPLIED" });
      const planned = await catalog.plan(project);
      expect(planned).toEqual([
        { kind: "entity", name: "store", change: "added" },
        { kind: "source", name: "orders", change: "added" },
        { kind: "group", name: "store:g", change: "added" },
        { kind: "vector", name: "v", change: "added" },
      ]);
      expect(await catalog.definitions()).toEqual([]);
      expect(await catalog.apply(project)).toEqual(planned);
      expect(await catalog.project()).toEqual(project.plan);
      const before = await catalog.definitions();
      expect(before.map(({ version, appliedBy }) => [version, appliedBy])).toEqual(before.map(() => [1, "ada"]));
      expect((await catalog.apply(project)).every(({ change }) => change === "unchanged")).toBe(true);
      expect(await catalog.definitions()).toEqual(before);
      expect(await (await opened("bob")).definitions()).toEqual(before);
    });

    it("takes new words and paths for what they are, and keeps who said them", async () => {
      const catalog = await opened();
      await catalog.apply(projectOf(text()));
      const described = projectOf(text(undefined, "All orders.").replace("o/*.parquet", "elsewhere/*.parquet"));
      const changes = await (await opened("bob")).apply(described);
      expect(changes.find(({ kind }) => kind === "source")).toMatchObject({ change: "described" });
      const source = (await catalog.definitions()).find(({ kind }) => kind === "source");
      expect(source).toMatchObject({ version: 2, appliedBy: "bob", about: { doc: "All orders." } });
      expect((await catalog.project()).sources[0]?.transports).toMatchObject([{ path: "elsewhere/*.parquet" }]);
    });

    it("refuses another meaning, or less, unless it is told to replace; nothing of it is kept then", async () => {
      const catalog = await opened();
      await catalog.apply(projectOf(text()));
      const before = await catalog.definitions();
      const more = projectOf(text("n = count() over 2d", "Orders.", "entity courier (courier: string)"));
      await expect(catalog.apply(more)).rejects.toMatchObject({
        code: "DEFINITION_IN_USE",
        message: expect.stringContaining("group store:g would be changed; vector v would be changed") as string,
        hint: expect.any(String) as string,
      });
      await expect(catalog.apply(projectOf("entity store (store: string)"))).rejects.toMatchObject({
        code: "DEFINITION_IN_USE",
        message: expect.stringContaining("removed") as string,
      });
      expect(await catalog.definitions()).toEqual(before);
      await catalog.apply(more, { replace: true });
      expect(await catalog.project()).toEqual(more.plan);
    });

    it("takes another version of a feature beside the first, which stays what it was", async () => {
      const catalog = await opened();
      const first = "n = count() over 1d where x > 0 big = (sum(x) over 1d) > 9";
      await catalog.apply(projectOf(text(first)));
      const before = await catalog.definitions();
      const both = projectOf(text(`${first} n@2 = sum(x) over 1d`));
      expect((await catalog.apply(both)).filter(({ change }) => change !== "unchanged")).toEqual([
        { kind: "group", name: "store:g", change: "extended" },
      ]);
      const after = await catalog.definitions();
      expect(after.filter(({ kind }) => kind !== "group")).toEqual(before.filter(({ kind }) => kind !== "group"));
      // The first one gone, another meaning of one that was there, a column that breaks ties, or another source: no more an extension.
      const others = [
        `big = (sum(x) over 1d) > 9 n@2 = sum(x) over 1d`,
        `${first} n@2 = sum(x) over 2d`,
        `${first} n@2 = sum(x) over 1d n@3 = last(at) over 1d`,
      ];
      for (const other of others) {
        await expect(catalog.apply(projectOf(text(other)))).rejects.toMatchObject({
          code: "DEFINITION_IN_USE",
          message: expect.stringContaining("group store:g would be changed") as string,
          hint: expect.stringContaining("NAME@2 = ...") as string,
        });
      }
      const slow = projectOf(
        text(`${first} n@2 = sum(x) over 1d n@3 = sum(x) over 3d`).replace("at at }", "at at + 1s }"),
      );
      expect((await catalog.plan(slow)).find(({ kind }) => kind === "group")).toMatchObject({ change: "changed" });
    });

    it("takes away, and takes back", async () => {
      const catalog = await opened();
      const whole = projectOf(text("n = count() over 1d", "Orders.", "entity courier (courier: string)"));
      const less = projectOf(text());
      await catalog.apply(whole);
      expect((await catalog.apply(less, { replace: true })).at(0)).toEqual({
        kind: "entity",
        name: "courier",
        change: "removed",
      });
      expect(await catalog.project()).toEqual(less.plan);
      expect((await catalog.plan(whole)).at(0)).toMatchObject({ name: "courier", change: "added" });
      await catalog.apply(whole);
      expect(await catalog.project()).toEqual(whole.plan);
      expect((await catalog.definitions()).find(({ name: own }) => own === "courier")).toMatchObject({ version: 2 });
      await catalog.apply(less, { replace: true });
      await catalog.apply(whole);
      expect(await catalog.project()).toEqual(whole.plan);
    });

    it("lets two apply at once: each does all of it, or is told; no definition is there twice", async () => {
      const catalogs = await Promise.all([opened("ada"), opened("bob")]);
      for (let round = 1; round <= 5; round++) {
        const docs = [`Said by ada ${String(round)}.`, `Said by bob ${String(round)}.`];
        const results = await Promise.allSettled(
          catalogs.map((catalog, i) => catalog.apply(projectOf(text(undefined, docs[i] ?? "")))),
        );
        for (const result of results)
          if (result.status === "rejected")
            expect(result.reason).toMatchObject({
              code: expect.stringMatching(/DATABASE_BUSY|DEFINITION_IN_USE/) as string,
            });
        const [ada, bob] = await Promise.all(catalogs.map((catalog) => catalog.definitions()));
        expect(ada).toEqual(bob);
        expect(new Set(ada?.map(({ kind, name: own }) => `${kind}:${own}`)).size).toBe(ada?.length);
        const source = ada?.find(({ kind }) => kind === "source");
        expect(docs).toContain((source?.about as { readonly doc?: string }).doc);
        expect(results.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
      }
      const other = projectOf(text(undefined, "x", "entity courier (courier: string)"));
      const both = await Promise.allSettled([
        catalogs[0].apply(other),
        catalogs[1].apply(projectOf(text(undefined, "x", "entity city (city: string)"))),
      ]);
      // The second sees what the first added, and that its own folder lacks it.
      expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const told = both.find((one) => one.status === "rejected");
      expect(told?.reason).toMatchObject({ code: "DEFINITION_IN_USE" });
    });
  });
}

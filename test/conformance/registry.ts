import { execFile, spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPackage, type PartitionPath, type Resolution } from "../../src/registry/index.ts";
import { newVersion, openRegistryWorld, type RegistryWorld } from "../registry/registry-world.ts";
import type { EmptyDatabase } from "./database.ts";

const levels = ["global", "country", "state", "city"];
const script = (name: string): string => join(import.meta.dirname, "../registry/processes", name);
const codeOf = (code: string): unknown => expect.objectContaining({ code });

/** What the registry must do on every database. */
export function describeRegistry(name: string, makeEmpty: () => Promise<EmptyDatabase>): void {
  describe(name, () => {
    let empty: EmptyDatabase;
    let world: RegistryWorld;
    let registry: RegistryWorld["registry"];
    let count = 0;

    beforeAll(async () => {
      empty = await makeEmpty();
      world = await openRegistryWorld(empty.url);
      registry = world.registry;
    });
    afterAll(async () => {
      await world.close();
      await empty.drop();
    });

    /** A model of the test's own. */
    async function newModel(): Promise<string> {
      const model = `model/${String(++count)}`;
      await registry.createModel({ name: model, levels });
      return model;
    }

    async function register(model: string, path: PartitionPath = [], salt: string | number = ""): Promise<string> {
      return (await registry.registerVersion(newVersion(model, path, salt))).version.id;
    }

    describe("models", () => {
      it("are made once, also by many at once", async () => {
        const about = { name: "flights/delay", owner: "ops", project: "p", description: "d", levels };
        const made = await Promise.all(Array.from({ length: 8 }, () => registry.createModel(about)));
        expect(new Set(made.map((model) => model.createdAt)).size).toBe(1);
        expect(await registry.getModel("flights/delay")).toMatchObject({
          ...about,
          createdBy: "tester",
          lastNumber: 0,
        });
        await expect(registry.createModel({ ...about, owner: "x" })).rejects.toMatchObject({
          code: "MODEL_EXISTS",
          details: { fields: ["owner"] },
        });
        expect(await registry.updateModel("flights/delay", { owner: "x" })).toMatchObject({ owner: "x", project: "p" });
      });

      it("are listed in pages", async () => {
        for (const name of ["zz/a", "zz/b", "zz/c"]) await registry.createModel({ name });
        const page = await registry.listModels({ limit: 2, after: "zz" });
        expect(page.map((model) => model.name)).toEqual(["zz/a", "zz/b"]);
        expect(await registry.listModels({ after: "zz/b" })).toMatchObject([{ name: "zz/c", levels: ["global"] }]);
      });

      it.each(["", "a b", "a@b", "/a", "a/", "a//b", "../a", "a/.b", "ü", "x".repeat(129), "a\n", "a;drop"])(
        "are not named %j",
        async (name) => {
          await expect(registry.createModel({ name })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
        },
      );

      it("that are missing are told from those that are there", async () => {
        await registry.createModel({ name: "there" });
        await expect(registry.getModel("nowhere")).rejects.toMatchObject({
          code: "MODEL_NOT_FOUND",
          hint: expect.stringContaining("there") as string,
        });
        await expect(registry.resolve("nowhere@x")).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
        await expect(registry.setTag({ model: "nowhere", tag: "x", versionId: null })).rejects.toMatchObject({
          code: "MODEL_NOT_FOUND",
        });
      });
    });

    describe("versions", () => {
      it("give back all that was registered", async () => {
        const model = await newModel();
        const parent = await register(model);
        const said = {
          ...newVersion(model, ["US", 'C"A', "a/b"]),
          configuration: { kind: "ridge", lambda: 0.1, list: [1, null, "ü"] },
          parameters: { w: [0.1, -2e-9] },
          trainingSet: { digest: "d".repeat(64), path: "train", counts: { rows: 12 } },
          holdoutSet: { digest: "e".repeat(64), path: "hold", counts: { rows: 3 } },
          parentId: parent,
          startedAt: 1_600_000_000_000_001,
          endedAt: 1_600_000_000_000_002,
          labels: { team: "ops" },
          seed: 42,
          environment: { node: "24" },
        };
        const { version, created } = await registry.registerVersion(said);
        expect(created).toBe(true);
        const { package: bytes, ...fields } = said;
        expect(bytes.length).toBeGreaterThan(0);
        expect(version).toMatchObject({ ...fields, number: 2, createdBy: "tester" });
        expect(version.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
        expect(await registry.getVersion(version.id.toUpperCase())).toEqual(version);
        expect((await registry.loadPackage(version.packageDigest)).files.has("model.json")).toBe(true);
      });

      it("are found again, not doubled, when the same content comes again", async () => {
        const model = await newModel();
        const first = await registry.registerVersion({
          ...newVersion(model),
          startedAt: 1,
          environment: { host: "a" },
        });
        const again = await registry.registerVersion({
          ...newVersion(model),
          startedAt: 2,
          environment: { host: "b" },
        });
        expect(again).toEqual({ version: first.version, created: false });
        const differing = [
          { metrics: { rmse: 1.6 } },
          { labels: { a: "b" } },
          { path: ["US"] },
          { seed: 1 },
          { parameters: { a: 1 } },
          { trainingSet: { digest: "x", path: "p", counts: {} } },
        ];
        for (const [i, change] of differing.entries()) {
          const other = await registry.registerVersion({ ...newVersion(model), ...change });
          expect(other).toMatchObject({ created: true, version: { number: i + 2 } });
        }
      });

      it("are numbered without gaps when many register at once", async () => {
        const model = await newModel();
        const made = await Promise.all(
          Array.from({ length: 12 }, (_, i) =>
            registry.registerVersions([0, 1, 2].map((n) => newVersion(model, [], i * 2 + n))),
          ),
        );
        const created = made.flat().filter((one) => one.created);
        const { versions, next } = await registry.listVersions(model);
        expect(versions.map((version) => version.number)).toEqual(Array.from({ length: 25 }, (_, i) => 25 - i));
        expect(next).toBeNull();
        expect(created.length).toBe(25);
      });

      it("come by the hundred quickly, and again without a doublet", async () => {
        const model = await newModel();
        const many = Array.from({ length: 250 }, (_, i) => newVersion(model, ["US", "CA", `city ${String(i)}`]));
        const started = performance.now();
        const made = await registry.registerVersions(many);
        expect(performance.now() - started).toBeLessThan(6_000);
        expect(made.map(({ version }) => version.path[2])).toEqual(many.map((one) => one.path?.[2]));
        const again = await registry.registerVersions([...many, ...many]);
        expect(again.filter((one) => one.created)).toEqual([]);
        expect(again[250]?.version).toEqual(made[0]?.version);
      });

      it("are listed newest first, in pages and by node", async () => {
        const model = await newModel();
        await registry.registerVersions([0, 1, 2, 3].map((n) => newVersion(model, n % 2 ? ["US"] : [], n)));
        const first = await registry.listVersions(model, { limit: 3 });
        expect(first.versions.map((version) => version.number)).toEqual([4, 3, 2]);
        const second = await registry.listVersions(model, { limit: 3, after: first.next ?? 0 });
        expect(second).toMatchObject({ versions: [{ number: 1 }], next: null });
        const { versions } = await registry.listVersions(model, { path: ["US"] });
        expect(versions.map((version) => version.number)).toEqual([4, 2]);
        await expect(registry.listVersions(model, { limit: 1_001 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
      });

      it("are refused as a whole where one of them is wrong", async () => {
        const model = await newModel();
        const wrong = [
          [{ ...newVersion(model), metrics: { rmse: NaN } }, "INVALID_ARGUMENT"],
          [{ ...newVersion(model), parameters: { a: Infinity } }, "INVALID_ARGUMENT"],
          [{ ...newVersion(model), configuration: { text: "x".repeat(2_000_000) } }, "LIMIT_EXCEEDED"],
          [{ ...newVersion(model), package: new Uint8Array([1, 2]) }, "PACKAGE_CORRUPT"],
          [{ ...newVersion(model), trainer: { name: "", version: "1" } }, "INVALID_ARGUMENT"],
          [newVersion(model, ["a", "b", "c", "d"]), "PARTITION_INVALID"],
          [newVersion(model, [""]), "PARTITION_INVALID"],
          [newVersion(model, ["\ud800"]), "PARTITION_INVALID"],
          [newVersion(model, ["x".repeat(2_000)]), "PARTITION_INVALID"],
          [newVersion("nowhere"), "MODEL_NOT_FOUND"],
          [{ ...newVersion(model), parentId: "01900000-0000-7000-8000-000000000000" }, "VERSION_NOT_FOUND"],
        ] as const;
        for (const [version, code] of wrong) {
          await expect(registry.registerVersions([newVersion(model), version])).rejects.toThrow(codeOf(code));
        }
        expect((await registry.listVersions(model)).versions).toEqual([]);
        expect((await registry.getModel(model)).lastNumber).toBe(0);
        await expect(registry.getVersion("nothing")).rejects.toMatchObject({ code: "VERSION_NOT_FOUND" });
      });

      it("take hostile names as they are", async () => {
        const model = await newModel();
        const names = ["a/b", "../..", "'; drop table versions; --", "\0", "%_", "名前", " ", "[]", '","', "__proto__"];
        const paths = [...names.map((each) => [each]), ["a", "b"], ["a", "/b"], ['a","b']];
        const made = await registry.registerVersions(paths.map((path) => newVersion(model, path)));
        await registry.setTags(
          made.map(({ version }) => ({ model, tag: "t", path: version.path, versionId: version.id })),
        );
        const snapshot = await registry.resolver().snapshot(model);
        for (const [i, path] of paths.entries()) {
          const expected = { path, version: { id: made[i]?.version.id }, skipped: [] };
          expect(await registry.resolve(`${model}@t`, path)).toMatchObject(expected);
          expect(snapshot.resolve("t", path)).toMatchObject(expected);
        }
      });

      it("whose package was changed on disk are refused, and mended by registering again", async () => {
        const model = await newModel();
        const { version } = await registry.registerVersion(newVersion(model));
        const file = join(world.folder, version.packageDigest.slice(0, 2), `${version.packageDigest}.zip`);
        await writeFile(file, buildPackage({ "model.json": "other" }));
        await expect(registry.loadPackage(version.packageDigest)).rejects.toMatchObject({ code: "PACKAGE_CORRUPT" });
        await rm(file);
        await expect(registry.loadPackage(version.packageDigest)).rejects.toMatchObject({ code: "PACKAGE_MISSING" });
        expect(await registry.registerVersion(newVersion(model))).toEqual({ version, created: false });
        expect((await registry.loadPackage(version.packageDigest)).digest).toBe(version.packageDigest);
      });

      it("of a process that was killed are there with their package, or not at all", async () => {
        const model = await newModel();
        const acknowledged: string[] = [];
        for (let round = 0; round < 5; round++) {
          const file = script("register-until-killed.ts");
          const child = spawn(process.execPath, [file, empty.url, world.folder, model, `round ${String(round)}`], {
            stdio: ["ignore", "pipe", "inherit"],
          });
          const lines = createInterface({ input: child.stdout });
          let kill: NodeJS.Timeout | undefined;
          for await (const line of lines) {
            acknowledged.push(line);
            kill ??= setTimeout(() => child.kill("SIGKILL"), 20 + 37 * round);
          }
        }
        const { versions } = await registry.listVersions(model, { limit: 1_000 });
        expect(versions.length).toBeGreaterThanOrEqual(acknowledged.length);
        expect(acknowledged.length).toBeGreaterThan(5);
        const ids = new Set(versions.map((version) => version.id));
        expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
        // Three at a time, all or none; no number is missing.
        expect(versions.length % 3).toBe(0);
        expect(versions.map((version) => version.number)).toEqual(versions.map((_, i) => versions.length - i));
        for (const version of versions) await registry.loadPackage(version.packageDigest);
      });
    });

    describe("tags", () => {
      it("move by compare-and-set and keep a log without gaps", async () => {
        const model = await newModel();
        const [a, b] = [await register(model, [], "a"), await register(model, [], "b")];
        const place = { model, tag: "champion" };
        const before = world.clock.now;
        expect(await registry.setTag({ ...place, versionId: a, expected: null, reason: "first" })).toMatchObject({
          seq: 1,
          changed: true,
          previousVersionId: null,
        });
        await expect(registry.setTag({ ...place, versionId: b, expected: null })).rejects.toMatchObject({
          code: "TAG_CONFLICT",
          details: { current: a, expected: null, seq: 1, path: [] },
        });
        await expect(registry.setTag({ ...place, versionId: b, expected: b })).rejects.toMatchObject({
          code: "TAG_CONFLICT",
        });
        await registry.setTag({ ...place, versionId: b, expected: a, actor: "eve", reason: "better" });
        expect(await registry.setTag({ ...place, versionId: b })).toMatchObject({ seq: 2, changed: false });
        expect(await registry.deleteTag({ ...place, expected: b })).toMatchObject({ seq: 3, versionId: null });
        await expect(registry.deleteTag(place)).rejects.toMatchObject({ code: "TAG_NOT_FOUND" });
        await registry.setTag({ ...place, versionId: a, expected: null });
        const log = await registry.tagHistory(place);
        expect(log).toMatchObject([
          { seq: 4, versionId: a, previousVersionId: null, actor: "tester", reason: "" },
          { seq: 3, versionId: null, previousVersionId: b },
          { seq: 2, versionId: b, previousVersionId: a, actor: "eve", reason: "better" },
          { seq: 1, versionId: a, previousVersionId: null, reason: "first" },
        ]);
        expect(await registry.tagHistory({ ...place, limit: 1, before: 3 })).toEqual([log[2]]);
        expect(await registry.tagAsOf({ ...place, at: BigInt(before - 1) })).toBeNull();
        for (const entry of log) {
          expect(await registry.tagAsOf({ ...place, at: BigInt(entry.at) })).toEqual(entry);
        }
      });

      it("move together or not at all", async () => {
        const model = await newModel();
        const [a, b] = [await register(model, [], "a"), await register(model, ["US"], "b")];
        await registry.setTag({ model, tag: "one", versionId: a });
        const moves = [
          { model, tag: "two", versionId: a },
          { model, tag: "two", path: ["US"], versionId: b },
          { model, tag: "one", versionId: null, expected: null },
        ];
        await expect(registry.setTags(moves)).rejects.toMatchObject({ code: "TAG_CONFLICT" });
        expect(await registry.listTags(model)).toMatchObject([{ tag: "one", versionId: a }]);
        const moved = await registry.setTags(moves.slice(0, 2));
        expect(moved).toMatchObject([{ path: [] }, { path: ["US"] }]);
        const [first] = await registry.tagHistory({ model, tag: "two" });
        const [second] = await registry.tagHistory({ model, tag: "two", path: ["US"] });
        expect(first?.changeId).toBe(second?.changeId);
        const tags = await registry.listTags(model);
        expect(tags.map(({ tag, path }) => [tag, path])).toEqual([
          ["one", []],
          ["two", ["US"]],
          ["two", []],
        ]);
        expect(await registry.listTags(model, { limit: 2, ...(tags[0] ? { after: tags[0] } : {}) })).toEqual(
          tags.slice(1),
        );
      });

      it("are refused where they make no sense", async () => {
        const [model, other] = [await newModel(), await newModel()];
        const [id, foreign] = [await register(model, ["US"]), await register(other)];
        const refused = async (move: object, code: string): Promise<void> => {
          const whole = { model, tag: "t", path: ["US"], versionId: id, ...move };
          await expect(registry.setTag(whole)).rejects.toThrow(codeOf(code));
        };
        await refused({ tag: "a@b" }, "INVALID_ARGUMENT");
        await refused({ tag: "" }, "INVALID_ARGUMENT");
        await refused({ tag: "a".repeat(65) }, "INVALID_ARGUMENT");
        await refused({ tag: "a0000000-0000-7000-8000-000000000000" }, "INVALID_ARGUMENT");
        await refused({ reason: "x".repeat(5_000) }, "INVALID_ARGUMENT");
        await refused({ actor: "" }, "INVALID_ARGUMENT");
        await refused({ versionId: foreign }, "VERSION_NOT_FOUND");
        await refused({ path: [] }, "PARTITION_INVALID");
        await refused({ path: ["a", "b", "c", "d"], versionId: null }, "PARTITION_INVALID");
        const twice = { model, tag: "t", path: ["US"], versionId: id };
        await expect(registry.setTags([twice, twice])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
        expect(await registry.listTags(model)).toEqual([]);
      });

      it("have a log that never goes back in time", async () => {
        const model = await newModel();
        const [a, b] = [await register(model, [], "a"), await register(model, [], "b")];
        await registry.setTag({ model, tag: "t", versionId: a });
        world.clock.now -= 1_000_000_000;
        await registry.setTag({ model, tag: "t", versionId: b });
        world.clock.now += 2_000_000_000;
        const [second, first] = await registry.tagHistory({ model, tag: "t" });
        expect(second?.at).toBe(first?.at);
        expect(await registry.tagAsOf({ model, tag: "t", at: BigInt(first?.at ?? 0) })).toEqual(second);
      });

      it("that two processes move at once are each won by one", async () => {
        const model = await newModel();
        await registry.registerVersions([0, 1, 2].map((n) => newVersion(model, [], n)));
        const run = promisify(execFile);
        const outputs = await Promise.all(
          [0, 1].map(() => run(process.execPath, [script("move-tag.ts"), empty.url, world.folder, model, "60"])),
        );
        const results = outputs.map(({ stdout }) => JSON.parse(stdout) as { won: number[]; lost: number });
        const log = (await registry.tagHistory({ model, tag: "champion", limit: 1_000 })).toReversed();
        expect(log.map((entry) => entry.seq)).toEqual(log.map((_, i) => i + 1));
        expect(results.flatMap((result) => result.won).sort((x, y) => x - y)).toEqual(log.map((entry) => entry.seq));
        for (const [i, entry] of log.entries()) expect(entry.previousVersionId).toBe(log[i - 1]?.versionId ?? null);
        expect(new Set(log.map((entry) => entry.actor)).size).toBe(2);
        const tried = results.reduce((sum, result) => sum + result.won.length + result.lost, 0);
        expect(tried).toBe(120);
      });

      it("are won by exactly one of many that expect the same", async () => {
        const model = await newModel();
        const made = await registry.registerVersions(Array.from({ length: 10 }, (_, n) => newVersion(model, [], n)));
        const outcomes = await Promise.allSettled(
          made.map(({ version }) => registry.setTag({ model, tag: "t", versionId: version.id, expected: null })),
        );
        expect(outcomes.filter((outcome) => outcome.status === "fulfilled").length).toBe(1);
        for (const outcome of outcomes) {
          if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "TAG_CONFLICT" });
        }
      });
    });

    describe("resolution", () => {
      it("says which level answers and why the ones below do not", async () => {
        const model = await newModel();
        const global = await register(model);
        const country = await register(model, ["US"]);
        await register(model, ["US", "CA"]);
        await registry.recordNodes(model, [
          { path: ["US", "CA", "Fresno"], rows: 1_204, minRows: 5_000, state: "too_few_rows" },
          { path: ["US"], rows: 100_000, minRows: 5_000, state: "trained" },
        ]);
        await registry.setTags([
          { model, tag: "champion", versionId: global },
          { model, tag: "champion", path: ["US"], versionId: country },
        ]);
        const resolver = registry.resolver();
        const both = async (path: PartitionPath): Promise<Resolution> => {
          const cold = await registry.resolve(`${model}@champion`, path);
          expect(await resolver.resolve(`${model}@champion`, path)).toEqual(cold);
          return cold;
        };
        expect(await both(["US", "CA", "Fresno"])).toMatchObject({
          version: { id: country, number: 2, path: ["US"], vector: { name: "v" } },
          level: "country",
          path: ["US"],
          tag: "champion",
          skipped: [
            { path: ["US", "CA", "Fresno"], level: "city", reason: "too_few_rows", rows: 1_204, minRows: 5_000 },
            { path: ["US", "CA"], level: "state", reason: "no_tag" },
          ],
        });
        expect(await both(["FR", "IDF", "Paris"])).toMatchObject({
          version: { id: global },
          level: "global",
          skipped: [{ reason: "no_version" }, { reason: "no_version" }, { reason: "no_version", level: "country" }],
        });
        expect(await both([])).toMatchObject({ level: "global", skipped: [] });
        expect((await both(["US", "CA", "Fresno"])).skipped[0]?.message).toBe(
          "city US/CA/Fresno has 1204 rows, a model needs 5000",
        );
        expect(await registry.listNodes(model)).toMatchObject([{ path: ["US", "CA", "Fresno"] }, { path: ["US"] }]);
      });

      it("gives a version by its id, whatever its tags", async () => {
        const model = await newModel();
        const id = await register(model, ["US", "CA"]);
        const reference = `${model}@${id.toUpperCase()}`;
        const found = await registry.resolve(reference, ["FR"]);
        expect(found).toMatchObject({ version: { id }, tag: null, level: "state", path: ["US", "CA"], skipped: [] });
        expect(await registry.resolver().resolve(reference)).toEqual(found);
        const other = await newModel();
        await expect(registry.resolve(`${other}@${id}`)).rejects.toMatchObject({ code: "VERSION_NOT_FOUND" });
      });

      it("that finds nothing says what there is", async () => {
        const model = await newModel();
        const resolver = registry.resolver({ maxStalenessMs: 0 });
        const refused = async (path: PartitionPath, expected: object): Promise<void> => {
          for (const from of [registry, resolver]) {
            await expect(from.resolve(`${model}@champion`, path)).rejects.toMatchObject(expected);
          }
        };
        await refused([], { code: "TAG_NOT_FOUND", details: { tags: [] } });
        const id = await register(model, ["US"]);
        await registry.setTag({ model, tag: "candidate", path: ["US"], versionId: id });
        await refused(["US", "CA"], {
          code: "TAG_NOT_FOUND",
          hint: expect.stringContaining("candidate") as string,
          details: {
            tags: ["candidate"],
            skipped: [{ reason: "no_version" }, { reason: "no_tag" }, { level: "global" }],
          },
        });
        await refused(["a", "b", "c", "d"], { code: "PARTITION_INVALID" });
        await refused([""], { code: "PARTITION_INVALID" });
        await expect(registry.resolve(model)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      });

      it("from memory is as fresh as it promises, and costs one small question when nothing changed", async () => {
        const model = await newModel();
        const [a, b] = [await register(model, [], "a"), await register(model, [], "b")];
        await registry.setTag({ model, tag: "t", versionId: a });
        const bounded = registry.resolver({ maxStalenessMs: 150 });
        const lasting = registry.resolver({ maxStalenessMs: 60_000 });
        const idOf = async (resolver: typeof bounded): Promise<string> =>
          (await resolver.resolve(`${model}@t`, ["US"])).version.id;
        expect([await idOf(bounded), await idOf(lasting)]).toEqual([a, a]);
        const snapshot = await bounded.snapshot(model);
        await new Promise((wake) => setTimeout(wake, 160));
        expect(bounded.current(model)).toBeUndefined();
        expect(await bounded.snapshot(model)).toBe(snapshot);
        await registry.setTag({ model, tag: "t", versionId: b });
        await new Promise((wake) => setTimeout(wake, 160));
        expect([await idOf(bounded), await idOf(lasting)]).toEqual([b, a]);
        expect(lasting.ageMs(model)).toBeGreaterThan(300);
        expect(snapshot.resolve("t").version.id).toBe(a);
      });

      it("from memory agrees with the database and with a naive search, in random worlds", async () => {
        const name = fc.constantFrom("a", "b", "a/b");
        const path = fc.array(name, { maxLength: 3 });
        const node = fc.record({ path, versions: fc.nat({ max: 2 }), tagged: fc.boolean(), few: fc.boolean() });
        await fc.assert(
          fc.asyncProperty(
            fc.array(node, { maxLength: 8 }),
            fc.array(path, { minLength: 5, maxLength: 10 }),
            async (nodes, asked) => {
              const model = await newModel();
              const byPath = new Map(nodes.map((each) => [JSON.stringify(each.path), each]));
              const tagged = new Map<string, string>();
              for (const [key, each] of byPath) {
                for (let n = 0; n < each.versions; n++) {
                  const id = await register(model, each.path, n);
                  if (each.tagged) tagged.set(key, id);
                }
              }
              const moves = [...tagged].map(([key, versionId]) => ({
                model,
                tag: "t",
                path: byPath.get(key)?.path ?? [],
                versionId,
              }));
              await registry.setTags(moves);
              const few = [...byPath.values()].filter((each) => each.few);
              await registry.recordNodes(
                model,
                few.map((each) => ({ path: each.path, rows: 1, minRows: 2, state: "too_few_rows" as const })),
              );
              const resolver = registry.resolver();
              for (const ask of asked) {
                const expected = naive(byPath, tagged, ask);
                for (const from of [registry, resolver]) {
                  const found = await from.resolve(`${model}@t`, ask).catch((error: unknown) => error);
                  if (expected.id === undefined) {
                    expect(found).toMatchObject({ code: "TAG_NOT_FOUND", details: { skipped: expected.skipped } });
                  } else {
                    expect(found).toMatchObject({ version: { id: expected.id }, skipped: expected.skipped });
                  }
                }
              }
            },
          ),
          { numRuns: 15 },
        );
      });
    });
  });
}

interface NaiveNode {
  readonly versions: number;
  readonly few: boolean;
}

/** Resolution said as plainly as possible. */
function naive(
  nodes: ReadonlyMap<string, NaiveNode>,
  tagged: ReadonlyMap<string, string>,
  asked: PartitionPath,
): { id: string | undefined; skipped: { path: PartitionPath; reason: string }[] } {
  const skipped: { path: PartitionPath; reason: string }[] = [];
  for (let depth = asked.length; depth >= 0; depth--) {
    const path = asked.slice(0, depth);
    const key = JSON.stringify(path);
    const id = tagged.get(key);
    if (id !== undefined) return { id, skipped };
    const node = nodes.get(key);
    const reason = (node?.versions ?? 0) > 0 ? "no_tag" : node?.few ? "too_few_rows" : "no_version";
    skipped.push({ path, reason });
  }
  return { id: undefined, skipped };
}

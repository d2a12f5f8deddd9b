import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PartitionPath, Registry, TagTarget } from "../../src/registry/index.ts";
import { newVersion, openRegistryWorld, type RegistryWorld } from "../registry/registry-world.ts";
import type { EmptyDatabase } from "./database.ts";

const levels = ["global", "country", "state", "city"];
const tag = "champion";

/** What releases, and what tags do as a whole, must do on every database. */
export function describeReleases(name: string, makeEmpty: () => Promise<EmptyDatabase>): void {
  describe(`releases in ${name}`, () => {
    let empty: EmptyDatabase;
    let world: RegistryWorld;
    let registry: Registry;
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

    async function newModel(): Promise<string> {
      const model = `released/${String(++count)}`;
      await registry.createModel({ name: model, levels });
      return model;
    }

    /** Registers a version of each node, and gives their ids. */
    async function register(model: string, paths: readonly PartitionPath[], salt = ""): Promise<readonly string[]> {
      const made = await registry.registerVersions(paths.map((path) => newVersion(model, path, salt)));
      return made.map(({ version }) => version.id);
    }

    /** Where a tag is on each node. */
    async function stateOf(model: string): Promise<Readonly<Record<string, TagTarget>>> {
      const tags = await registry.listTags(model, { tag });
      return Object.fromEntries(
        tags.map(({ path, versionId, pinned }) => [path.join("/"), pinned ? "parent" : versionId]),
      );
    }

    it("are one set of versions over all nodes, of their own and of those of their base", async () => {
      const model = await newModel();
      const paths = [[], ["US"], ["US", "CA"], ["FR"]];
      const [root = "", us = "", ca = "", fr = ""] = await register(model, paths);
      const nodes = [
        { path: [], versionId: root },
        { path: ["US"], versionId: us },
        { path: ["US", "CA"], versionId: ca.toUpperCase() },
      ];
      const first = await registry.createRelease({ model, nodes, description: "the first", actor: "eve" });
      expect(first).toMatchObject({
        created: true,
        release: { number: 1, nodes: 3, baseId: null, description: "the first", createdBy: "eve" },
      });
      const again = await registry.createRelease({ model, nodes: nodes.toReversed() });
      expect(again).toEqual({ release: first.release, created: false });
      const second = await registry.createRelease({
        ...{ model, base: 1 },
        nodes: [
          { path: ["FR"], versionId: fr },
          { path: ["US", "CA"], versionId: "parent" },
          { path: ["US"], versionId: null },
        ],
      });
      expect(second.release).toMatchObject({ number: 2, nodes: 3, baseId: first.release.id });
      expect(await registry.listReleaseNodes(model, second.release.id)).toEqual([
        { path: ["FR"], versionId: fr },
        { path: ["US", "CA"], versionId: null },
        { path: [], versionId: root },
      ]);
      expect(await registry.listReleaseNodes(model, 2, { limit: 1, after: ["FR"] })).toMatchObject([
        { path: ["US", "CA"] },
      ]);
      expect(await registry.compareReleases(model, 1, 2)).toEqual([
        { path: ["FR"], from: null, to: fr },
        { path: ["US", "CA"], from: ca, to: "parent" },
        { path: ["US"], from: us, to: null },
      ]);
      expect((await registry.listReleases(model)).map(({ number }) => number)).toEqual([2, 1]);
      expect(await registry.listReleases(model, { before: 2 })).toEqual([first.release]);
      expect(await registry.getRelease(model, first.release.id)).toEqual(first.release);
    });

    it("are refused where they make no sense, and then nothing is made", async () => {
      const [model, other] = [await newModel(), await newModel()];
      const [root = "", us = ""] = await register(model, [[], ["US"]]);
      const [foreign = ""] = await register(other, [[]]);
      const refused = async (given: object, code: string): Promise<void> => {
        const whole = { model, nodes: [{ path: [], versionId: root }], ...given };
        await expect(registry.createRelease(whole)).rejects.toMatchObject({ code });
      };
      await refused({ model: "nowhere" }, "MODEL_NOT_FOUND");
      await refused({ nodes: [] }, "INVALID_ARGUMENT");
      await refused({ nodes: [{ path: [], versionId: foreign }] }, "VERSION_NOT_FOUND");
      await refused({ nodes: [{ path: [], versionId: us }] }, "PARTITION_INVALID");
      await refused({ nodes: [{ path: [], versionId: "parent" }] }, "INVALID_ARGUMENT");
      await refused({ nodes: [{ path: ["a", "b", "c", "d"], versionId: "parent" }] }, "PARTITION_INVALID");
      const twice = { path: ["US"], versionId: us };
      await refused({ nodes: [twice, twice] }, "INVALID_ARGUMENT");
      await refused({ base: 7 }, "RELEASE_NOT_FOUND");
      await refused({ base: "no id" }, "RELEASE_NOT_FOUND");
      await refused({ description: "x".repeat(5_000) }, "INVALID_ARGUMENT");
      const made = await registry.createRelease({ model: other, nodes: [{ path: [], versionId: foreign }] });
      await refused({ base: made.release.id }, "RELEASE_NOT_FOUND");
      expect(await registry.listReleases(model)).toEqual([]);
      await expect(registry.promote({ model, tag, release: 1 })).rejects.toMatchObject({ code: "RELEASE_NOT_FOUND" });
      await expect(registry.rollback({ model, tag })).rejects.toMatchObject({ code: "TAG_NOT_FOUND" });
    });

    it("are promoted and taken back as one, and leave nodes that they have not got", async () => {
      const model = await newModel();
      const [root = "", us = "", fr = ""] = await register(model, [[], ["US"], ["FR"]]);
      const [us2 = ""] = await register(model, [["US"]], "retrained");
      await registry.setTag({ model, tag, path: ["FR"], versionId: fr });
      const before = await stateOf(model);
      await registry.createRelease({
        ...{ model },
        nodes: [
          { path: [], versionId: root },
          { path: ["US"], versionId: us },
          { path: ["US", "CA"], versionId: "parent" },
        ],
      });
      const { release: retrained } = await registry.createRelease({
        ...{ model, base: 1 },
        nodes: [{ path: ["US"], versionId: us2 }],
      });
      const first = await registry.promote({ model, tag, release: 1, expected: null, reason: "begin" });
      expect(first.moved.map(({ path, versionId, pinned }) => [path.join("/"), versionId, pinned])).toEqual(
        expect.arrayContaining([
          ["", root, false],
          ["US", us, false],
          ["US/CA", null, true],
          ["FR", null, false],
        ]),
      );
      expect(await stateOf(model)).toEqual({ "": root, US: us, "US/CA": "parent" });
      for (const path of [[], ["US"], ["FR"], ["US", "CA"]]) {
        const [entry] = await registry.tagHistory({ model, tag, path });
        expect(entry).toMatchObject({ changeId: first.changeId, reason: "begin" });
      }
      // Where it is already nothing is logged.
      expect(await registry.promote({ model, tag, release: 1 })).toMatchObject({ moved: [], changeId: null, seq: 2 });
      const wrong = registry.promote({ model, tag, release: 2, expected: null });
      await expect(wrong).rejects.toMatchObject({ code: "TAG_CONFLICT", details: { current: first.releaseId } });
      // What the two share stays.
      const second = await registry.promote({ model, tag, release: 2, expected: first.releaseId });
      expect(second.moved).toMatchObject([{ path: ["US"], versionId: us2, previousVersionId: us }]);
      expect(await registry.tagLedger({ model, tag })).toMatchObject([
        { seq: 3, moves: 1, releaseId: retrained.id, previousReleaseId: first.releaseId },
        { seq: 2, moves: 4, releaseId: first.releaseId, previousReleaseId: null },
        { seq: 1, moves: 1, releaseId: null, previousReleaseId: null },
      ]);
      const stale = registry.rollback({ model, tag, expected: first.changeId ?? "" });
      await expect(stale).rejects.toMatchObject({ code: "TAG_CONFLICT", details: { current: second.changeId } });
      const back = await registry.rollback({ model, tag, expected: second.changeId ?? "", reason: "worse" });
      expect(back).toMatchObject({ undone: second.changeId, releaseId: first.releaseId, moved: [{ path: ["US"] }] });
      expect(await registry.rollback({ model, tag })).toMatchObject({ undone: first.changeId, releaseId: null });
      expect(await stateOf(model)).toEqual(before);
      await registry.rollback({ model, tag });
      expect(await stateOf(model)).toEqual({});
      await expect(registry.rollback({ model, tag })).rejects.toMatchObject({ code: "TAG_NOT_FOUND" });
      expect(await registry.tagLedger({ model, tag, limit: 1 })).toMatchObject([
        { seq: 6, undoes: expect.any(String) as string },
      ]);
    });

    it("are left by a tag of which a node is moved by itself", async () => {
      const model = await newModel();
      const [root = "", us = ""] = await register(model, [[], ["US"]]);
      const { release } = await registry.createRelease({ model, nodes: [{ path: [], versionId: root }] });
      await registry.promote({ model, tag, release: release.number });
      await registry.setTag({ model, tag, versionId: root });
      const on = async (): Promise<unknown> => (await registry.tagLedger({ model, tag, limit: 1 }))[0]?.releaseId;
      expect(await on()).toBe(release.id);
      await registry.setTag({ model, tag, path: ["US"], versionId: us });
      expect(await on()).toBeNull();
      await registry.rollback({ model, tag });
      expect(await on()).toBe(release.id);
    });

    it("have nodes that are pinned to the one above, which resolution says", async () => {
      const model = await newModel();
      const paths = [[], ["US"], ["US", "CA"]];
      const [root = "", us = "", ca = ""] = await register(model, paths);
      await registry.setTags([
        { model, tag, versionId: root },
        { model, tag, path: ["US"], versionId: us },
        { model, tag, path: ["US", "CA"], versionId: ca },
      ]);
      const move = { model, tag, path: ["US", "CA"] };
      const pinned = await registry.setTag({ ...move, versionId: "parent", expected: ca });
      expect(pinned).toMatchObject({ versionId: null, pinned: true, previousVersionId: ca, changed: true });
      for (const from of [registry, registry.resolver()]) {
        expect(await from.resolve(`${model}@${tag}`, ["US", "CA", "SFO"])).toMatchObject({
          version: { id: us },
          skipped: [{ reason: "no_version" }, { path: ["US", "CA"], reason: "pinned" }],
        });
      }
      const conflict = registry.setTag({ ...move, versionId: ca, expected: null });
      await expect(conflict).rejects.toMatchObject({ code: "TAG_CONFLICT", details: { current: "parent" } });
      await registry.setTag({ ...move, versionId: ca, expected: "parent" });
      expect((await registry.tagHistory({ ...move, limit: 2 })).map((one) => [one.pinned, one.previousPinned])).toEqual(
        [
          [false, true],
          [true, false],
        ],
      );
      const all = registry.setTag({ model, tag, versionId: "parent" });
      await expect(all).rejects.toMatchObject({ code: "PARTITION_INVALID" });
      for (const reserved of ["latest", "none", "Parent"])
        await expect(registry.setTag({ model, tag: reserved, versionId: root })).rejects.toMatchObject({
          code: "INVALID_ARGUMENT",
        });
    });

    it("are where a naive list of all changes says, whatever is done", async () => {
      const path = fc.constantFrom([], ["US"], ["US", "CA"], ["FR"]);
      const target = fc.constantFrom("a", "b", "parent", null);
      const move = fc.record({ path, target });
      const step = fc.oneof(
        fc.record({
          does: fc.constant("set" as const),
          moves: fc.uniqueArray(move, { selector: ({ path }) => path.join("/"), minLength: 1, maxLength: 3 }),
        }),
        fc.record({ does: fc.constant("promote" as const), release: fc.nat({ max: 2 }) }),
        fc.record({ does: fc.constant("roll back" as const) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
          const model = await newModel();
          const paths = [[], ["US"], ["US", "CA"], ["FR"]];
          const versions = new Map<string, string>();
          for (const salt of ["a", "b"])
            for (const [i, id] of (await register(model, paths, salt)).entries())
              versions.set(`${salt} ${paths[i]?.join("/") ?? ""}`, id);
          const idOf = (path: PartitionPath, to: "a" | "b" | "parent" | null): TagTarget =>
            to === "parent"
              ? path.length === 0
                ? null
                : "parent"
              : to === null
                ? null
                : (versions.get(`${to} ${path.join("/")}`) ?? null);
          const releases = [
            ["a", "a", "b", null],
            ["b", "b", "b", "b"],
            ["a", "parent", null, "parent"],
          ] as const;
          const ids: string[] = [];
          for (const nodes of releases) {
            const given = nodes.flatMap((to, i) =>
              to === null ? [] : [{ path: paths[i] ?? [], versionId: idOf(paths[i] ?? [], to) }],
            );
            ids.push((await registry.createRelease({ model, nodes: given })).release.id);
          }
          /** All that was, the oldest first. */
          const past: {
            readonly state: Record<string, TagTarget>;
            readonly release: string | null;
            isGone: boolean;
          }[] = [];
          let state: Record<string, TagTarget> = {};
          let release: string | null = null;
          const become = (next: Record<string, TagTarget>, on: string | null): void => {
            const isSame = JSON.stringify(Object.entries(next).sort()) === JSON.stringify(Object.entries(state).sort());
            if (isSame && on === release) return;
            past.push({ state, release, isGone: false });
            [state, release] = [next, on];
          };
          for (const one of steps) {
            if (one.does === "set") {
              const moves = one.moves.map(({ path, target }) => ({ model, tag, path, versionId: idOf(path, target) }));
              const moved = await registry.setTags(moves);
              const next = { ...state };
              for (const { path, versionId } of moves) next[path.join("/")] = versionId;
              for (const [key, value] of Object.entries(next)) if (value === null) Reflect.deleteProperty(next, key);
              become(next, moved.some(({ changed }) => changed) ? null : release);
            } else if (one.does === "promote") {
              await registry.promote({ model, tag, release: one.release + 1 });
              const nodes = (releases[one.release] ?? []).flatMap((to, i) => {
                const path = paths[i] ?? [];
                return to === null ? [] : [[path.join("/"), idOf(path, to)] as const];
              });
              become(Object.fromEntries(nodes), ids[one.release] ?? null);
            } else {
              const last = past.findLast(({ isGone }) => !isGone);
              const rolling = registry.rollback({ model, tag });
              if (last === undefined) await expect(rolling).rejects.toMatchObject({ code: "TAG_NOT_FOUND" });
              else {
                await rolling;
                last.isGone = true;
                ({ state, release } = last);
              }
            }
            expect(await stateOf(model)).toEqual(state);
            const [entry] = await registry.tagLedger({ model, tag, limit: 1 });
            expect(entry?.releaseId ?? null).toBe(release);
          }
          const ledger = await registry.tagLedger({ model, tag });
          expect(ledger.map(({ seq }) => seq)).toEqual(ledger.map((_, i) => ledger.length - i));
        }),
        { numRuns: 25 },
      );
    });

    it("tell whoever follows the registry of each change once, in one order without gaps", async () => {
      const since = (await registry.changes({ limit: 1_000 })).at(-1)?.seq ?? 0;
      const models = await Promise.all([newModel(), newModel(), newModel()]);
      const seen: number[] = [];
      let isDone = false;
      const follow = async (): Promise<void> => {
        for (let at = since; ;) {
          const wasDone = isDone;
          const changes = await registry.changes({ since: at, limit: 7 });
          seen.push(...changes.map(({ seq }) => seq));
          at = changes.at(-1)?.seq ?? at;
          if (wasDone && changes.length === 0) return;
          await sleep(1);
        }
      };
      const following = follow();
      await Promise.all(
        models.map(async (model) => {
          const [root = ""] = await register(model, [[]]);
          const { release } = await registry.createRelease({ model, nodes: [{ path: [], versionId: root }] });
          await registry.recordNodes(model, [{ path: ["US"], rows: 1, minRows: 2, state: "too_few_rows" }]);
          await registry.promote({ model, tag, release: release.id });
          await registry.rollback({ model, tag });
          await registry.updateModel(model, { owner: "ops" });
        }),
      );
      isDone = true;
      await following;
      expect(seen).toEqual(seen.map((_, i) => since + 1 + i));
      expect(seen.length).toBe(3 * 7);
      const [model] = models;
      const own = (await registry.changes({ since, model })).map(({ kind, about }) => [kind, about]);
      expect(own).toMatchObject([
        ["model", { created: true }],
        ["versions", { from: 1, to: 1 }],
        ["release", { number: 1, nodes: 1 }],
        ["nodes", { nodes: 1 }],
        ["tags", { tag, moves: 1 }],
        ["tags", { tag, moves: 1, undoes: expect.any(String) as string }],
        ["model", { owner: "ops" }],
      ]);
    });
  });
}

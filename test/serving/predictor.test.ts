import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TondoError, type Value } from "../../src/core/index.ts";
import { computeVectors, createFeatureReader } from "../../src/featurestore/index.ts";
import { LmdbStore } from "../../src/lmdb.ts";
import { buildPackage, packageFiles } from "../../src/registry/index.ts";
import { createPredictor, type PredictorOptions, type PredictRequest } from "../../src/serving/index.ts";
import { type Answers, laterStore } from "../featurestore/online/later-store.ts";
import { loadedAt, type ServedProject, servedProject } from "./served-project.ts";

let served: ServedProject;
beforeAll(async () => {
  served = await servedProject();
});
afterAll(() => served.close());

const request: PredictRequest = {
  keys: { store: "r1", other: "r2", town: "bonn" },
  inputs: { km: 3.5, q: null },
  at: loadedAt,
};

describe("a predictor", () => {
  it("gives the vector that training would, each slot the same by Object.is", async () => {
    const { tondo, manifest, small } = served;
    const rows = ["r1", "r2", "r5", "new", null].flatMap((store) =>
      ["bonn", "köln", "Bonn", null].map((town, i) => ({
        store,
        other: i % 2 === 0 ? "r3" : store,
        town,
        km: i - 1,
        q: i,
      })),
    );
    const { plan: vector } = manifest.vector;
    const offline = await computeVectors({
      vector,
      fitted: manifest.fitted,
      rows: rows.map((row) => ({ ...row, at: loadedAt })),
      folder: small.folder,
    });
    let present = 0;
    for (const [i, { km, q, ...keys }] of rows.entries()) {
      const { vector: online, at } = await tondo.predict("eta@champion", { keys, inputs: { km, q }, at: loadedAt });
      expect(at).toBe(Number(loadedAt));
      for (const [s, name] of offline.slots.entries()) {
        const value: Value = offline.rows[i]?.[s] ?? null;
        expect(
          Object.is(online[name], value),
          `row ${String(i)} ${name}: ${String(online[name])} and ${String(value)}`,
        ).toBe(true);
        if (value !== null) present++;
      }
    }
    expect(present).toBeGreaterThan(rows.length * 7);
  });

  it("refuses a request for another vector than the model is fed by", async () => {
    const { tondo, manifest } = served;
    const own = await tondo.predict("eta@champion", { ...request, vector: manifest.vector.plan.name });
    expect(own.prediction).toBeTypeOf("number");
    await expect(tondo.predict("eta@champion", { ...request, vector: "another" })).rejects.toMatchObject({
      code: "INPUT_INVALID",
      message: `the request is for models of "another", and eta@champion is fed by "${manifest.vector.plan.name}"`,
    });
  });

  it("says who answered: its area where that has a model, else all", async () => {
    const { tondo } = served;
    const north = await tondo.predict("eta@champion", { ...request, partition: ["north"] });
    expect(north).toMatchObject({
      level: "area",
      path: ["north"],
      model: "eta",
      tag: "champion",
      output: "number",
      skipped: [],
    });
    expect(north.prediction).toBeTypeOf("number");
    const east = await tondo.predict("eta@champion", { ...request, partition: ["east"] });
    expect(east).toMatchObject({ level: "global", path: [] });
    expect(east.skipped).toHaveLength(1);
    expect(east.features["store__store__kitchen__n_1d"]).toMatchObject({ status: "present" });
    const byId = await tondo.predict(`eta@${north.version.id}`, request);
    expect(byId).toMatchObject({ prediction: north.prediction, tag: null });
  });

  it("answers nothing rather than something from what is missing", async () => {
    const answer = await served.tondo.predict("eta@champion", {
      ...request,
      keys: { store: null, other: null, town: null },
    });
    expect(answer.prediction).toBeNull();
    expect(answer.vector["n"]).toBeNull();
  });

  it.each<[string, Partial<PredictRequest>, string]>([
    ["a key that is not given", { keys: { store: "r1", town: "bonn" } }, "KEY_INVALID"],
    ["a key of another type", { keys: { store: 5, other: "r2", town: "bonn" } }, "KEY_INVALID"],
    ["a key that the vector does not have", { keys: { store: "r1", other: "r2", town: "bonn", x: 1 } }, "KEY_INVALID"],
    ["a text that is no Unicode", { keys: { store: "\ud800", other: "r2", town: "bonn" } }, "KEY_INVALID"],
    ["an input that is not given", { inputs: {} }, "INPUT_INVALID"],
    ["an input of another type", { inputs: { km: "far" } }, "INPUT_INVALID"],
    ["an input that the vector does not have", { inputs: { km: 1, miles: 2 } }, "INPUT_INVALID"],
    ["an input that only looks inherited", { inputs: { km: 1, constructor: 1 } }, "INPUT_INVALID"],
    ["a moment before the load's", { at: loadedAt - 1n }, "MOMENT_NOT_SERVED"],
    ["a moment that is none", { at: "yesterday" }, "INVALID_ARGUMENT"],
  ])("refuses %s", async (_, wrong, code) => {
    const asked = served.tondo.predict("eta@champion", { ...request, ...wrong });
    await expect(asked).rejects.toMatchObject({ code, hint: expect.any(String) as string });
  });

  it("refuses a model or a tag that is not there", async () => {
    const { tondo } = served;
    await expect(tondo.predict("none@champion", request)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    await expect(tondo.predict("eta@nobody", request)).rejects.toMatchObject({ code: "TAG_NOT_FOUND" });
    await expect(tondo.predict("eta", request)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("follows a tag that is moved under its feet within the bound, and not before it must", async () => {
    const { tondo } = served;
    const predictor = createPredictor({
      registry: tondo.registry,
      features: await tondo.features(),
      resolver: { maxStalenessMs: 50 },
    });
    const before = await predictor.predict("eta@champion", request);
    const north = await tondo.predict("eta@champion", { ...request, partition: ["north"] });
    const moved = await tondo.registry.registerVersion({
      model: "eta",
      path: [],
      package: buildPackage(
        Object.fromEntries(
          (await tondo.registry.loadPackage((await tondo.registry.getVersion(north.version.id)).packageDigest)).files,
        ),
      ),
      trainer: { name: "copy", version: "1.0.0" },
    });
    await tondo.registry.setTag({ model: "eta", tag: "champion", path: [], versionId: moved.version.id });
    await new Promise((wake) => setTimeout(wake, 80));
    const after = await predictor.predict("eta@champion", request);
    expect(after.version.id).toBe(moved.version.id);
    expect(after.prediction).toBe(north.prediction);
    await tondo.registry.setTag({ model: "eta", tag: "champion", path: [], versionId: before.version.id });
  });

  it("keeps few models where few are allowed, and answers the same", async () => {
    const { tondo } = served;
    let loads = 0;
    const registry = {
      ...tondo.registry,
      loadPackage: (digest: string) => {
        loads++;
        return tondo.registry.loadPackage(digest);
      },
    };
    const predictor = createPredictor({ registry, features: await tondo.features(), maxModels: 1 });
    const ask = (partition: readonly string[]): Promise<number | null> =>
      predictor.predict("eta@champion", { ...request, partition }).then(({ prediction }) => prediction);
    const first = [await ask([]), await ask(["north"])];
    expect([await ask([]), await ask(["north"]), await ask(["north"])]).toEqual([...first, first[1]]);
    expect(loads).toBe(4);
    loads = 0;
    const roomy = createPredictor({ registry, features: await tondo.features(), maxModels: 2 });
    for (let i = 0; i < 3; i++)
      await Promise.all(
        [[], ["north"], []].map((partition) => roomy.predict("eta@champion", { ...request, partition })),
      );
    expect(loads).toBe(2);
  });
});

describe("features that are not available", () => {
  const away = new TondoError("STORE_UNAVAILABLE", "the line is cut");
  const profileAway: Answers = { record: (group) => (group === "store:profile" ? { error: away } : 0) };
  let store: LmdbStore;
  beforeAll(() => {
    store = LmdbStore.open({ folder: join(served.tondo.home, "online"), readOnly: true });
  });
  afterAll(() => store.close());

  async function predictor(
    answers: Answers,
    options: Partial<PredictorOptions> = {},
  ): Promise<ReturnType<typeof createPredictor>> {
    const { registry } = served.tondo;
    const project = await served.tondo.project();
    const features = createFeatureReader({ project, store: laterStore(store, answers).store, deadlineMs: 5000 });
    return createPredictor({ registry, features, ...options });
  }

  it("fail the prediction with the cause, whatever would be made of what is missing", async () => {
    const cut = await predictor(profileAway);
    await expect(cut.predict("eta@champion", request)).rejects.toBe(away);
    const late = await predictor({ record: (group) => (group === "store:profile" ? "never" : 0) });
    await expect(late.predict("eta@champion", { ...request, deadlineMs: 30 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      details: { group: "store:profile", deadlineMs: 30 },
    });
    const lenient = await predictor(profileAway, { onUnavailable: "missing" });
    await expect(lenient.predict("eta@champion", { ...request, onUnavailable: "throw" })).rejects.toBe(away);
  });

  it("count as missing where that is asked for, and the prediction says so", async () => {
    const cut = await predictor(profileAway);
    const whole = await served.tondo.predict("eta@champion", request);
    const asked = await cut.predict("eta@champion", { ...request, onUnavailable: "missing" });
    expect(asked.features["store__store__profile__rating"]).toEqual({
      value: null,
      status: "unavailable",
      cause: away,
    });
    expect(asked.features["store__store__kitchen__n_1d"]).toEqual(whole.features["store__store__kitchen__n_1d"]);
    // `rating` is filled with the training rows' mean.
    expect(asked.vector["rating"]).toBeTypeOf("number");
    expect(asked.vector["rating"]).not.toBe(whole.vector["rating"]);
    expect(asked.prediction).toBeTypeOf("number");
    const always = await predictor(profileAway, { onUnavailable: "missing" });
    expect((await always.predict("eta@champion", request)).prediction).toBe(asked.prediction);
  });

  it("are none where the store answers later", async () => {
    const late = await predictor({});
    expect(await late.predict("eta@champion", request)).toEqual(await served.tondo.predict("eta@champion", request));
  });

  it("are not guessed at by a misspelled choice", async () => {
    const wrong = { ...request, onUnavailable: "mising" } as unknown;
    await expect(served.tondo.predict("eta@champion", wrong as PredictRequest)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });
});

describe("a package", () => {
  async function registered(change: (files: Map<string, Uint8Array>) => void): Promise<string> {
    const { registry } = served.tondo;
    const { version } = await registry.resolve("eta@champion");
    const files = new Map((await registry.loadPackage(version.packageDigest)).files);
    change(files);
    const made = await registry.registerVersion({
      model: "eta",
      path: [],
      package: buildPackage(Object.fromEntries(files)),
      trainer: { name: "by hand", version: "1.0.0" },
    });
    return `eta@${made.version.id}`;
  }
  const edited = (name: string, from: string | RegExp, to: string) => (files: Map<string, Uint8Array>) => {
    const text = new TextDecoder().decode(files.get(name));
    const changed = text.replace(from, to);
    if (changed === text) throw new Error("nothing changed");
    files.set(name, new TextEncoder().encode(changed));
  };

  it.each<[string, (files: Map<string, Uint8Array>) => void]>([
    ["whose golden rows are of another score", edited(packageFiles.golden, /"score":-?\d/, '"score":9')],
    ["whose golden rows are of other slots", edited(packageFiles.golden, /"slots":\[-?\d/, '"slots":[7')],
    ["whose fitted numbers were changed", edited(packageFiles.fitted, /"mean":/, '"mean":1')],
    ["whose weights were changed", edited(packageFiles.model, /"weights":\[/, '"weights":[0.5,')],
    ["whose vector was changed", edited(packageFiles.vector, '"name":"eta"', '"name":"beta"')],
    ["that lacks its golden rows", (files) => files.delete(packageFiles.golden)],
    [
      "that has no golden row",
      (files) => files.set(packageFiles.golden, new TextEncoder().encode('{"version":1,"inputs":[],"rows":[]}')),
    ],
    ["whose vector is no vector", (files) => files.set(packageFiles.vector, new TextEncoder().encode('{"version":1}'))],
    ["whose manifest is no JSON", (files) => files.set(packageFiles.manifest, new TextEncoder().encode("{"))],
  ])("%s is not served", async (_, change) => {
    const reference = await registered(change);
    const asked = served.tondo.predict(reference, request);
    await expect(asked).rejects.toMatchObject({
      code: expect.stringMatching(/PACKAGE_CORRUPT|MODEL_INVALID/) as string,
      hint: expect.any(String) as string,
    });
  });

  it("whose bytes changed is not served, and is as soon as they are right again", async () => {
    const { tondo, small } = served;
    const { version } = await tondo.registry.resolve("eta@champion", ["south"]);
    const path = join(
      small.folder,
      ".tondo/artifacts",
      version.packageDigest.slice(0, 2),
      `${version.packageDigest}.zip`,
    );
    const bytes = await readFile(path);
    await appendFile(path, "x");
    const predictor = createPredictor({ registry: tondo.registry, features: await tondo.features() });
    const ask = (): Promise<unknown> => predictor.predict("eta@champion", { ...request, partition: ["south"] });
    await expect(ask()).rejects.toMatchObject({ code: "PACKAGE_CORRUPT" });
    await writeFile(path, bytes);
    await expect(ask()).resolves.toMatchObject({ level: "area" });
    expect(await readdir(join(small.folder, ".tondo"))).toContain("artifacts");
  });
});

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrainingSet } from "../../src/index.ts";
import {
  holdoutFrom,
  loadedAt,
  type OrdersProject,
  ordersProject,
  step,
  trainArguments,
  trainingSetArguments,
} from "./orders-project.ts";
import { jsonOf, tondo, tondoWith } from "./run-tondo.ts";

describe("the commands on the example", () => {
  let project: OrdersProject;
  let folder: string;
  beforeAll(async () => {
    project = await ordersProject("served");
    ({ folder } = project);
  });
  afterAll(() => project[Symbol.asyncDispose]());

  it("check says what is defined and makes nothing", async () => {
    await using other = await ordersProject("made");
    const before = await readdir(other.folder);
    const checked = await step(other.folder, "check");
    expect(checked).toMatchObject({
      ok: true,
      files: ["orders.tondo"],
      diagnostics: [],
      defined: { entities: 1, sources: 2, groups: 2, features: 9, vectors: 1 },
    });
    const { out } = await tondo(other.folder, "check");
    expect(out).toBe("ok: 1 entity, 2 sources, 2 groups with 9 features, 1 vector in 1 file\n");
    await step(other.folder, "plan");
    await step(other.folder, "models");
    expect(await readdir(other.folder)).toEqual(before);
  });

  it("check and apply hold declared columns against the files", async () => {
    await using other = await ordersProject("made");
    const file = join(other.folder, "orders.tondo");
    await writeFile(
      file,
      `entity restaurant (restaurant_id: string)
events orders {
  parquet "data/orders.parquet"
  columns (restaurant_id: string, ordered_at: timestamp, prep_minutes: string)
  at ordered_at
}
group restaurant:kitchen from orders by restaurant_id { orders_1d = count() over 1d }
`,
    );
    const checked = await tondo(other.folder, "check");
    expect(checked.code).toBe(1);
    expect(checked.out).toContain('"data/orders.parquet" has prep_minutes as float, and not as string');
    const applied = await tondo(other.folder, "apply");
    expect(applied.code).toBe(1);
    expect(applied.err).toContain("error[column-type]");
  });

  it("plan compares, and with --exit-code says so by 3", async () => {
    expect((await step(folder, "plan"))["differs"]).toBe(false);
    expect((await tondo(folder, "plan", "--exit-code")).code).toBe(0);
    await using other = await ordersProject("made");
    const ran = await tondo(other.folder, "plan", "--exit-code");
    expect(ran.code).toBe(3);
    expect(ran.out).toContain("+ group   restaurant:kitchen  new");
    expect(ran.out).toContain("6 added, 0 unchanged");
    expect((await tondo(other.folder, "plan")).code).toBe(0);
  });

  it("apply refuses another meaning without --replace", async () => {
    await using other = await ordersProject("applied");
    expect((await step(other.folder, "apply"))["applied"]).toBe(0);
    const file = join(other.folder, "orders.tondo");
    await writeFile(file, (await readFile(file, "utf8")).replace("over 2h where status", "over 3h where status"));
    const planned = await tondo(other.folder, "plan");
    expect(planned.out).toContain("~ group   restaurant:kitchen  its meaning changes");
    const refused = await tondo(other.folder, "apply");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("error[DEFINITION_IN_USE]");
    expect(refused.err).toContain("--replace");
    expect((await step(other.folder, "apply", "--replace"))["applied"]).toBe(2);
  });

  it("training-set splits by time, and is left as it is the second time", async () => {
    const again = await step(folder, ...trainingSetArguments);
    expect(again).toMatchObject({ made: false, vector: { name: "eta" } });
    const counts = again["counts"] as Readonly<Record<string, number>>;
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(again["rows"]);
    expect(counts["train"]).toBeGreaterThan(5000);
    expect(counts["holdout"]).toBeGreaterThan(1500);
    const { out } = await tondo(folder, ...trainingSetArguments);
    expect(out).toMatch(/^unchanged: training\/eta\n/);
  });

  it("training-set says how many rows found a row by a computed key", async () => {
    await using other = await ordersProject("made");
    const more = `
vector lost {
  key store: restaurant
  input city: string
  orders = @restaurant:kitchen:done_2h[upper(city)]
}
`;
    const file = join(other.folder, "orders.tondo");
    await writeFile(file, `${await readFile(file, "utf8")}${more}`);
    await step(other.folder, "apply");
    const { out } = await tondo(
      other.folder,
      ...["training-set", "lost", "--rows", "data/deliveries.parquet", "--output", "training/lost"],
    );
    expect(out).toMatch(/\n {2}computed keys +0 of [\d,]+ rows found a row of restaurant:kitchen\n/);
  });

  it("training-set takes a specification, and options instead of what it says", async () => {
    const specification = {
      ...{ vector: "eta", rows: "data/deliveries.parquet", carry: ["country", "city"], output: "training/spec" },
      split: { train: { to: "2024-02-16" }, holdout: { from: "2024-02-16T00:00:00Z" } },
      knowledge: "declared",
    };
    const spec = join(folder, "eta.json");
    await writeFile(spec, JSON.stringify(specification));
    const byOptions = await step(folder, ...trainingSetArguments);
    const bySpec = await step(folder, "training-set", "--spec", "eta.json");
    for (const member of ["inputsDigest", "counts", "files", "split"])
      expect(bySpec[member]).toEqual(byOptions[member]);
    expect(bySpec["specification"]).toMatchObject({
      ...specification,
      at: "at",
      split: { train: { to: holdoutFrom.replace("Z", ".000Z") } },
    });

    const later = ["--holdout-from", "2024-02-20", "--carry", "city", "--output", "training/spec2"];
    const changed = await step(folder, "training-set", "--spec", "eta.json", ...later);
    expect(changed["split"]).toEqual({
      train: { from: null, to: "2024-02-16T00:00:00.000Z" },
      holdout: { from: "2024-02-20T00:00:00.000Z", to: null },
      cutoff: null,
    });
    expect(changed["specification"]).toMatchObject({ carry: ["city"], output: "training/spec2" });

    const csv = ["--format", "csv", "--compression", "gzip", "--partition-by", "country", "--max-file-rows", "4000"];
    const apart = await tondo(folder, "training-set", "--spec", "eta.json", ...csv);
    expect(apart.out).toMatch(/\n {2}files +\d+ in \d+ partitions by country\n/);
    const text = await readFile(join(folder, "training/spec/manifest.json"), "utf8");
    const { specification: kept, files } = JSON.parse(text) as TrainingSet["manifest"];
    expect(kept?.["output"]).toEqual({
      ...{ folder: "training/spec", format: "csv", compression: "gzip", maxFileRows: 4000 },
      ...{ partitionBy: ["country"], maxPartitions: 1000 },
    });
    expect(files[0]?.path).toBe("train/country=FR/part-00000.csv.gz");
    // A folder alone leaves the rest of what the file says.
    await writeFile(spec, JSON.stringify({ ...specification, output: kept?.["output"] }));
    const moved = await step(folder, "training-set", "--spec", "eta.json", "--output", "training/spec3");
    expect(moved["specification"]).toMatchObject({ output: { folder: "training/spec3", format: "csv" } });
    const level = await step(
      folder,
      "training-set",
      "--spec",
      "eta.json",
      "--format",
      "parquet",
      "--compression",
      "zstd:9",
    );
    expect(level["specification"]).toMatchObject({ output: { folder: "training/spec", compressionLevel: 9 } });

    await writeFile(
      spec,
      JSON.stringify({ ...specification, filters: [{ column: "items", lessThan: 3 }], sampling: { fraction: 0.5 } }),
    );
    const { out } = await tondo(folder, "training-set", "--spec", "eta.json");
    expect(out).toMatch(/\n {2}left out +[\d,]+ rows that the filters left out\n +[\d,]+ rows not in the sample\n/);
  });

  it("training-set refuses what clashes with a specification, and says what lacks without one", async () => {
    await writeFile(
      join(folder, "hash.json"),
      JSON.stringify({ vector: "eta", rows: "r", output: "o", split: { holdout: { fraction: 0.2 } } }),
    );
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [["eta", "--spec", "hash.json"], 2, '"eta" stands beside --spec, which names the vector'],
      [
        ["--spec", "hash.json", "--holdout-from", "2024-02-20"],
        2,
        "--holdout-from: the specification holds rows out by a hash",
      ],
      [["--spec", "none.json"], 1, "error[SPECIFICATION_MISSING]: there is no specification"],
      [["--rows", "r", "--output", "o"], 2, "VECTOR is missing"],
      [["eta", "--output", "o"], 2, "--rows PATH is missing"],
      [["eta", "--rows", "r"], 2, "--output DIR is missing"],
    ];
    await writeFile(
      join(folder, "wrong.json"),
      '{ "vector": "eta",\n"rows": "r", "output": "o", "raw": 1,\n"carri": ["a"], "sampling": { "count": 0 } }',
    );
    const wrong = await tondo(folder, "training-set", "--spec", "wrong.json");
    expect(wrong.err.replaceAll(folder, "…")).toBe(
      [
        'error[SPECIFICATION_INVALID]: $.carri: there is no member "carri" (and 2 more problems)',
        "  --> …/wrong.json:3:1",
        '  hint: Did you mean "carry"?',
        "  also $.sampling.count: must be a whole number, at least 1 and at most 1000000000000, and is 0 --> …/wrong.json:3:31",
        "  also $.raw: must be true or false, and is a number --> …/wrong.json:2:29",
        "",
      ].join("\n"),
    );
    for (const [argv, code, message] of cases) {
      const ran = await tondo(folder, "training-set", ...argv);
      expect([ran.code, ran.out], argv.join(" ")).toEqual([code, ""]);
      expect(ran.err).toContain(message);
    }
  });

  it("training-set reproduce makes a set again, or names what changed", async () => {
    const again = await step(folder, "training-set", "reproduce", "training/eta", "--output", "training/eta-again");
    expect(again).toMatchObject({ made: true, same: true, differences: [] });
    const third = ["training/eta/manifest.json", "-o", "training/third", "--checkpoint-after", "0"];
    const ran = await tondo(folder, "training-set", "reproduce", ...third);
    expect(ran.out).toContain("the same, byte by byte");
    for (const [argv, message] of [
      [["reproduce", "training/eta"], "--output DIR is missing"],
      [["eta", "training/eta", "--output", "x"], 'behind "eta", and one vector is taken'],
      [["reproduce", "training/eta", "--output", "x", "--rows", "y"], "--rows stands beside reproduce"],
      [["reproduce", "training/eta", "--output", "x", "--carry", "city"], "--carry stands beside reproduce"],
      [["reproduce", "training/eta", "--output", "x", "--raw"], "--raw stands beside reproduce"],
    ] as const) {
      const refused = await tondo(folder, "training-set", ...argv);
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  it("training-set leaves out what a cutoff calls immature, and takes --raw", async () => {
    const cutoff = ["--cutoff", "2024-02-01T00:00:00Z", "--raw", "--output", "training/cut"];
    const cut = await step(folder, "training-set", "eta", "--rows", "data/deliveries.parquet", ...cutoff);
    expect((cut["counts"] as Readonly<Record<string, number>>)["immature"]).toBeGreaterThan(3000);
    const names = (cut["columns"] as readonly { readonly name: string }[]).map(({ name }) => name);
    expect(names).toContain("store__restaurant__kitchen__prep_7d");
  });

  it("train registers a model a node once, and says what they are worth", async () => {
    const again = await step(folder, ...trainArguments);
    const nodes = again["nodes"] as readonly { path: string[]; state: string; version: { created: boolean } | null }[];
    expect(nodes.map(({ path, state }) => `${path.join("/")} ${state}`)).toEqual([
      " trained",
      "FR trained",
      "FR/Lyon trained",
      "FR/Paris trained",
      "PT too_few_rows",
      "PT/Porto too_few_rows",
    ]);
    expect(nodes.map(({ version }) => version?.created)).toEqual([false, false, false, false, undefined, undefined]);
    const { out } = await tondo(folder, ...trainArguments);
    expect(out).toContain("versions      4, all known already");
    expect(out).toMatch(/city FR\/Lyon +[\d,]+ +rmse [\d.]+ {2}mae [\d.]+ {2}r2 0\.\d+ +3\n/);
    const { metrics } = again["holdout"] as { readonly metrics: Readonly<Record<string, number>> };
    expect(metrics["r2"]).toBeGreaterThan(0.6);
  });

  it("train takes an outside program, and sees when the program changes", async () => {
    const program = join(folder, "constant.mjs");
    // It sees Parquet, its parameters and a PATH; and leaves a model that says the same always.
    const text = `
      import { readFileSync, writeFileSync } from "node:fs";
      const { slots, label, parameters } = JSON.parse(readFileSync("parameters.json", "utf8"));
      if (readFileSync("train.parquet").subarray(0, 4).toString() !== "PAR1") throw new Error("no Parquet");
      if (label !== "minutes" || parameters.name !== "x" || !process.env.PATH || process.env.HOME) throw new Error("wrong");
      const weights = slots.map(() => 0);
      writeFileSync("model.json", JSON.stringify({ kind: "linear", version: 1, slots, weights, intercept: 30 }));
      writeFileSync("metrics.json", "{}");
    `;
    await writeFile(program, text);
    const outside = [
      ...["train", "training/eta", "--model", "constant", "--label", "minutes", "--parameter", 'name="x"'],
      ...["--trainer-command", process.execPath, "--trainer-arg", "constant.mjs", "--trainer-name", "constant"],
    ];
    const created = async (): Promise<boolean | undefined> => {
      const trained = await step(folder, ...outside);
      return (trained["nodes"] as readonly { version: { created: boolean } | null }[])[0]?.version?.created;
    };
    expect(await created()).toBe(true);
    expect(await created()).toBe(false);
    await writeFile(program, `${text}// another version\n`);
    expect(await created()).toBe(true);
  });

  it("materialize says how many keys it left out", async () => {
    await using other = await ordersProject("made");
    await writeFile(
      join(other.folder, "orders.tondo"),
      `entity note (text: string)
events notes { csv "notes.csv" columns (text: string, at: timestamp) at at }
group note:seen from notes by text { n_1d = count() over 1d }
`,
    );
    await writeFile(join(other.folder, "notes.csv"), `text,at\n${"a".repeat(3000)},${loadedAt}\nb,${loadedAt}\n`);
    await step(other.folder, "apply");
    const asOf = "2024-02-29T20:00:00Z";
    const { out } = await tondo(other.folder, "materialize", "--as-of", asOf);
    expect(out).toMatch(
      /\n\nnote:seen: 1 key longer than a store takes left out; requests for such keys are refused\n$/,
    );
    expect(await step(other.folder, "materialize", "--as-of", asOf)).toMatchObject({ groups: [{ keysTooLong: 1 }] });
  });

  it("materialize says which rows wait for a load that takes them in", async () => {
    await using other = await ordersProject("made");
    await writeFile(
      join(other.folder, "orders.tondo"),
      `entity note (text: string)
events notes { csv "notes*.csv" columns (text: string, at: timestamp) at at }
group note:seen from notes by text { n_1d = count() over 1d }
`,
    );
    await writeFile(join(other.folder, "notes1.csv"), "text,at\na,2024-02-29T18:00:00Z\n");
    await step(other.folder, "apply");
    await step(other.folder, "materialize", "--as-of", "2024-02-29T19:00:00Z");
    const late = "text,at\nb,2024-02-29T17:00:00Z\nb,2024-02-29T18:00:00Z\nb,2024-02-29T19:30:00Z\n";
    await writeFile(join(other.folder, "notes2.csv"), late);
    const args = ["materialize", "--as-of", "2024-02-29T20:00:00Z"];
    const since = ["--since", "2024-02-29T19:00:00Z"];
    const { out } = await tondo(other.folder, ...args, ...since);
    expect(out).toMatch(/^as of 2024-02-29T20:00:00.000Z, of what happened since 2024-02-29T19:00:00.000Z\n/);
    expect(out).toMatch(
      /\n\nnote:seen: 2 rows happened before and wait for a load that takes them in, without --since\n$/,
    );
    expect(await step(other.folder, ...args, ...since)).toMatchObject({
      since: "2024-02-29T19:00:00.000Z",
      groups: [{ status: "unchanged", rowsWaiting: 2 }],
    });
    const all = await step(other.folder, ...args);
    expect(all).toMatchObject({ groups: [{ status: "loaded" }] });
    expect(JSON.stringify(all)).not.toMatch(/since|rowsWaiting/);
  });

  it("materialize leaves what is loaded, and loads one group alone", async () => {
    const again = await step(folder, "materialize", "--at", loadedAt);
    expect((again["groups"] as readonly { status: string }[]).map(({ status }) => status)).toEqual([
      "unchanged",
      "unchanged",
    ]);
    const one = await step(folder, "materialize", "--as-of", loadedAt, "--group", "restaurant:profile");
    expect(one["groups"]).toHaveLength(1);
  });

  it("get reads values with status and age at the moment loaded", async () => {
    const names = ["restaurant:kitchen:prep_7d", "restaurant:kitchen:busy", "restaurant:profile:cuisine"];
    const got = await step(folder, "get", ...names, "--key", "restaurant=r01", "--at", "loaded");
    expect(got).toMatchObject({
      at: "2024-02-29T19:00:00.000Z",
      keys: { restaurant: "r01" },
      features: { "restaurant:profile:cuisine": { value: "vegan", status: "present" } },
    });
    expect(await step(folder, "get", ...names, "-k", "restaurant=r01", "--at", loadedAt)).toEqual(got);
    const unknown = await tondo(
      folder,
      "get",
      "restaurant:profile:city",
      "--key",
      "restaurant=nowhere",
      "--at",
      "loaded",
    );
    expect(unknown.out).toContain("not_found");
  });

  it("predict answers by the city, or by what is above it, and says why", async () => {
    const ask = ["--input", "distance_km=3.2", "-i", "items=2", "--at", "loaded"];
    const lyon = await step(folder, "predict", "eta@champion", "--key", "store=r01", ...ask, "--partition", "FR/Lyon");
    expect(lyon).toMatchObject({
      level: "city",
      path: ["FR", "Lyon"],
      output: "number",
      at: "2024-02-29T19:00:00.000Z",
    });
    expect(lyon["prediction"]).toBeGreaterThan(15);
    const parts = ["--partition-part", "FR", "--partition-part", "Lyon"];
    const same = await step(folder, "predict", "eta@champion", "--key", "store=r01", ...ask, ...parts);
    expect(same["prediction"]).toBe(lyon["prediction"]);
    const { out } = await tondo(
      folder,
      "predict",
      "eta@champion",
      "-k",
      "store=r28",
      ...ask,
      "--partition",
      "PT/Porto",
    );
    expect(out).toContain("answered by  global\n");
    expect(out).toMatch(/and not +city PT\/Porto has \d+ rows, a model needs 1000\n/);
    const explained = await tondo(folder, "predict", "eta@champion", "-k", "store=r28", ...ask, "--explain");
    expect(explained.out).toMatch(/\nSLOT +VALUE\nprep +-?\d/);
    expect(explained.out).toContain("store__restaurant__profile__cuisine");
  });

  it("predict names the slots that are missing where there is no prediction", async () => {
    const ask = [
      "predict",
      "eta@champion",
      "-k",
      "store=r01",
      "-i",
      "distance_km=3.2",
      "-i",
      "items=-5",
      "--at",
      "loaded",
    ];
    const none = await step(folder, ...ask);
    expect([none["prediction"], none["missing"]]).toEqual([null, ["size"]]);
    expect((await tondo(folder, ...ask)).out).toContain("none: the slot size is missing\n");
  });

  it("models lists models, and one with its versions, tags and nodes", async () => {
    const list = await step(folder, "models");
    expect((list["models"] as readonly { name: string }[]).map(({ name }) => name)).toContain("eta");
    const one = await step(folder, "models", "eta", "--path", "FR/Lyon");
    expect(one["versions"]).toMatchObject([{ number: 3, path: ["FR", "Lyon"], tags: ["champion"] }]);
    expect(one["nodes"]).toHaveLength(6);
    expect((await step(folder, "models", "eta", "--path", "/"))["versions"]).toHaveLength(1);
    const limited = await tondo(folder, "models", "eta", "--limit", "1", "--nodes");
    expect(limited.out).toContain("and more: raise --limit");
    expect(limited.out).toMatch(/PT\/Porto +\d+ +too few rows, a model needs 1,000/);
  });

  it("tag moves by number, compares and sets, and keeps the history", async () => {
    const moved = await step(folder, "tag", "eta", "challenger", "3", "--expected", "none", "--reason", "a try");
    expect(moved).toMatchObject({ tag: "challenger", path: ["FR", "Lyon"], previousVersionId: null, changed: true });
    const conflict = await tondo(folder, "tag", "eta", "challenger", "none", "--path", "FR/Lyon", "--expected", "none");
    expect(conflict.code).toBe(1);
    expect(conflict.err).toContain("error[TAG_CONFLICT]");
    await step(folder, "tag", "eta", "challenger", "none", "--path", "FR/Lyon", "--expected", "3");
    const { changes } = await step(folder, "tag", "eta", "challenger", "--history", "--path", "FR/Lyon");
    expect(changes).toMatchObject([
      { seq: 2, versionId: null },
      { seq: 1, previousVersionId: null, reason: "a try" },
    ]);
    const before = await step(folder, "tag", "eta", "challenger", "--path", "FR/Lyon", "--at", "2020-01-01");
    expect(before["changes"]).toEqual([]);
    const pinned = await step(folder, "tag", "eta", "challenger", "parent", "--path", "FR/Lyon", "--expected", "none");
    expect(pinned).toMatchObject({ versionId: null, pinned: true, changed: true });
    expect((await tondo(folder, "tag", "eta", "challenger")).out).toMatch(/FR\/Lyon +parent/);
    await step(folder, "tag", "eta", "challenger", "none", "--path", "FR/Lyon", "--expected", "parent");
    const { tags } = await step(folder, "tag", "eta");
    expect((tags as readonly { tag: string }[]).map(({ tag }) => tag)).toEqual(Array(4).fill("champion"));
    expect((await tondo(folder, "tag", "eta", "challenger")).out).toContain("no version of eta is tagged challenger");
  });

  it("resolve names the version and the nodes that did not answer", async () => {
    const found = await step(folder, "resolve", "eta@champion", "--partition", "PT/Porto");
    expect(found).toMatchObject({ level: "global", path: [], version: { number: 1 } });
    expect((found["skipped"] as readonly { reason: string }[]).map(({ reason }) => reason)).toEqual([
      "too_few_rows",
      "too_few_rows",
    ]);
  });

  it("takes the database from the option or from TONDO_DATABASE", async () => {
    await using other = await ordersProject("made");
    const environment = { TONDO_DATABASE: "sqlite:elsewhere/catalog.db" };
    const applied = await tondoWith({ folder: other.folder, environment }, "apply", "--json");
    expect(jsonOf(applied)["applied"]).toBe(6);
    expect(await readdir(join(other.folder, "elsewhere"))).toContain("catalog.db");
    expect((await step(other.folder, "plan"))["differs"]).toBe(true);
    expect((await step(other.folder, "plan", "--database", "sqlite:elsewhere/catalog.db"))["differs"]).toBe(false);
  });

  it("works on a folder from elsewhere", async () => {
    const ran = await tondo("/", "resolve", "eta@champion", "--folder", folder, "--json");
    expect(jsonOf(ran)["level"]).toBe("global");
  });
});

describe("what every command has", () => {
  it("prints versions", async () => {
    const { tondo: version, node } = await step("/", "version");
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(node).toBe(process.versions.node);
    expect((await tondo("/", "--version")).out).toContain(`tondo ${String(version)}`);
  });

  it("paints where colours are taken, and only there", async () => {
    const painted = await tondoWith({ folder: "/", colours: true }, "models", "--folder", "/nope");
    expect(painted.err).toContain("\u001b[31m");
    expect((await tondo("/", "models", "--folder", "/nope")).err).not.toContain("\u001b");
  });
});

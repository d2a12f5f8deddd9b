import { cp, mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockHome } from "../../src/featurestore/index.ts";
import { type OrdersProject, ordersProject, trainingSetArguments } from "./orders-project.ts";
import { errorOf, jsonOf, spawnTondo, tondo } from "./run-tondo.ts";

const rows = ["--rows", "data/deliveries.parquet", "--output", "training/none"];
const train = ["train", "training/eta", "--model", "late", "--label", "late"];
const get = ["get", "restaurant:kitchen:prep_7d"];
const predict = ["predict", "eta@champion", "--at", "loaded"];
const whole = [...predict, "--key", "store=r01", "--input", "distance_km=3", "--input", "items=2"];

/** What is called, the exit code, the error's code, what its message and its hint say. */
type Case = readonly [args: readonly string[], exit: 1 | 2, code: string, message: RegExp, hint: RegExp | null];

const cases: readonly Case[] = [
  [["chekc"], 2, "USAGE", /no command "chekc"/, /Did you mean "check"/],
  [["brew", "coffee"], 2, "USAGE", /no command "brew"/, /tondo --help/],
  [["--verbose", "check"], 2, "USAGE", /no option --verbose before the command/, /COMMAND/],
  [["help", "chekc"], 2, "USAGE", /no command "chekc"/, /Did you mean "check"/],
  [["check", "--fodler", "x"], 2, "USAGE", /no option --fodler/, /Did you mean "--folder"/],
  [["check", "-x"], 2, "USAGE", /no option -x/, /--help/],
  [["check", "--quiet=1"], 2, "USAGE", /--quiet takes no value/, null],
  [["check", "here"], 2, "USAGE", /"here" is one argument too many/, /Quote/],
  [["check", "--folder", "/nope/at/all"], 1, "IO_FAILED", /no folder "\/nope\/at\/all"/, /tondo init/],
  [["check", "--folder", "data"], 1, "DEFINITIONS_INVALID", /no \.tondo file/, /tondo init/],
  [["init"], 1, "PROJECT_EXISTS", /orders\.tondo, data\/orders\.parquet/, /another folder/],
  [["init", "x", "--example", "order"], 2, "USAGE", /no example "order"/, /Did you mean "orders"/],

  [["training-set", "eta"], 2, "USAGE", /--rows PATH is missing/, /--help/],
  [["training-set"], 2, "USAGE", /VECTOR is missing/, /--help/],
  [["training-set", "eta", "--rows", "--output", "x"], 2, "USAGE", /--rows needs a value/, /--rows=--output/],
  [["training-set", "eta", ...rows, "--output", "y"], 2, "USAGE", /--output is given twice/, null],
  [["training-set", "eta", ...rows, "--cutoff", "2024-02-16T00:00"], 2, "USAGE", /not a moment/, /offset/],
  [["training-set", "eta", ...rows, "--memory", "lots"], 2, "USAGE", /not a size/, /4GB/],
  [["training-set", "eta", ...rows, "--threads", "0"], 2, "USAGE", /not a whole number of at least 1/, null],
  [["training-set", "etta", ...rows], 1, "UNKNOWN_VECTOR", /no vector "etta"/, /eta/],
  [["training-set", "eta", ...rows, "--carry", "town"], 1, "ROWS_INVALID", /no column "town"/, /city/],
  [["training-set", "eta", ...rows, "--at-column", "when"], 1, "ROWS_INVALID", /no column "when"/, /moment/],
  [["training-set", "eta", ...rows, "--train-to", "2020-01-01"], 1, "TRAINING_SET_EMPTY", /none is left/, /split/],
  [
    ["training-set", "eta", ...rows, "--train-to", "2024-02-01", "--holdout-from", "2024-01-01"],
    ...([1, "SPECIFICATION_INVALID", /overlap/, /End one where the other begins/] as const),
  ],
  [
    ["training-set", "eta", "--rows", "data/none.parquet", "--output", "x"],
    ...([1, "SOURCE_MISSING", /no file at "data\/none\.parquet"/, /relative to the project folder/] as const),
  ],
  [
    ["training-set", "eta", "--rows", "data/deliveries.parquet", "--output", "data"],
    ...([1, "TRAINING_SET_EXISTS", /no training set/, /another output folder/] as const),
  ],

  [["train", "training/eta"], 2, "USAGE", /--model NAME is missing/, /--help/],
  [train, 2, "USAGE", /--trainer is missing/, /linear or logistic/],
  [[...train, "--trainer", "linaer"], 2, "USAGE", /no trainer "linaer"/, /Did you mean "linear"/],
  [[...train, "--trainer", "linear", "--trainer-command", "x"], 2, "USAGE", /given both/, /one/],
  [[...train, "--trainer", "linear", "--ridge", "much"], 2, "USAGE", /"much" is not a number/, null],
  [[...train, "--trainer", "linear", "--ridge=-1"], 2, "USAGE", /at least 0/, null],
  [[...train, "--trainer", "linear", "--parameter", "x"], 2, "USAGE", /NAME=JSON/, null],
  [[...train, "--trainer", "linear", "--parameter", "x=y"], 2, "USAGE", /"y" is no JSON/, /quotes/],
  [[...train, "--trainer", "linear", "--parameter", "foo=1"], 1, "INVALID_ARGUMENT", /no parameter "foo"/, /ridge/],
  [[...train, "--trainer", "linear", "--missing", "maybe"], 2, "USAGE", /none of error, drop and keep/, null],
  [[...train, "--trainer", "linear", "--level", "a=b=c"], 2, "USAGE", /LEVEL=COLUMN/, /country/],
  [[...train, "--trainer", "logistic", "--level", "town"], 1, "ROWS_INVALID", /no column "town"/, /carry/],
  [[...train, "--trainer", "logistic", "--label", "x"], 2, "USAGE", /--label is given twice/, null],
  [[...train, "--trainer-command", "no-such-program"], 1, "TRAINER_FAILED", /could not be started/, /by hand/],
  [
    ["train", "training/none", "--model", "m", "--label", "late", "--trainer", "logistic"],
    ...([1, "MANIFEST_INVALID", /no training set/, /training set/] as const),
  ],
  [
    ["train", "training/eta", "--model", "m", "--label", "minute", "--trainer", "linear"],
    ...([1, "INVALID_ARGUMENT", /no label "minute"/, /minutes, late/] as const),
  ],
  [
    ["train", "training/eta", "--model", "eta", "--label", "minutes", "--trainer", "linear"],
    ...([1, "MODEL_EXISTS", /levels/, /another model/] as const),
  ],

  [["materialize", "--as-of", "yesterday"], 2, "USAGE", /"yesterday" is not a moment/, /offset/],
  [["materialize", "--as-of", "2024-01-01", "--at", "2024-01-01"], 2, "USAGE", /given both/, /same/],
  [["materialize", "--since", "yesterday"], 2, "USAGE", /"yesterday" is not a moment/, /offset/],
  [
    ["materialize", "--as-of", "2024-03-01T00:00:00Z", "--since", "2024-03-02T00:00:00Z"],
    ...([1, "INVALID_ARGUMENT", /is later than/, /earlier `since`/] as const),
  ],
  [["materialize", "--group", "restaurant:kitchn"], 1, "UNKNOWN_GROUP", /restaurant:kitchn/, /restaurant:kitchen/],

  [["get"], 2, "USAGE", /NAME is missing/, /--help/],
  [["get", "prep"], 1, "INVALID_ARGUMENT", /not a canonical name/, /entity:group:feature/],
  [
    ["get", "restaurant:kitchen:prep_8d", "--key", "restaurant=r01"],
    ...([1, "UNKNOWN_FEATURE", /prep_8d/, /Did you mean "restaurant:kitchen:prep_7d"/] as const),
  ],
  [get, 1, "KEY_INVALID", /key of "restaurant" is not given/, /restaurant/],
  [[...get, "--key", "r01"], 1, "KEY_INVALID", /NAME=VALUE/, /--key restaurant=VALUE/],
  [[...get, "--key", "restaurnt=r01"], 1, "KEY_INVALID", /"restaurnt"/, /Did you mean "restaurant"/],
  [[...get, "--key", "restaurant.id=r01"], 1, "KEY_INVALID", /no column "id"/, /--key restaurant=VALUE/],
  [[...get, "--key", "restaurant=a", "--key", "restaurant=b"], 1, "KEY_INVALID", /given twice/, /one key/],
  [
    [...get, "--key", "restaurant=r01", "--at", "2024-02-29T18:59:59Z"],
    ...([1, "MOMENT_NOT_SERVED", /2024-02-29T19:00/, /--at loaded/] as const),
  ],
  [[...get, "--key", "restaurant=r01", "--at", "soon"], 2, "USAGE", /"soon" is not a moment/, /ISO 8601/],

  [["predict", "eta", "--key", "store=r01"], 1, "INVALID_ARGUMENT", /does not say which version/, /name@tag/],
  [["predict", "eta@champ"], 1, "TAG_NOT_FOUND", /tagged champ/, /champion/],
  [["predict", "etta@champion"], 1, "MODEL_NOT_FOUND", /etta/, /eta/],
  [predict, 1, "KEY_INVALID", /"store" is not given/, null],
  [[...predict, "--key", "stor=r01"], 1, "KEY_INVALID", /"stor"/, /Did you mean "store"/],
  [[...predict, "--key", "store=r01"], 1, "INPUT_INVALID", /"distance_km" is not given/, /float/],
  [[...predict, "--input", "distance=1"], 1, "INPUT_INVALID", /no input "distance"/, /distance_km/],
  [[...predict, "--input", "items=2.5"], 1, "INPUT_INVALID", /"2\.5" is no int/, /whole number/],
  [[...predict, "--input", "distance_km=far"], 1, "INPUT_INVALID", /"far" is no float/, /1\.5/],
  [[...predict, "--input", "items"], 1, "INPUT_INVALID", /NAME=VALUE/, /--input distance_km=VALUE/],
  [[...whole, "--partition", "FR//Lyon"], 2, "USAGE", /empty name/, /--partition-part/],
  [[...whole, "--partition", "FR", "--partition-part", "FR"], 2, "USAGE", /given both/, /one way/],
  [[...whole, "--partition", "A/B/C/D"], 1, "PARTITION_INVALID", /deeper/, /country, city/],

  [["models", "etta"], 1, "MODEL_NOT_FOUND", /etta/, /eta/],
  [["models", "--limit", "none"], 2, "USAGE", /not a whole number/, null],
  [["tag", "eta", "champion", "99"], 1, "VERSION_NOT_FOUND", /no version 99/, /tondo models eta/],
  [["tag", "eta", "champion", "newest"], 2, "USAGE", /neither a version's id nor its number/, /tondo models/],
  [["tag", "eta", "champion", "3", "--expected", "2"], 1, "TAG_CONFLICT", /./, /./],
  [["tag", "eta", "champion", "3", "--path", "FR"], 1, "PARTITION_INVALID", /./, /./],
  [["tag", "eta", "no spaces", "3"], 1, "INVALID_ARGUMENT", /not a tag's name/, /letter/],
  [["tag", "eta", "champion", "--reason", "why"], 2, "USAGE", /VERSION is missing/, /none/],
  [["tag", "eta", "--history"], 2, "USAGE", /one tag's moves/, /TAG/],
  [["resolve", "eta@nobody"], 1, "TAG_NOT_FOUND", /nobody/, /champion/],
  [["plan", "--database", "mysql://x"], 1, "INVALID_ARGUMENT", /not the address of a database/, /postgres:/],
  [["plan", "--database", "postgres://u:p@127.0.0.1:1/d"], 1, "DATABASE_UNAVAILABLE", /./, /./],
];

describe("bad input", () => {
  let project: OrdersProject;
  let folder: string;
  beforeAll(async () => {
    project = await ordersProject("served");
    ({ folder } = project);
  });
  afterAll(() => project[Symbol.asyncDispose]());

  it.each(cases)("tondo %j exits with %i, %s", async (args, exit, code, message, hint) => {
    const before = await readdir(folder, { recursive: true });
    const ran = await tondo(folder, ...args, "--json");
    expect([ran.code, errorOf(ran).code]).toEqual([exit, code]);
    expect(errorOf(ran).message).toMatch(message);
    if (hint !== null) expect(errorOf(ran).hint).toMatch(hint);
    const read = await tondo(folder, ...args);
    expect(read.code).toBe(exit);
    expect(read.out).toBe("");
    // The clock goes on between the two.
    expect(read.err).toContain(`error[${code}]: ${errorOf(ran).message.slice(0, 80)}`);
    // Nothing half-written, whatever it was.
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });

  it("shows all errors of the definitions with their lines", async () => {
    await using other = await ordersProject("applied");
    const file = join(other.folder, "orders.tondo");
    const good = await readFile(file, "utf8");
    await writeFile(
      file,
      good.replace("prep_7d[store] | fill(mean)", "prep_8d[store] | fill(mean)").replace("| log1p", "| log1"),
    );
    const ran = await tondo(other.folder, "check");
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("prep_8d");
    expect(ran.out).toMatch(/--> orders\.tondo:\d+:\d+/);
    expect(ran.out).toContain("did you mean ");
    expect(ran.out).toMatch(/\n\n2 errors in 1 file\n$/);
    expect(jsonOf(await tondo(other.folder, "check", "--json"))).toMatchObject({ ok: false, defined: null });
    for (const command of ["plan", "apply"]) {
      const refused = await tondo(other.folder, command, "--json");
      expect([refused.code, errorOf(refused).code]).toEqual([1, "DEFINITIONS_INVALID"]);
      expect(errorOf(refused).message).toContain("prep_8d");
    }
    // What was applied is still in force.
    expect((await tondo(other.folder, ...trainingSetArguments)).code).toBe(0);
  });

  it("says that nothing is applied yet, or loaded, or tagged", async () => {
    await using other = await ordersProject("made");
    for (const args of [trainingSetArguments, ["materialize"], [...get, "--key", "restaurant=r01"]]) {
      const ran = await tondo(other.folder, ...args, "--json");
      expect([ran.code, errorOf(ran).code]).toEqual([1, "NOT_APPLIED"]);
      expect(errorOf(ran).hint).toContain("tondo apply");
    }
    expect(await readdir(other.folder)).not.toContain(".tondo");
    await tondo(other.folder, "apply");
    for (const at of [[], ["--at", "loaded"]]) {
      const ran = await tondo(other.folder, ...get, "--key", "restaurant=r01", ...at, "--json");
      expect([ran.code, errorOf(ran).code]).toEqual([1, "GROUP_NOT_MATERIALIZED"]);
      expect(errorOf(ran).hint).toContain("tondo materialize");
    }
    expect((await tondo(other.folder, "models")).out).toContain("no models yet");
  });

  it("names a Parquet file that is cut short, and keeps what was loaded", async () => {
    await using other = await ordersProject("applied");
    const { folder: root } = other;
    await cp(join(root, "data"), join(root, "whole"), { recursive: true });
    for (const name of ["orders", "deliveries"]) {
      const file = await open(join(root, `data/${name}.parquet`), "r+");
      await file.truncate(20_000);
      await file.close();
      const runs = [await tondo(root, ...trainingSetArguments, "--json")];
      if (name === "orders") runs.push(await tondo(root, "materialize", "--json"));
      for (const ran of runs) {
        expect([ran.code, errorOf(ran).code]).toEqual([1, "SOURCE_UNREADABLE"]);
        expect(errorOf(ran).message).toContain(`${name}.parquet`);
      }
      await cp(join(root, "whole"), join(root, "data"), { recursive: true });
    }
    expect(await readdir(join(root, "training"))).toEqual([]);
    const checked = await tondo(root, "check", "--json");
    expect(checked.code).toBe(0);
    await rm(join(root, "data/orders.parquet"));
    const missing = await tondo(root, "check");
    expect([missing.code, missing.out]).toEqual([1, expect.stringContaining("error[source-missing]")]);
  });

  it("tells who comes second that the home is busy", async () => {
    await using other = await ordersProject("applied");
    const home = join(other.folder, ".tondo");
    using lock = lockHome(home, "apply");
    for (const command of ["apply", "materialize"]) {
      const ran = await spawnTondo(other.folder, [command, "--json"]);
      expect([ran.code, errorOf(ran).code]).toEqual([1, "HOME_BUSY"]);
      expect(errorOf(ran)).toMatchObject({ where: home, hint: expect.stringContaining("try again") as string });
    }
    lock.release();
    expect((await spawnTondo(other.folder, ["apply"])).code).toBe(0);
  });

  it("lets one of two applies win, or both", async () => {
    await using other = await ordersProject("made");
    const runs = await Promise.all([1, 2, 3].map(() => spawnTondo(other.folder, ["apply", "--json"])));
    const codes = runs.map((ran) => (ran.code === 0 ? "applied" : errorOf(ran).code));
    expect(codes).toContain("applied");
    expect(codes.filter((code) => code !== "applied" && code !== "HOME_BUSY")).toEqual([]);
    expect((await tondo(other.folder, "plan", "--exit-code")).code).toBe(0);
  });

  it("cannot make a home where it may not write", async () => {
    await using other = await ordersProject("made");
    await writeFile(join(other.folder, "file"), "");
    const ran = await tondo(other.folder, "apply", "--home", "file/home", "--json");
    expect([ran.code, errorOf(ran).code]).toEqual([1, "DATABASE_UNAVAILABLE"]);
    await mkdir(join(other.folder, "there"));
    const init = await tondo(join(other.folder, "there"), "init", "../file/x", "--json");
    expect([init.code, errorOf(init).code]).toEqual([1, "IO_FAILED"]);
  });
});

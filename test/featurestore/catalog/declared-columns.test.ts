import { mkdir, mkdtemp, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../src/core/index.ts";
import { parseProject } from "../../../src/dsl/index.ts";
import {
  checkProject,
  computeVectors,
  Engine,
  loadProject,
  makeTrainingSet,
  renderDiagnostics,
} from "../../../src/featurestore/index.ts";
import { SourceSchemas } from "../../../src/featurestore/catalog/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";

let folder: string;
let engine: Engine;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-declared-"));
  engine = await Engine.open({ threads: 1 });
  await mkdir(join(folder, "t"));
});
afterEach(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

const path = (name: string): string => join(folder, name);

async function parquet(name: string, sql: string): Promise<void> {
  await engine.run(`copy (${sql}) to '${path(name)}' (format parquet)`, "writing a source");
}

const row = "'x' as turbine, timestamp '2024-01-01' as at_, 80.5::double as hub_height";

const turbines = (columns: string, places = 'parquet "t/*.parquet"'): string => `
entity turbine (turbine: string)
snapshot turbines {
  ${places}
  columns (${columns})
  at at_
}
group turbine:site from turbines by turbine { seen = at_ is missing }
vector v { key turbine
  seen = @turbine:site:seen
}
`;
const right = "turbine: string, at_: timestamp, hub_height: float";

async function diagnostics(text: string): Promise<readonly Diagnostic[]> {
  await writeFile(path("p.tondo"), text);
  return (await checkProject(folder, { threads: 1 })).diagnostics;
}

/** The code, the text that it points at, and what is said. */
async function found(text: string): Promise<readonly (readonly [string, string, string])[]> {
  return (await diagnostics(text)).map(({ code, span, message }) => [code, text.slice(span.start, span.end), message]);
}

describe("declared columns", () => {
  it("pass where the files have them, where there are no files yet, and where a topic alone has them", async () => {
    expect(await diagnostics(turbines(right))).toEqual([]);
    await parquet("t/a.parquet", `select ${row}`);
    expect(await diagnostics(turbines(right))).toEqual([]);
    const topic = turbines(`${right}, no: int`, 'kafka "turbines" lag 5s').replace("snapshot", "events");
    expect(await diagnostics(topic.replace(/seen = at_.*missing/, "seen = count() over 1d"))).toEqual([]);
  });

  it("of another type than in a file are an error at the type, before anything is computed", async () => {
    await parquet("t/a.parquet", `select ${row}`);
    const text = turbines("turbine: string, at_: timestamp, hub_height: string");
    expect(await found(text)).toEqual([
      ["column-type", "string", '"t/*.parquet" has hub_height as float, and not as string'],
    ]);
    expect(renderDiagnostics(await checkProject(folder))).toContain(
      "= write hub_height: float, or cast it in the file",
    );
    await expect(loadProject(folder)).rejects.toMatchObject({ code: "DEFINITIONS_INVALID" });
  });

  it("that a file has not are an error with the name that was meant, all of them at once", async () => {
    await parquet("t/a.parquet", `select ${row}, {'a': 1} as nested`);
    const text = turbines("turbine: string, at_: timestamp, hub_heigt: float, nested: string, power: int");
    expect((await diagnostics(text)).map(({ code, hint }) => [code, hint])).toEqual([
      ["unknown-column", 'did you mean "hub_height"?'],
      ["column-type", "cast it in the file, or leave the column out here"],
      ["unknown-column", "it has turbine, at_, hub_height, nested"],
    ]);
  });

  it("are held against every place at rest, but for what only another place's `known` reads", async () => {
    await parquet("t/a.parquet", `select ${row}, timestamp '2024-01-02' as loaded`);
    await parquet("b.parquet", `select ${row}`);
    const both = 'parquet "t/*.parquet" known loaded\n  parquet "b.parquet" lag 1h';
    expect(await diagnostics(turbines(`${right}, loaded: timestamp`, both))).toEqual([]);
    await parquet("b.parquet", `select ${row.replace("80.5::double", "'high'")}`);
    expect(await found(turbines(`${right}, loaded: timestamp`, both))).toEqual([
      ["column-type", "float", '"b.parquet" has hub_height as string, and not as float'],
    ]);
  });

  it("of CSV must be there, and are parsed as declared", async () => {
    await writeFile(path("t.csv"), "turbine,at_,hub_height\nx,2024-01-01 00:00:00,high\n");
    const csv = 'csv "t.csv"';
    expect(await diagnostics(turbines(right, csv))).toEqual([]);
    expect(await found(turbines(`${right}, power: int`, csv))).toEqual([
      ["unknown-column", "power", '"t.csv" has no column "power"'],
    ]);
    await writeFile(path("t.csv"), "turbine,at_,hub_height,Hub_Height\nx,2024-01-01 00:00:00,1,2\n");
    expect(await found(turbines(right, csv))).toEqual([
      ["duplicate", "hub_height", '"t.csv" has more than one column "hub_height"'],
    ]);
  });

  it("in files that cannot be read are an error at the place", async () => {
    await writeFile(path("t/a.parquet"), "no Parquet");
    expect(await diagnostics(turbines(right))).toMatchObject([{ code: "source-unreadable", span: { line: 4 } }]);
  });

  it("are compared anew when the declaration changes, and read anew when the file does", async () => {
    await parquet("t/a.parquet", `select ${row}`);
    const schemas = new SourceSchemas({ threads: 1 });
    const problems = async (columns: string, onlyNew: boolean): Promise<readonly string[]> => {
      const project = parseProject([{ path: "p.tondo", text: turbines(columns) }]);
      return (await schemas.read(project, { folder }, onlyNew)).problems.map(({ message }) => message);
    };
    expect(await problems(right, true)).toEqual([]);
    const wrong = right.replace("float", "string");
    const asFloat = ['"t/*.parquet" has hub_height as float, and not as string'];
    expect(await problems(wrong, true)).toEqual(asFloat);
    await parquet("t/a.parquet", `select ${row.replace("80.5::double", "'high'")}`);
    expect(await problems(wrong, true)).toEqual(asFloat);
    expect(await problems(wrong, false)).toEqual([]);
    await unlink(path("t/a.parquet"));
    expect(await problems(right, false)).toEqual([]);
  });

  it("of two sources in one file that cannot be read are two errors, each with its source", async () => {
    await writeFile(path("t/a.parquet"), "no Parquet");
    const of = (name: string): string => `snapshot ${name} { parquet "t/*.parquet" at at_ }\n`;
    const schemas = new SourceSchemas({ threads: 1 });
    const { problems } = await schemas.read(parseProject([{ path: "p.tondo", text: of("one") + of("two") }]), {
      folder,
    });
    expect(problems.map(({ message }) => /source "\w+"/.exec(message)?.[0])).toEqual(['source "one"', 'source "two"']);
  });

  it("are remembered of the last thousand places", async () => {
    await parquet("t/a.parquet", `select ${row}`);
    const schemas = new SourceSchemas({ threads: 1 });
    const read = async (text: string): Promise<readonly string[]> =>
      (await schemas.read(parseProject([{ path: "p.tondo", text }]), { folder }, true)).problems.map(
        ({ message }) => message,
      );
    expect(await read(turbines(right))).toEqual([]);
    await parquet("t/a.parquet", `select ${row.replace("80.5::double", "'high'")}`);
    const others = (from: number, n: number): string =>
      Array.from(
        { length: n },
        (_, i) => `snapshot s { parquet "none/${String(from + i)}.parquet" columns (at: timestamp) at at }\n`,
      ).join("");
    for (let from = 0; from < 900; from += 100) expect(await read(others(from, 100))).toEqual([]);
    expect(await read(turbines(right))).toEqual([]);
    for (let from = 900; from < 2000; from += 100) await read(others(from, 100));
    expect(await read(turbines(right))).toEqual(['"t/*.parquet" has hub_height as string, and not as float']);
  });

  it("fit exactly where the scan takes them", async () => {
    const types = [
      "1::int",
      "1.5::double",
      "'s'",
      "true",
      "date '2024-01-01'",
      "timestamp '2024-01-01'",
      "[1, 2]",
      "['a']",
    ];
    const kinds = ["int", "float", "string", "bool", "date", "timestamp", "list<int>", "list<float>", "embedding(2)"];
    const rows = [{ at: "2024-01-02T00:00:00Z", turbine: "x" }];
    const checked: string[] = [];
    const scanned: string[] = [];
    for (const kind of kinds) {
      const text = turbines(`turbine: string, at_: timestamp, it: ${kind}`).replace("at_ is missing", "it is missing");
      await rm(path("t/a.parquet"), { force: true });
      await writeFile(path("p.tondo"), text);
      // Loaded while there is no file: the scan alone judges.
      const { plan } = await loadProject(folder, { threads: 1 });
      const [vector] = plan.vectors;
      if (vector === undefined) throw new Error("no vector");
      for (const type of types) {
        await parquet("t/a.parquet", `select 'x' as turbine, timestamp '2024-01-01' as at_, ${type} as it`);
        if ((await diagnostics(text)).length === 0) checked.push(`${type} as ${kind}`);
        const taken = await computeVectors({ vector, fitted: {}, rows, folder, engine: { threads: 1 } }).then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({ code: "SOURCE_CHANGED" });
            return false;
          },
        );
        if (taken) scanned.push(`${type} as ${kind}`);
      }
    }
    expect(checked).toEqual(scanned);
    expect(checked.length).toBeGreaterThan(kinds.length);
  }, 120_000);
});

describe("embeddings of another length", () => {
  const text = (size: number): string => `
entity dish (dish: string)
snapshot dishes {
  parquet "t/*.parquet"
  columns (dish: string, at_: timestamp, taste: embedding(${String(size)}))
  at at_
}
group dish:menu from dishes by dish { taste }
vector v { key dish
  input wish: embedding(2)?
  near = dot(@dish:menu:taste | slice(0, 2), wish)
  label y: float
}
`;
  const dish = (list: string): string => `select 'a' as dish, timestamp '2024-01-01' as at_, ${list} as taste`;
  const asked = (wish: string, at = "2024-01-02"): string =>
    `select 'a' as dish, timestamp '${at}' as at, 1.0 as y, ${wish} as wish`;

  async function training(rows: string | readonly Readonly<Record<string, unknown>>[]): Promise<number> {
    const { plan } = await loadProject(folder);
    const [vector] = plan.vectors;
    if (vector === undefined) throw new Error("no vector");
    return (await makeTrainingSet({ vector, rows, folder, output: "out", engine: { threads: 1 } })).manifest.rows;
  }

  it("in a whole column of a source are refused, by training sets and by loads", async () => {
    await writeFile(path("p.tondo"), text(5));
    await parquet("t/a.parquet", dish("[1, 2, 3, 4]::float[4]"));
    await parquet("t/b.parquet", dish("null::float[]"));
    const refusal = {
      code: "SOURCE_CHANGED",
      message: 'source "dishes": each list of the column "taste" has 4 numbers, and the definitions say embedding(5)',
    };
    const rows = [{ at: "2024-01-02T00:00:00Z", dish: "a", wish: [1, 2], y: 1 }];
    await expect(training(rows)).rejects.toMatchObject(refusal);
    const { plan } = await loadProject(folder);
    const store = LmdbStore.open({ folder: path("online") });
    try {
      const asOf = "2024-01-02T00:00:00Z";
      const load = materialize({ project: plan, folder, home: folder, store, engine, asOf });
      await expect(load).rejects.toMatchObject(refusal);
    } finally {
      await store.close();
    }
    await parquet("t/b.parquet", dish("[]::float[]"));
    await expect(training(rows)).rejects.toThrow("has 0 to 4 numbers");
  });

  it("in the first rows of a file are a warning at the size, as long as they all have another", async () => {
    await parquet("t/a.parquet", dish("[1, 2, 3, 4]::float[4]"));
    expect(await found(text(5))).toEqual([
      ["embedding-length", "embedding(5)", 'the first lists of taste in "t/*.parquet" have 4 numbers, and none has 5'],
    ]);
    expect(await loadProject(folder)).toMatchObject({ diagnostics: [{ severity: "warning" }] });
    expect(await diagnostics(text(4))).toEqual([]);
    await parquet("t/a.parquet", dish("null::double[]"));
    expect(await diagnostics(text(5))).toEqual([]);
    await parquet("t/a.parquet", `${dish("[1.0, 2.0]")} union all ${dish("[]")}`);
    expect((await diagnostics(text(5))).map(({ message }) => message)).toEqual([
      'the first lists of taste in "t/*.parquet" have 0 to 2 numbers, and none has 5',
    ]);
    expect(await diagnostics(text(2))).toEqual([]);
  });

  it("in some rows of a source are missing, and so is a column without any", async () => {
    await writeFile(path("p.tondo"), text(3));
    const rows = [{ at: "2024-01-02T00:00:00Z", dish: "a", wish: [1, 2], y: 1 }];
    await parquet("t/a.parquet", dish("null::double[]"));
    expect(await training(rows)).toBe(1);
    await parquet("t/a.parquet", `${dish("[1.0, 2.0]")} union all ${dish("[1.0, 2.0, 3.0]")}`);
    await rm(path("out"), { recursive: true });
    expect(await training(rows)).toBe(1);
  });

  it("in a file of training rows are refused with their row, as they are from memory", async () => {
    await writeFile(path("p.tondo"), text(3));
    await parquet("t/a.parquet", dish("[1.0, 2.0, 3.0]"));
    const right = asked("[1.0, 2.0]");
    await parquet("left.parquet", `${right} union all ${asked("null")} union all ${asked("[1.0]")} union all ${right}`);
    await expect(training("left.parquet")).rejects.toMatchObject({
      code: "ROWS_INVALID",
      message: 'training rows: row 2 has 1 number in the column "wish", and the definitions say embedding(2)',
    });
    const memory = [[1, 2], null, [1]].map((wish) => ({ at: "2024-01-02T00:00:00Z", dish: "a", y: 1, wish }));
    await expect(training(memory)).rejects.toMatchObject({ code: "ROWS_INVALID" });
    await parquet("left.parquet", `${right} union all ${asked("null")} union all ${asked("[1.0, 'nan'::double]")}`);
    expect(await training("left.parquet")).toBe(3);
  });
});

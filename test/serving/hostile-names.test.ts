import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Script } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine, sqlText } from "../../src/featurestore/duckdb/index.ts";
import { open, type Tondo } from "../../src/open.ts";
import { linearTrainer } from "../../src/training/index.ts";
import { jsonOf, tondo as command } from "../cli/run-tondo.ts";

/** What names of definitions may be, and mean elsewhere. */
const names: readonly string[] = [
  ...["a'b", "*/", "/*", "//", "--", "${x}", "a;b", "a.b", "a=b", "</script>", "ü", "a\u00a0b"],
  ...["constructor", "prototype", "hasOwnProperty", "toString", "then", "select", "null", "from", "at time"],
];
/** What names of columns may be beside these. */
const columnsOnly = ["__proto__", "__defineGetter__", 'a"b', "a\\b", "a:b", "a@b", "a__b", "a\u2028b"];
const columns = [...names, ...columnsOnly];
const kinds = ["role", "input", "slot", "label"] as const;
type Kind = (typeof kinds)[number];

const entity = "e'*/";
const [states, sums] = [`${entity}:g\${x}`, `${entity}:w//`];
const at = "2024-03-02T00:00:00Z";
const ids = ["'", "--"];
const rows = 60;

const quoted = (name: string): string => `\`${name}\``;
const group = (name: string): string => name.split(":").map(quoted).join(":");
const vectorName = (bare: Kind): string => `v ${bare} '*/--`;
/** The name of a thing in the vector whose things of one kind have the bare names: no two of a vector are called alike. */
const called = (bare: Kind, kind: Kind, name: string): string => (bare === kind ? name : `${kind} ${name}`);
/** Some number for each row and column, as irregular as a model needs. */
const number = (row: number, column: number): number => ((row * 37 + column * column * 11 + row * column * 7) % 97) / 4;
/** Only one vector has a role for each name: each is another join. */
const roleOf = (bare: Kind, i: number): number => (bare === "role" ? i : 0);
const idOf = (bare: Kind, row: number, i: number): string => ids[(row + roleOf(bare, i)) % 2] ?? "";
const stateOf = (id: string, i: number): number => (id === "'" ? 1 : 2) * (i + 1);

function rolesOf(bare: Kind): readonly string[] {
  return (bare === "role" ? names : names.slice(0, 1)).map((name) => called(bare, "role", name));
}

function vector(bare: Kind): string {
  const slots = names.map((name, i) => {
    const key = quoted(called(bare, "role", names[roleOf(bare, i)] ?? ""));
    const read = [states, sums].map((one) => `@${group(one)}:${quoted(name)}[${key}]`).join(" + ");
    return `  ${quoted(called(bare, "slot", name))} = ${read} + ${quoted(called(bare, "input", name))}`;
  });
  const known = quoted(`known '*/ ${bare}`);
  return `vector ${quoted(vectorName(bare))} {
${rolesOf(bare)
  .map((role) => `  key ${quoted(role)}: ${quoted(entity)}`)
  .join("\n")}
${names.map((name) => `  input ${quoted(called(bare, "input", name))}: float`).join("\n")}
${slots.join("\n")}
${names.map((name) => `  label ${quoted(called(bare, "label", name))}: float known ${known}`).join("\n")}
}
`;
}

const declared = `columns (id: string, t: timestamp, ${columns.map((name) => `${quoted(name)}: float`).join(", ")})\n  at t`;
const odd = columnsOnly.map(quoted).join(" + ");
const definitions = `entity ${quoted(entity)} (id: string)
snapshot \`s'--\` {
  parquet "states.parquet"
  ${declared}
}
/// Ends here: */ or -- here, or // here, or \${here}, or \`here\`.
events \`h//\` {
  csv "events.csv"
  ${declared}
}
/// Ends here: */ or -- here, or // here, or \${here}, or \`here\`.
group ${group(states)} from \`s'--\` by id {
${names.map((name) => `  ${quoted(name)}`).join("\n")}
  odd = ${odd}
  upper = ${quoted("a'b")} + len(geohash(${quoted("//")}, ${quoted("--")}, 3))
}
group ${group(sums)} from \`h//\` by id {
${names.map((name) => `  ${quoted(name)} = sum(${quoted(name)}) over 1d where ${quoted("__proto__")} > 0`).join("\n")}
  odd = max(${odd}) over 1d
}
${kinds.map(vector).join("")}`;

/** What each slot of a row is. */
function slotsOf(bare: Kind, row: number): Readonly<Record<string, number>> {
  return Object.fromEntries(
    names.map((name, i) => {
      const state = stateOf(idOf(bare, row, i), i);
      return [called(bare, "slot", name), state + 10 * state + number(row, i)];
    }),
  );
}

function keysOf(bare: Kind, row: number): Readonly<Record<string, string>> {
  return Object.fromEntries(rolesOf(bare).map((role, i) => [role, idOf(bare, row, i)]));
}

function inputsOf(bare: Kind, row: number): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name, i) => [called(bare, "input", name), number(row, i)]));
}

const csvText = (cell: string | number): string =>
  typeof cell === "number" ? String(cell) : `"${cell.replaceAll('"', '""')}"`;
const csv = (head: readonly string[], lines: readonly (readonly (string | number)[])[]): string =>
  [head, ...lines].map((line) => line.map(csvText).join(",")).join("\n");

describe("names that mean something elsewhere, from rows to predictions", () => {
  let folder: string;
  let tondo: Tondo;
  let engine: Engine;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-hostile-"));
    engine = await Engine.open({ threads: 1 });
    const copy = async (from: string, to: string): Promise<void> => {
      await engine.run(
        `copy (select * from read_csv(${sqlText(join(folder, from))}, header = true)) to ${sqlText(join(folder, to))} (format parquet)`,
        "test",
      );
    };
    const world = (factor: number): string =>
      csv(
        ["id", "t", ...columns],
        ids.map((id) => [id, "2024-03-01T12:00:00Z", ...columns.map((_, i) => factor * stateOf(id, i))]),
      );
    await writeFile(join(folder, "states.csv"), world(1));
    await copy("states.csv", "states.parquet");
    await writeFile(join(folder, "events.csv"), world(10));
    for (const bare of kinds) {
      const lines = Array.from({ length: rows }, (_, row) => [
        at,
        ...Object.values(keysOf(bare, row)),
        ...Object.values(inputsOf(bare, row)),
        ...names.map((_name, i) => number(i, row)),
        "2024-03-03T00:00:00Z",
      ]);
      const of = (kind: Kind): readonly string[] => names.map((name) => called(bare, kind, name));
      const head = ["at", ...rolesOf(bare), ...of("input"), ...of("label"), `known '*/ ${bare}`];
      await writeFile(join(folder, `${bare}.csv`), csv(head, lines));
      await copy(`${bare}.csv`, `${bare}.parquet`);
    }
    await writeFile(join(folder, "a.tondo"), definitions);
    tondo = await open({ folder, actor: "tester" });
    await tondo.apply();
    await tondo.materialize({ asOf: at });
  });
  afterAll(async () => {
    engine.close();
    await tondo.close();
    await rm(folder, { recursive: true });
  });

  it.each(kinds)("are taken by training sets, of Parquet and of CSV, as names of %ss", async (bare) => {
    const parquet = await tondo.trainingSet({
      vector: vectorName(bare),
      rows: `${bare}.parquet`,
      output: `set ${bare}`,
    });
    const text = await tondo.trainingSet({
      vector: vectorName(bare),
      rows: `${bare}.csv`,
      output: `csv ${bare}`,
      raw: true,
    });
    for (const set of [parquet, text]) {
      expect(set.manifest.counts.train).toBe(rows);
      const path = sqlText(join(set.folder, "train.parquet"));
      const found = await engine.rows(`select * from ${path}`, "test");
      expect(found).toHaveLength(rows);
      const all = Array.from({ length: rows }, (_, row) => slotsOf(bare, row));
      const slots = names.map((name) => called(bare, "slot", name));
      const key = (row: Readonly<Record<string, unknown>>): string => slots.map((slot) => String(row[slot])).join();
      expect(found.map(key).toSorted()).toEqual(all.map(key).toSorted());
    }
  });

  it.each(kinds)("are served as they were trained, as names of %ss", async (bare) => {
    const set = await tondo.trainingSet({ vector: vectorName(bare), rows: `${bare}.parquet`, output: `set ${bare}` });
    const model = `m-${bare}`;
    for (const name of names.slice(0, bare === "label" ? undefined : 1)) {
      const label = called(bare, "label", name);
      await tondo.train({
        set,
        model: `${model}-${String(names.indexOf(name))}`,
        label,
        trainer: linearTrainer,
        tag: "best",
      });
    }
    for (const row of [0, 1]) {
      const asked = { keys: keysOf(bare, row), inputs: inputsOf(bare, row), at };
      const answer = await tondo.predict(`${model}-0@best`, asked);
      expect(answer.vector).toEqual(slotsOf(bare, row));
      expect(answer.prediction).toBeTypeOf("number");
      const given = [
        ...Object.entries(asked.keys).flatMap(([name, value]) => [`--key=${name}=${value}`]),
        ...Object.entries(asked.inputs).flatMap(([name, value]) => [`--input=${name}=${String(value)}`]),
      ];
      const ran = await command(folder, "predict", `${model}-0@best`, ...given, "--at", at, "--json");
      expect(jsonOf(ran)).toMatchObject({ prediction: answer.prediction, vector: answer.vector });
    }
  });

  it("are read as features, by the library and by the command", async () => {
    const features = [states, sums].flatMap((one) => names.map((name) => `${one}:${name}`));
    const [id = ""] = ids;
    const { values } = await (await tondo.features()).get(features, { [entity]: id }, { at });
    const factors = [1, 10];
    const expected = factors.flatMap((factor) => names.map((_, i) => factor * stateOf(id, i)));
    expect(Object.keys(values)).toEqual(features);
    expect(Object.values(values).map(({ value }) => value)).toEqual(expected);
    const ran = await command(folder, "get", ...features, "--key", `${entity}=${id}`, "--at", at, "--json");
    expect(jsonOf(ran)["features"]).toEqual(values);
    const odd = [`${states}:odd`, `${sums}:odd`];
    const sum = columnsOnly.reduce((total, _, i) => total + stateOf(id, names.length + i), 0);
    const read = await (await tondo.features()).get(odd, { [entity]: id }, { at });
    expect(Object.values(read.values).map(({ value }) => value)).toEqual([sum, 10 * sum]);
  });

  it("end no comment of what explain prints", async () => {
    let scripts = 0;
    for (const name of [...kinds.map(vectorName), states, sums, `${states}:upper`, `${sums}:${names[1] ?? ""}`]) {
      const ran = await command(folder, "explain", name, "--javascript");
      expect([ran.code, ran.err]).toEqual([0, ""]);
      const programs = ran.out.replace(/^JavaScript\n/, "");
      if (!programs.startsWith("  None")) scripts++;
      if (!programs.startsWith("  None"))
        expect(() => new Script(`(function () {${programs}\n})`), programs).not.toThrow();
      const sql = await command(folder, "explain", name, "--sql");
      const statements = sql.out
        .replace(/^SQL \(DuckDB\)\n/, "")
        .replaceAll(/^--.*$/gm, "")
        .split(/;\n+/)
        .map((statement) => statement.trim().replace(/^create (?:or replace )?temp table \S+ as\s/, ""))
        .filter((statement) => statement !== "");
      for (const statement of statements) {
        expect(statement).toMatch(/^(select|with)\b/);
        const [row] = await engine.rows(`select json_serialize_sql(${sqlText(statement)}) as parsed`, "test");
        expect(JSON.parse(String(row?.["parsed"])), statement).toMatchObject({ error: false });
      }
    }
    expect(scripts).toBeGreaterThanOrEqual(kinds.length);
  });
});

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aggregates, compile, defineFunction, parseProject } from "../../../src/dsl/index.ts";
import { LmdbStore } from "../../../src/lmdb.ts";
import { randomNumbers } from "../../training/fixtures/flights-like.ts";
import { failuresOf, runTestsOf } from "./run-tests-of.ts";

const world = `
entity shop (shop: string)
entity cell (cell: string)
entity visit (shop: string, day: date, who: int)

events sales {
  parquet "nowhere/*.parquet" known loaded_at
  kafka "sales" lag 5s
  columns (shop: string, sale: int, who: int, sold_at: timestamp, loaded_at: timestamp, price: float, paid: bool, day: date,
    gone: bool, tags: list<string>, lat: float, lon: float)
  at sold_at
  id sale
  deleted gone
}

snapshot shops {
  parquet "shops.parquet"
  columns (shop: string, updated_at: timestamp, kind: string, tags: list<int>, taste: embedding(3), open: bool)
  at updated_at
}

table holidays {
  csv "holidays.csv"
  columns (shop: string, day: date, name: string)
}

group shop:till from sales by shop {
  sales_1h = count() over 1h
  paid_1h = count() over 1h where paid
  late = count() over 1d where hour(sold_at) >= 18
  sum_1d = sum(price) over 1d
  mean_1d = mean(price) over 1d
  logs_1d = sum(log(price)) over 1d
  last_1d = last(price) over 1d
  busy = sales_1h > 1
  next_1h = count() over next 1h
}
group cell:sales from sales by geohash(lat, lon, 5) as cell { n_1d = count() over 1d }
group visit:sales from sales by shop, day, who { n_1d = count() over 1d }
group shop:profile from shops by shop {
  ttl 30d
  kind, tags, taste, open
  kind@2 = upper(kind)
}
group shop:days from holidays by shop { day, name }
`;

describe("test blocks", () => {
  it("hold on every path: events with corrections, deletions, a topic's lag and keys that are computed", async () => {
    const text = `${world}
test "an order counts once, in its last version" {
  given sales { shop: "s1", sale: 1, who: 9007199254740993, sold_at: "12:00", loaded_at: "12:10", price: 1, paid: false,
    day: "2024-02-29", tags: ["a", "b"], lat: 37.6, lon: -122.4 }
  given sales { shop: "s1", sale: 1, sold_at: "12:00", loaded_at: "12:20", price: 0.1, paid: true }
  given sales { shop: "s1", sale: 1, sold_at: "12:00", loaded_at: "12:40", gone: true }
  given sales by kafka { shop: "s1", sale: 2, sold_at: "12:01", price: 0.2 }
  expect @shop:till:sales_1h["s1"] at "12:01:04.999999" == 0
  expect @shop:till:sales_1h["s1"] at "12:01:05" == 1
  expect @shop:till:busy["s1"] at "12:10"
  expect @shop:till:paid_1h["s1"] at "12:10" == 0
  expect @shop:till:paid_1h["s1"] at "12:20" == 1
  expect @shop:till:sum_1d["s1"] at "12:10" == 1.2
  expect @shop:till:sum_1d["s1"] at "12:20" == 0.30000000000000004
  expect between(@shop:till:mean_1d["s1"], 0.149, 0.151) at "12:20"
  expect @shop:till:last_1d["s1"] at "12:20" == 0.2
  expect @shop:till:logs_1d["s1"] at "12:10" == log(0.2)
  expect @shop:till:sales_1h["s1"] at "12:40" == 1
  expect @shop:till:late["s1"] at "12:40" == 0
  expect @cell:sales:n_1d["9q8vy"] == 1 at "12:10"
  expect @visit:sales:n_1d["s1", "2024-02-29", 9007199254740993] at "12:10" == 1
  expect @visit:sales:n_1d["s1", "2024-02-29", 9007199254740992] at "12:10" == 0
  expect @visit:sales:n_1d["s1", "2024-02-29", missing] at "12:10" is missing
  expect @shop:till:next_1h["s1"] at "12:00" == 1
  expect @shop:till:next_1h["s1"] at "11:30" == 2
  expect @shop:till:sales_1h["s1"] + @shop:till:next_1h["s1"] at "12:00" == 1
  expect hour(now, tz: "Asia/Kolkata") == 18 and @shop:till:sales_1h["none"] == 0 at "12:40"
}`;
    expect(await failuresOf(text)).toEqual([]);
  });

  it("hold on every path: states with a ttl, lists and embeddings, tables", async () => {
    const text = `${world}
test "a state holds from when it happened until it is too old" {
  given shops { shop: "s1", updated_at: "2024-03-01 00:00", kind: "deli", tags: [1, 2], taste: [0.5, -1, 2], open: true }
  given shops { shop: "s1", updated_at: "2024-03-02T00:00:00Z", kind: missing }
  given holidays { shop: "s1", day: "2024-03-01", name: "x" }
  expect @shop:profile:kind["s1"] at "2024-02-29 23:59:59.999999" is missing
  expect @shop:profile:kind["s1"] at "2024-03-01 00:00" in ["deli", "bar"]
  expect @shop:profile:kind@2["s1"] at "2024-03-01 00:00" == "DELI"
  expect len(@shop:profile:tags["s1"]) at "2024-03-01 00:00" == 2
  expect contains(@shop:profile:tags["s1"], 2) and @shop:profile:open["s1"] at "2024-03-01 00:00"
  expect dot(@shop:profile:taste["s1"], @shop:profile:taste["s1"]) at "2024-03-01 00:00" == 5.25
  expect @shop:profile:open["s1"] at "2024-03-02 00:00" is missing
  expect @shop:profile:kind["s1"] ?? "none" at "2024-03-02 00:00" == "none"
  expect @shop:days:name["s1"] at "1990-01-01 00:00" == "x"
  expect month(@shop:days:day["s1"]) at "1990-01-01 00:00" == 3
}
test "nothing is given" {
  expect @shop:profile:kind["s1"] at "12:00" is missing
  expect @shop:days:name["s1"] at "12:00" is missing
  expect @shop:till:sales_1h["s1"] at "12:00" == 0
}`;
    expect(await failuresOf(text)).toEqual([]);
  });

  it("fail where they do not hold, with what was expected and what came", async () => {
    const text = `${world}
test "wrong" {
  given sales { shop: "s1", sale: 1, sold_at: "12:00", loaded_at: "12:10", price: 1 }
  expect @shop:till:sales_1h["s1"] at "12:10" == 2
  expect @shop:till:sales_1h["s1"] at "12:10" == 1
  expect @shop:till:sales_1h["s1"] at "12:10" > 1
  expect @shop:till:sum_1d["s1"] at "12:05" == 1
  expect @shop:till:sum_1d["s1"] at "12:10" is missing
  expect @shop:till:busy["s1"] or false at "12:10"
  expect @shop:till:next_1h["s1"] at "11:30" in [2, 3]
}`;
    const [result] = await runTestsOf(text);
    expect(result).toMatchObject({ name: "wrong", file: "p.tondo", passed: false, expectations: 7 });
    expect(result?.diagnostics.map(({ code }) => code)).toEqual(Array(6).fill("expectation-failed"));
    expect(result?.diagnostics.map(({ message }) => message)).toEqual([
      "expected 2, got 1",
      "expected > 1, got 1",
      "expected 1, got missing",
      "this is false: got 1",
      "this is false",
      "this is false: got 1",
    ]);
    expect(result?.diagnostics.map(({ hint }) => hint)).toContain(
      "by the contract 1, in training 1, in training by range 1, online 1",
    );
    // No store has what looks forward.
    expect(result?.diagnostics.at(-1)?.hint).toBe("by the contract 1, in training 1, in training by range 1");
    expect(text.slice(result?.diagnostics[0]?.span.start, result?.diagnostics[0]?.span.end)).toBe(
      '@shop:till:sales_1h["s1"] at "12:10" == 2',
    );
  });

  it("have every aggregate on every path, with the same answers to random rows", async () => {
    const random = randomNumbers(20240101);
    const pick = <T>(...of: readonly [T, ...T[]]): T => of[Math.floor(random() * of.length)] ?? of[0];
    const written: Readonly<Record<string, string>> = {
      count: "count(x)",
      last_k: "last_k(x, 2)",
      quantile: "quantile(x, 0.9)",
      topk: "topk(who, 2)",
      first: "first(x, skip_missing: false)",
      approx_distinct: "approx_distinct(who)",
    };
    const features = [...aggregates.keys()].map((name) => `${name}_1h = ${written[name] ?? `${name}(x)`} over 1h`);
    const reads = [...aggregates.keys()].map(
      (name) =>
        `expect @shop:all:${name}_1h["s1"] is missing or true at "${pick("12:00", "12:00:01", "12:40", "13:05:00.000001")}"`,
    );
    const rows = Array.from({ length: 40 }, () => {
      const moment = `${pick("11", "12", "13")}:${pick("00", "05", "59")}:${pick("00", "01", "59.999999")}`;
      const x = pick("0.1", "-2.5", "1e300", "missing", "0.30000000000000004", "7");
      return `given sales by ${pick("parquet", "kafka")} { shop: "s1", sold_at: "${moment}", loaded_at: "${pick("12:00", "12:40", "13:05")}",
        x: ${x}, who: ${pick("1", "2", "-3", "9007199254740993", "missing")}, sale: ${pick("1", "2", "3", "missing")} }`;
    });
    const text = `entity shop (shop: string)
events sales {
  parquet "nowhere/*.parquet" known loaded_at
  kafka "sales" lag 5s
  columns (shop: string, sold_at: timestamp, loaded_at: timestamp, x: float, who: int, sale: int)
  at sold_at
  id sale
}
group shop:all from sales by shop {
${features.join("\n")}
}
test "random" {
${[...rows, ...reads].join("\n")}
}`;
    expect(await failuresOf(text)).toEqual([]);
  });

  it("take names that would be others' elsewhere", async () => {
    const text = `entity \`a' b\` (\`it's\`: string)
events \`constructor\` {
  parquet "x.parquet"
  columns (\`it's\`: string, \`__proto__\`: timestamp, \`select "a" -- */\`: int, \`Ünï\`: float)
  at \`__proto__\`
}
group \`a' b\`:toString from \`constructor\` by \`it's\` {
  valueOf = sum(\`select "a" -- */\`) over 1h where \`Ünï\` > 0
}
test "\\u0000 */ \\" \u2028" {
  given \`constructor\` { \`it's\`: "'; drop table x --", \`__proto__\`: "12:00", \`select "a" -- */\`: 3, \`Ünï\`: 1 }
  expect @\`a' b\`:toString:valueOf["'; drop table x --"] at "12:01" == 3
  expect @\`a' b\`:toString:valueOf["\\\\"] at "12:01" is missing
}`;
    expect(await failuresOf(text)).toEqual([]);
  });

  it("have bounds", () => {
    const given = 'given sales { shop: "s1" }\n';
    const expected = 'expect @shop:till:sales_1h["s1"] at "12:00" == 0\n';
    const codes = (tests: string): readonly string[] =>
      compile(parseProject([{ path: "p.tondo", text: world + tests }]), new Map()).diagnostics.map(({ code }) => code);
    expect(codes(`test "t" {\n${given.repeat(1000)}${expected.repeat(200)}}`)).toEqual([]);
    expect(codes(`test "t" {\n${given.repeat(1001)}${expected}}`)).toEqual(["too-large"]);
    expect(codes(`test "t" {\n${expected.repeat(201)}}`)).toEqual(["too-large"]);
    const many = Array.from({ length: 1001 }, (_, i) => `test "${String(i)}" {\n${expected}}\n`);
    expect(codes(many.join(""))).toEqual(["too-large"]);
  });

  it("are no part of what a project is: neither of its plan nor of what is written about it", () => {
    const test = `/// Why.
test "t" {
  expect @shop:till:sales_1h["s1"] at "12:00" == 0
}`;
    const of = (text: string): ReturnType<typeof compile> =>
      compile(parseProject([{ path: "p.tondo", text }]), new Map());
    expect(of(`${world}${test}`).tests).toHaveLength(1);
    expect(of(`${world}${test}`).plan).toEqual(of(world).plan);
    expect(of(`${world}${test}`).about).toEqual(of(world).about);
  });

  it("that cannot be computed fail alone, and say why", async () => {
    const fussy = defineFunction({
      name: "fussy",
      version: 1,
      takes: { n: "int" },
      returns: "int",
      compute: ({ n }) => {
        if (Number(n) === 1) throw new Error("not one");
        return n;
      },
    });
    const text = `entity shop (shop: string)
events sales { parquet "s.parquet" columns (shop: string, at: timestamp) at at }
group shop:till from sales by shop {
  n_1h = count() over 1h
  odd = fussy(n_1h)
}
test "throws" {
  given sales { shop: "s1", at: "12:00" }
  expect @shop:till:odd["s1"] at "12:10" == 1
}
test "fine" {
  expect @shop:till:odd["s1"] at "12:10" == 0
}
`;
    const results = await runTestsOf(text, { engine: { functions: [fussy] } });
    expect(results.map(({ name, passed }) => [name, passed])).toEqual([
      ["throws", false],
      ["fine", true],
    ]);
    expect(results[0]?.diagnostics).toMatchObject([
      { code: "test-cannot-run", severity: "error", message: expect.stringContaining("not one") as string },
    ]);
    expect(results[0]?.diagnostics[0]?.span.line).toBe(7);
    expect(results[0]?.diagnostics[0]?.hint).toBeDefined();
  });

  it("may be more than one engine serves", { timeout: 120_000 }, async () => {
    const many = Array.from(
      { length: 101 },
      (_, i) => `test "${String(i)}" {
  given holidays { shop: "s1", day: "2024-03-01", name: "${String(i)}" }
  expect @shop:days:name["s1"] at "12:00" == "${String(i)}"
}`,
    );
    const told: string[] = [];
    const results = await runTestsOf([world, ...many].join("\n"), { done: ({ name }) => told.push(name) });
    expect(results.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
    expect(told).toEqual(many.map((_, i) => String(i)));
  });

  it("hold in the language reference", async () => {
    const page = await readFile(join(import.meta.dirname, "../../../docs/language.md"), "utf8");
    const examples = [...page.matchAll(/^```tondo\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
    const withTests = examples.filter((text) => /^test "/m.test(text));
    expect(withTests.length).toBeGreaterThanOrEqual(2);
    for (const text of withTests) expect(await failuresOf(text)).toEqual([]);
  });
});

describe("the folder of the tests", () => {
  const before = process.env["TMPDIR"];
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-tests-of-tests-"));
    process.env["TMPDIR"] = folder;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    await rm(folder, { recursive: true, force: true });
  });
  const test = 'test "t" {\n  expect @shop:till:sales_1h["s1"] at "12:00" == 0\n}\n';

  it("goes when they are done, when they fail and when they are cancelled", async () => {
    expect(await failuresOf(`${world}${test}`)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    const broken = runTestsOf(`${world}${test}`, {
      openStore: () => {
        throw new Error("no store");
      },
    });
    await expect(broken).rejects.toThrow("no store");
    expect(await readdir(folder)).toEqual([]);
    const unclosed = runTestsOf(`${world}${test}`, {
      openStore: (of) => {
        const store = LmdbStore.open({ folder: of });
        const close = store.close.bind(store);
        return Object.assign(store, {
          close: async () => {
            await close();
            throw new Error("not closed");
          },
        });
      },
    });
    await expect(unclosed).rejects.toThrow("not closed");
    expect(await readdir(folder)).toEqual([]);
    const cancelled = runTestsOf(`${world}${test}`, { signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: "ABORTED" });
    expect(await readdir(folder)).toEqual([]);
  });
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inputArguments, keyArguments } from "../../src/cli/arguments/index.ts";
import { piiOf, piiOutputs } from "../../src/dsl/index.ts";
import { requestReader } from "../../src/featurestore/index.ts";
import { open } from "../../src/open.ts";
import { compileText } from "../dsl/check-one.ts";
import { step } from "./orders-project.ts";
import { type Ran, tondo } from "./run-tondo.ts";

/** What must be seen nowhere: a text of each kind of place, and numbers that no other number holds. */
const secrets = ["mark3r", "98765", "55512"];

const definitions = (pii: (names: string) => string): string => `entity customer (customer_id: string) {
  ${pii("customer_id")}
}
snapshot customers {
  csv "customers.csv"
  columns (customer_id: string, email: string, income: int, age: int, at: timestamp)
  at at
  ${pii("email, income")}
}
group customer:profile from customers by customer_id {
  email, income, age
  length = len(email)
  rich = income > 10
}
vector offer {
  key who: customer
  input phone: int, basket: float
  ${pii("phone")}
  spent = basket
  phone_slot = phone
  income = @customer:profile:income[who] ?? 0
  code = @customer:profile:email[who] | hash(1000, seed: 1)
  age = @customer:profile:age[who] ?? 0
  label bought: float
}
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-pii-"));
  await writeFile(
    join(folder, "shop.tondo"),
    definitions(() => ""),
  );
  const customers = Array.from({ length: 20 }, (_, i) => {
    const n = String(i % 7);
    return `mark3r-${String(i)},mark3r${n}@x.org,98765${n},4${n},2024-01-01T00:00:00Z`;
  });
  await writeFile(join(folder, "customers.csv"), ["customer_id,email,income,age,at", ...customers, ""].join("\n"));
  const rows = Array.from(
    { length: 40 },
    (_, i) =>
      `mark3r-${String(i % 20)},55512${String(i % 5)},${String(i)}.5,${String(i % 3)},2024-02-0${String((i % 9) + 1)}T00:00:00Z`,
  );
  await writeFile(join(folder, "rows.csv"), ["who,phone,basket,bought,at", ...rows, ""].join("\n"));
  await step(folder, "apply");
});
afterAll(() => rm(folder, { recursive: true }));

/** What a run has said. */
const said = ({ out, err }: Ran): string => out + err;

const shows = (text: string): readonly string[] => secrets.filter((secret) => text.includes(secret));

describe("what is marked as personal", () => {
  it("is described and no more by tondo plan", async () => {
    await writeFile(
      join(folder, "shop.tondo"),
      definitions((names) => `pii ${names}`),
    );
    const { out } = await tondo(folder, "plan", "--json");
    const changes = (JSON.parse(out) as { changes: { kind: string; name: string; change: string }[] }).changes;
    expect(changes.filter(({ change }) => change !== "unchanged")).toEqual([
      { kind: "entity", name: "customer", change: "described" },
      { kind: "source", name: "customers", change: "described" },
      { kind: "vector", name: "offer", change: "described" },
    ]);
    await step(folder, "apply");
  });

  it("is in nothing that commands say, their pages and errors among it", { timeout: 60_000 }, async () => {
    const set = ["training-set", "offer", "--rows", "rows.csv", "--output", "training/offer", "--raw"];
    const runs: readonly (readonly string[])[] = [
      ["check"],
      ["explain", "customer:profile:email"],
      ["explain", "offer"],
      ["materialize", "--as-of", "2024-02-01T00:00:00Z"],
      ["freshness"],
      ["generations"],
      [...set, "--knowledge", "declared"],
      ["features", "stats", "training/offer", "--part", "all", "--no-drift"],
      [
        "features",
        "stats",
        "training/offer",
        "--part",
        "all",
        "--html",
        "page.html",
        "--columns",
        "who,phone_slot,income,age",
        "--to",
        "2024-02-05T00:00:00Z",
        "--against-from",
        "2024-02-05T00:00:00Z",
      ],
      ["erase", "customer", "mark3r-3"],
      ["erase", "customer", "mark3r-3", "--yes"],
      ["erase", "--list"],
    ];
    for (const run of runs) {
      const ran = await tondo(folder, ...run);
      expect([run[0], run[1], ran.code === 1, shows(said(ran))]).toEqual([run[0], run[1], false, []]);
    }
    const page = await readFile(join(folder, "page.html"), "utf8");
    expect(shows(page)).toEqual([]);
    expect(page).toContain("personal data");
    // What is not marked is shown as ever.
    const { out } = await tondo(
      folder,
      "features",
      "stats",
      "training/offer",
      "--part",
      "all",
      "--no-drift",
      "--json",
      "--columns",
      "who,phone_slot,income,code,age,spent",
    );
    expect(shows(out)).toEqual([]);
    const { columns } = JSON.parse(out) as {
      columns: { name: string; numbers: { max: number } | null; present: number }[];
    };
    const numbers = (name: string): unknown => columns.find((column) => column.name === name)?.numbers?.max;
    expect([numbers("age"), numbers("spent"), numbers("phone_slot"), numbers("income"), numbers("code")]).toEqual([
      46,
      39.5,
      undefined,
      undefined,
      undefined,
    ]);
    expect(columns.find(({ name }) => name === "income")?.present).toBe(40);
  });

  it("is <pii> in errors about files, rows and requests", async () => {
    const customers = await readFile(join(folder, "customers.csv"), "utf8");
    const rows = await readFile(join(folder, "rows.csv"), "utf8");
    await writeFile(join(folder, "customers.csv"), `${customers}mark3r-x,a@b.c,mark3r98765,1,2024-01-01T00:00:00Z\n`);
    const loaded = await tondo(folder, "materialize");
    expect([loaded.code, shows(said(loaded))]).toEqual([1, []]);
    expect(said(loaded)).toContain('has <pii> in the column "income"');
    await writeFile(join(folder, "customers.csv"), `${customers}x,a@b.c,1,old,2024-01-01T00:00:00Z\n`);
    expect(said(await tondo(folder, "materialize"))).toContain('has "old" in the column "age"');
    await writeFile(join(folder, "customers.csv"), customers);
    await writeFile(join(folder, "rows.csv"), `${rows}mark3r-1,mark3r55512,1,1,2024-02-01T00:00:00Z\n`);
    const made = await tondo(folder, "training-set", "offer", "--rows", "rows.csv", "--output", "training/other");
    expect([made.code, shows(said(made))]).toEqual([1, []]);
    expect(said(made)).toContain('has <pii> in the column "phone"');
  });

  it("is <pii> where the command line has it wrong, also what is marked as a group's source has it alone", async () => {
    const ran = await tondo(folder, "get", "customer:profile:age", "--key", "mark3r-3");
    expect([ran.code, shows(said(ran))]).toEqual([1, []]);
    expect(said(ran)).toContain("--key: <pii> is not of the form NAME=VALUE");
    const plan = compileText(`entity person (person_id: int)
entity trip (day: date, seat: int)
snapshot people { csv "p.csv" columns (number: int, day: date, seat: int, born: int, at: timestamp) at at
  pii number, day }
group person:profile from people by number as person_id { born }
group trip:of from people by day, seat { born }
vector v {
  key who: person, trip
  input n: int, hour: timestamp, other: int
  pii hour
  born = @person:profile:born[who] ?? 0
  more = @person:profile:born[n] ?? 0
  third = @trip:of:born[trip] ?? 0
  rest = other
}`).plan;
    const [vector] = plan?.vectors ?? [];
    if (plan === undefined || vector === undefined) throw new Error("no plan");
    const hidden = piiOutputs(vector);
    const ofRole = (role: string, column: string): boolean => hidden.has(role) || hidden.has(`${role}_${column}`);
    const personal = piiOf(plan).keys;
    const ofEntity = (entity: string, column: string): boolean => personal.has(`${entity}.${column}`);
    const asked = [{ role: "person", entity: "person" }];
    const wrong: readonly (readonly [() => unknown, string])[] = [
      [() => keyArguments(["who=mark3r"], vector.roles, plan.entities, ofRole), "--key who: <pii> is no int"],
      [
        () => keyArguments(["trip.day=mark3r"], vector.roles, plan.entities, ofRole),
        "--key trip.day: <pii> is no date",
      ],
      [
        () => keyArguments(["trip.day=2024-02-31"], vector.roles, plan.entities, ofRole),
        "--key trip.day: <pii> is no date",
      ],
      [() => keyArguments(["trip.seat=x"], vector.roles, plan.entities, ofRole), '--key trip.seat: "x" is no int'],
      [
        () => keyArguments(["mark3r"], vector.roles, plan.entities, ofRole),
        "--key: <pii> is not of the form NAME=VALUE",
      ],
      [() => keyArguments(["person=mark3r"], asked, plan.entities, ofEntity), "--key person: <pii> is no int"],
      [() => keyArguments(["mark3r"], asked, plan.entities, ofEntity), "--key: <pii> is not of the form NAME=VALUE"],
      [() => inputArguments(["n=mark3r"], vector.inputs, hidden), "--input n: <pii> is no int"],
      [() => inputArguments(["hour=mark3r"], vector.inputs, hidden), "--input hour: <pii> is no timestamp"],
      [() => inputArguments(["other=x"], vector.inputs, hidden), '--input other: "x" is no int'],
      [() => inputArguments(["mark3r"], vector.inputs, hidden), "--input: <pii> is not of the form NAME=VALUE"],
    ];
    for (const [given, message] of wrong) expect(given).toThrow(new RegExp(`^${message}$`));
  });

  it("is <pii> where a request has it wrong", async () => {
    await using opened = await open({ folder });
    const [vector] = (await opened.project()).vectors;
    if (vector === undefined) throw new Error("no vector");
    const read = requestReader(vector);
    expect(() => read({ who: "a" }, { phone: "mark3r", basket: 1 })).toThrow(
      '"phone" is of type int, and <pii> is not',
    );
    expect(() => read({ who: 77 }, { phone: 1, basket: 1 })).toThrow('"who" is of type string, and <pii> is not');
    expect(() => read({ who: "a" }, { phone: 1, basket: "much" })).toThrow('and the text "much" is not');
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tondoWith } from "./run-tondo.ts";

/** A sign that turns the direction of writing: names of columns, texts, paths and arguments may hold it. */
const turn = "\u202e";
const n = "n";
const x = `\`x${turn}\``;

const definitions = `entity ${n} (id: string)
/// About ${turn} the source, and \u001b[2J.
events ${n} {
  csv "rows.csv"
  columns (id: string, t: timestamp, ${x}: float)
  at t
  owner "a${turn}b"
}
/// About ${turn} the group, and \u001b[2J.
group ${n}:${n} from ${n} by id { ${n} = sum(${x}) over 1d }
vector ${n} {
  key ${n}
  description "${turn} of the vector"
  input more: float
  slot = (@${n}:${n}:${n}[${n}] | fill(0)) + more
  label late: float known known_at
}
test "a\\u001b[2J${turn}b" {
  given ${n} { id: "s", t: "12:00", ${x}: 1 }
  expect @${n}:${n}:${n}["s"] at "12:30" == 1
  expect @${n}:${n}:${n}["s"] at "12:30" == 2
}
`;
const feature = `${n}:${n}:${n}`;
const rows = Array.from({ length: 20 }, (_, i) => {
  const at = `2024-01-0${String((i % 9) + 1)}T0${String(i % 7)}:00:00Z`;
  return { at, line: `s,${at},${String(i)}` };
});

describe("what commands say of names with signs that a terminal obeys", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-signs-"));
    await writeFile(join(folder, `a\u001b[2J${turn}.tondo`), definitions);
    await writeFile(join(folder, "rows.csv"), [`id,t,x${turn}`, ...rows.map(({ line }) => line)].join("\n"));
    const asked = rows.map(({ at }, i) => `s,${at},${String(i)},${String(2 * i)},2024-02-01T00:00:00Z`);
    const head = "n,at,more,late,known_at";
    await writeFile(join(folder, "asked.csv"), [head, ...asked].join("\n"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("shows them, and obeys none", async () => {
    const runs: readonly (readonly [code: number, ...argv: readonly string[]])[] = [
      [0, "check"],
      [0, "plan"],
      [0, "apply"],
      [1, "test"],
      [0, "types", "--stdout"],
      [0, "explain", feature],
      [0, "explain", n],
      [1, "explain", `${turn}\u001b[2J`],
      [1, "fmt", "--check"],
      [0, "materialize", "--as-of", "2024-01-20T00:00:00Z"],
      [0, "get", feature, "--key", `${n}=s`, "--at", "loaded"],
      [0, "training-set", n, "--rows", "asked.csv", "--output", `set${turn}`],
      [0, "train", `set${turn}`, "--model", "m", "--label", "late", "--trainer", "linear", "--tag", "best"],
      [0, "models"],
      [0, "models", "m"],
      [0, "resolve", "m@best"],
      [0, "tag", "m", "best", "1", "--reason", `why${turn}\u001b[2J`],
      [0, "tag", "m", "best", "--history"],
      [0, "predict", "m@best", "--key", `${n}=s`, "--input", "more=1", "--at", "loaded", "--explain"],
      [1, "predict", "m@best", "--key", `${turn}=s`],
    ];
    for (const [code, ...argv] of runs) {
      for (const colours of [false, true]) {
        const ran = await tondoWith({ folder, colours }, ...argv);
        const said = `${ran.out}${ran.err}`;
        expect([argv[0], ran.code, ran.code === code ? "" : said]).toEqual([argv[0], code, ""]);
        const bare = colours ? stripVTControlCharacters(said.replaceAll("\u001b[2J", "CLEARED")) : said;
        expect(bare.replaceAll("\n", ""), argv.join(" ")).not.toMatch(/CLEARED|[\p{Cc}\u202e]/u);
      }
    }
  });
});

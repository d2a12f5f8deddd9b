// Stands for the Python that runs `feast_peer.py`: answers from the views' files, which have a row for each key; from the second
// question for values on, one of them is wrong. `node pretend-feast.ts SCRIPT GIVEN`.
import { createInterface } from "node:readline";
import { Engine } from "../../src/featurestore/index.ts";

interface Given {
  readonly key: string;
  readonly views: Readonly<
    Record<string, { readonly path: string; readonly fields: Readonly<Record<string, string>> }>
  >;
}

const { key, views } = JSON.parse(process.argv[3] ?? "") as Given;
const loaded = new Map<string, unknown[]>();
const width = Object.values(views).flatMap(({ fields }) => Object.keys(fields)).length;
const wanted = new Set(["materialize", "read", "values"]);
let answered = 0;

async function load(): Promise<void> {
  const engine = await Engine.open();
  loaded.clear();
  for (const { path, fields } of Object.values(views)) {
    for (const row of await engine.rows(`from read_parquet('${path}') order by "${key}"`, "reading")) {
      const id = String(row[key]);
      const values = Object.entries(fields).map(([name, type]) => (type === "Int64" ? Number(row[name]) : row[name]));
      loaded.set(id, [...(loaded.get(id) ?? []), ...values]);
    }
  }
  engine.close();
}

function valuesOf(keys: readonly string[]): readonly (readonly unknown[])[] {
  const isWrong = answered++ > 0;
  return keys.map((id) => {
    const values = loaded.get(id) ?? Array.from({ length: width }, () => null);
    return isWrong && id === "u000000" ? values.with(-1, "wrong") : values;
  });
}

const say = (answer: unknown): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};

await load();
say({ feast: "none" });
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line) as {
    readonly read?: readonly (readonly string[])[];
    readonly values?: readonly string[];
  };
  if (!Object.keys(asked).every((name) => wanted.has(name))) throw new Error(`asked ${line}`);
  say(
    asked.values === undefined
      ? { seconds: asked.read?.flat().length ?? 0.5, peak: 3e6 }
      : { rows: valuesOf(asked.values) },
  );
}

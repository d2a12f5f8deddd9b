import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseTypeName, sha256, type TypeName, type Value } from "../../../src/core/index.ts";
import { quoteIdentifier } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/index.ts";
import { fromCarrier, sqlText, toFile } from "../../../src/featurestore/duckdb/index.ts";

/** A column of a set written by {@link writeSet}: its type, and its values by part. */
export interface WrittenColumn {
  readonly type: TypeName;
  readonly role?: "slot" | "label" | "raw" | "carried" | "key";
  readonly train: readonly Value[];
  readonly holdout?: readonly Value[];
}

/** When the rows of such a set begin; one follows each hour. */
export const setStart: number = Date.UTC(2024, 0, 1) * 1000;
export const hour: number = 3_600_000_000;

/** Writes a folder as `tondo training-set` does, of columns given as they are, so that statistics are of known numbers. */
export async function writeSet(
  folder: string,
  columns: Readonly<Record<string, WrittenColumn>>,
  options: { readonly rowGroup?: number } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const engine = await Engine.open({ threads: 1 });
  const named = Object.entries(columns);
  const files: unknown[] = [];
  let before = 0;
  try {
    for (const part of ["train", "holdout"] as const) {
      const rows = named[0]?.[1][part]?.length ?? 0;
      if (named[0]?.[1][part] === undefined) continue;
      const kinds = named.map(([, { type }], i) => ({ name: `c${String(i)}`, kind: parseTypeName(type).kind }));
      const at = setStart + before * hour;
      await engine.load(
        "given",
        [{ name: "r", kind: "int" }, ...kinds],
        Array.from({ length: rows }, (_, row) => [row, ...named.map(([, column]) => column[part]?.[row] ?? null)]),
        "loading",
      );
      const selected = named.map(
        ([name], i) =>
          `${toFile(fromCarrier(`c${String(i)}`, kinds[i]?.kind ?? "float"), kinds[i]?.kind ?? "float")} as ${quoteIdentifier(name)}`,
      );
      const path = join(folder, `${part}.parquet`);
      await engine.run(
        `copy (select make_timestamp(${String(at)} + r * ${String(hour)}) as at, ${selected.join(", ")} from given order by r)
         to ${sqlText(path)} (format parquet, row_group_size ${String(options.rowGroup ?? 122_880)})`,
        "writing",
      );
      files.push({ part, rows, path: `${part}.parquet`, bytes: (await stat(path)).size, sha256: sha256(path) });
      before += rows;
    }
  } finally {
    engine.close();
  }
  const manifest = {
    version: 1,
    inputsDigest: sha256(JSON.stringify(columns, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v))),
    vector: {
      name: "given",
      fingerprint: sha256("given"),
      plan: {
        slots: [],
        labels: [],
        inputs: [],
        roles: [],
        reads: [],
        labelReads: [],
        entities: [],
        sources: [],
        groups: [],
      },
    },
    fitted: {},
    columns: [
      { name: "at", role: "at", type: "timestamp" },
      ...named.map(([name, { role = "slot", type }]) => ({ name, role, type })),
    ],
    files,
  };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}

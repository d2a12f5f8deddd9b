import { join } from "node:path";
import { parseTypeName, TondoError, type Value } from "../../core/index.ts";
import {
  type ProjectPlan,
  quoteIdentifier,
  type SourcePlan,
  type TestRowPlan,
  type VectorPlan,
} from "../../dsl/index.ts";
import { type Engine, fromCarrier, sqlText, toFile } from "../duckdb/index.ts";

/** The same sources, each of their places a Parquet file in the tests' own folder: no test reads real data. */
export function withTestFiles<T extends Pick<ProjectPlan | VectorPlan, "sources">>(plan: T, all: ProjectPlan): T {
  return {
    ...plan,
    sources: plan.sources.map((source): SourcePlan => ({
      ...source,
      transports: source.transports.map(({ known, lag }, transport) => ({
        format: "parquet",
        path: fileOf(all, source.name, transport),
        ...(known === undefined ? {} : { known }),
        ...(lag === undefined ? {} : { lag }),
      })),
    })),
  };
}

/** By number: the name of a source may be none of a file. */
function fileOf({ sources }: ProjectPlan, source: string, transport: number): string {
  const place = sources.findIndex(({ name }) => name === source);
  if (place < 0) throw new TondoError("INTERNAL", `the plan lacks the source "${source}"`);
  return `source-${String(place)}-${String(transport)}.parquet`;
}

/** Writes what a test gives: one file for each place of each source that it reads, also where it gives no row. */
export async function writeTestFiles(
  engine: Engine,
  plan: ProjectPlan,
  names: readonly string[],
  rows: readonly TestRowPlan[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const source of plan.sources) {
    if (!names.includes(source.name)) continue;
    for (const transport of source.transports.keys()) {
      const own = rows.filter((row) => row.source === source.name && row.transport === transport);
      await writeFile(engine, source, own, join(folder, fileOf(plan, source.name, transport)), signal);
    }
  }
}

async function writeFile(
  engine: Engine,
  source: SourcePlan,
  rows: readonly TestRowPlan[],
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const columns = Object.entries(source.columns).map(([name, type], i) => ({
    name,
    loaded: `c${String(i)}`,
    kind: parseTypeName(type).kind,
  }));
  await engine.load(
    "given_rows",
    columns.map(({ loaded: name, kind }) => ({ name, kind })),
    rows.map((row) => columns.map(({ name }) => cellOf(row, name))),
    "writing a test's rows",
    signal,
  );
  const selected = columns.map(
    ({ name, loaded, kind }) => `${toFile(fromCarrier(loaded, kind), kind)} as ${quoteIdentifier(name)}`,
  );
  const relation = `select ${selected.join(", ")} from given_rows`;
  await engine.run(`copy (${relation}) to ${sqlText(path)} (format parquet)`, "writing a test's rows", signal);
  await engine.run("drop table given_rows", "writing a test's rows", signal);
}

/** A column that a row does not name is missing. */
export function cellOf({ columns }: TestRowPlan, name: string): Value {
  return Object.hasOwn(columns, name) ? (columns[name] ?? null) : null;
}

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { parseTypeName, type Value } from "../../../src/core/index.ts";
import { fromRaw, quoteIdentifier, vectorFingerprint, type VectorPlan } from "../../../src/dsl/index.ts";
import { Engine, fromCarrier, sqlText, toFile } from "../../../src/featurestore/duckdb/index.ts";
import { servedColumns, type ServedColumn } from "../../../src/featurestore/served/index.ts";
import type { Tondo } from "../../../src/open.ts";

/** A request, and what it was answered: rows of the log of served features. */
export type LoggedRow = Readonly<Record<string, Value>>;

/** What is asked: keys by role, and inputs. */
export interface AskedRequest {
  readonly keys: Readonly<Record<string, string | number | null>>;
  readonly inputs?: Readonly<Record<string, number | null>>;
  readonly at: bigint;
}

/** Predicts, and gives the rows that the log of served features has of it. */
export async function logPredictions(
  tondo: Tondo,
  vector: VectorPlan,
  model: string,
  requests: readonly AskedRequest[],
  prefix = "p",
): Promise<readonly LoggedRow[]> {
  const rows: LoggedRow[] = [];
  for (const [i, { keys, inputs = {}, at }] of requests.entries()) {
    const answer = await tondo.predict(model, { keys, inputs, at });
    rows.push({
      ...{ request_id: `${prefix}${String(i)}`, served_by: "predict", requested_at: answer.at },
      ...{ logged_at: Date.now() * 1000, vector: vector.name, fingerprint: vectorFingerprint(vector) },
      ...{ model: answer.model, model_version: answer.version.id, tag: answer.tag, score: answer.prediction },
      ...Object.fromEntries(Object.entries(keys).map(([name, value]) => [`key__${name}`, value])),
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`input__${name}`, value])),
      ...Object.fromEntries(
        Object.entries(answer.features).flatMap(([id, { value, status }]) => [
          [id, value],
          [`status__${id}`, status],
        ]),
      ),
      ...Object.fromEntries(Object.entries(answer.vector).map(([name, value]) => [`slot__${name}`, value])),
    });
  }
  return rows;
}

/** Reads what a vector reads, and gives the rows that the log of served features has of it. */
export async function logReads(
  tondo: Tondo,
  vector: VectorPlan,
  requests: readonly AskedRequest[],
  prefix = "g",
): Promise<readonly LoggedRow[]> {
  const prepared = (await tondo.features()).prepare(vector);
  const rows: LoggedRow[] = [];
  for (const [i, { keys, inputs = {}, at }] of requests.entries()) {
    const answer = await prepared.read({ columns: { ...keys, ...inputs } }, Number(at));
    rows.push({
      ...{ request_id: `${prefix}${String(i)}`, served_by: "prepare", requested_at: answer.at },
      ...{ logged_at: Date.now() * 1000, vector: vector.name, fingerprint: vectorFingerprint(vector) },
      ...Object.fromEntries(Object.entries(keys).map(([name, value]) => [`key__${name}`, value])),
      ...Object.fromEntries(
        vector.reads.flatMap(({ id, type }, place): [string, Value][] => [
          [id, fromRaw(answer.values[place] ?? null, parseTypeName(type).kind)],
          [`status__${id}`, answer.statuses[place] ?? null],
        ]),
      ),
    });
  }
  return rows;
}

/** Writes a file of the log of served features. `as` says other columns in place of the schema's, for files that something else wrote. */
export async function writeServedLog(
  path: string,
  vector: VectorPlan,
  rows: readonly LoggedRow[],
  as: (columns: readonly ServedColumn[]) => readonly ServedColumn[] = (columns) => columns,
): Promise<void> {
  const columns = as(servedColumns(vector));
  await mkdir(dirname(path), { recursive: true });
  const engine = await Engine.open({ threads: 1 });
  try {
    await engine.load(
      "log",
      columns.map(({ kind }, i) => ({ name: `c${String(i)}`, kind })),
      rows.map((row) => columns.map(({ name }) => row[name] ?? null)),
      "writing a log",
    );
    const selected = columns.map(
      ({ name, kind }, i) => `${toFile(fromCarrier(`c${String(i)}`, kind), kind)} as ${quoteIdentifier(name)}`,
    );
    await engine.run(
      `copy (select ${selected.join(", ")} from log) to ${sqlText(path)} (format parquet)`,
      "writing a log",
    );
  } finally {
    engine.close();
  }
}

/** Changes the values of a file of the log by SQL: what stands there is left as it is otherwise. */
export async function alterLog(
  path: string,
  to: string,
  replaced: Readonly<Record<string, string>>,
  where = "true",
): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const engine = await Engine.open({ threads: 1 });
  try {
    const columns = Object.entries(replaced).map(([name, sql]) => `${sql} as ${quoteIdentifier(name)}`);
    const select = columns.length === 0 ? "*" : `* replace (${columns.join(", ")})`;
    await engine.run(
      `copy (select ${select} from read_parquet(${sqlText(path)}) where ${where}) to ${sqlText(to)} (format parquet)`,
      "altering a log",
    );
  } finally {
    engine.close();
  }
}

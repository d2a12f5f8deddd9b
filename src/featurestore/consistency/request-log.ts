import { isEmbedding, isList, type Micros, type Status, TondoError, type Value } from "../../core/index.ts";
import { columnsOf, quoteIdentifier, type VectorPlan } from "../../dsl/index.ts";
import { type Engine, fromCarrier } from "../duckdb/index.ts";
import { openFiles } from "../offline/files/file-scan.ts";
import { parquetSchemas } from "../offline/files/parquet-columns.ts";
import { type ServedColumn, servedColumns } from "../served/index.ts";
import { hasFloats } from "./comparison-sql.ts";

/** An answer that was given to a request, from memory. */
export interface LoggedRequest {
  readonly requestId: string;
  readonly at: Micros;
  /** The vector's key columns and inputs, by name. */
  readonly columns: Readonly<Record<string, Value>>;
  /** What was answered, by the id of the read. */
  readonly values: Readonly<Record<string, { readonly value: Value; readonly status: Status }>>;
  /** The slots that a model was fed, by name, and the version of the model. */
  readonly slots?: Readonly<Record<string, Value>>;
  readonly modelVersion?: string;
}

/** Where logged requests are: Parquet files, or memory. */
export type RequestLog = { readonly files: readonly string[] } | { readonly requests: readonly LoggedRequest[] };

/** The log of a vector's requests as a relation. */
export interface OpenedLog {
  /** SQL of its rows: the columns by {@link OpenedLog.column}. */
  readonly sql: string;
  /** The columns that it has. */
  readonly present: ReadonlySet<ServedColumn>;
  /** The name of a column in {@link OpenedLog.sql}, which neither hides nor meets one of a join's. */
  readonly column: (column: ServedColumn) => string;
}

/** What is said of an answer that is of use here; what else the log says of it is not read. */
const aboutColumns = new Set(["request_id", "requested_at", "logged_at", "vector", "fingerprint", "model_version"]);

/** The columns of a vector's log that are looked at. */
export function logColumns(vector: VectorPlan): readonly ServedColumn[] {
  return servedColumns(vector).filter(({ role, of }) => role !== "about" || aboutColumns.has(of));
}

/**
 * Opens files of a log that all are of one plan; columns that are `withheld` are as if they were not there. Floats are read as they are written, so that a NaN or -0 that no feature has is seen; all else as values
 * of the language.
 *
 * @throws TondoError `ROWS_INVALID` where a column lacks without which nothing can be replayed, or is of another type
 */
export async function openLogFiles(
  engine: Engine,
  vector: VectorPlan,
  files: readonly string[],
  withheld: ReadonlySet<string>,
): Promise<OpenedLog> {
  const what = "the log of requests";
  const schemas = await parquetSchemas(engine, files, what);
  const columns = logColumns(vector).filter(({ name }) => !withheld.has(name));
  // A column that some files lack is missing in their rows, but for what a request is made of.
  const present = columns.filter(({ name }) => schemas.some(({ types }) => types.has(name)));
  const inKeys = new Set(columnsOf(...vector.reads.flatMap(({ key }) => key)));
  for (const { name, role, of } of columns) {
    const isNeeded = of === "requested_at" || role === "key" || (role === "input" && inKeys.has(of));
    const lacking = isNeeded ? schemas.find(({ types }) => !types.has(name)) : undefined;
    if (lacking === undefined) continue;
    throw new TondoError("ROWS_INVALID", `${what} has no column "${name}"`, {
      where: lacking.file,
      hint: `Requests are replayed by ${columns.flatMap((one) => (one.role === "key" ? [one.name] : [])).join(", ")} and requested_at. It has ${[...lacking.types.keys()].slice(0, 20).join(", ")}.`,
    });
  }
  const place = new Map(columns.map(({ name }, i) => [name, `logged${String(i)}`]));
  const nameOf = (name: string): string => place.get(name) ?? quoteIdentifier(name);
  const isRaw = ({ role, kind }: ServedColumn): boolean => (role === "raw" || role === "slot") && hasFloats(kind);
  const stored = present.filter(isRaw).map(({ name }) => name);
  const isWhole = schemas.every(({ types }) => present.every(({ name }) => types.has(name)));
  // Files that lack a column are read apart from those that have it.
  const parts: string[] = [];
  for (const { has, of } of isWhole ? [{ has: present, of: files }] : await partsOf(engine, files, present)) {
    const opened = await openFiles(
      engine,
      { format: "parquet", files: of, what },
      Object.fromEntries(has.map(({ name, kind }) => [name, kind])),
    ).catch((error: unknown) => {
      throw misfit(error);
    });
    const scanned = opened.sql(nameOf, undefined, stored);
    const selected = present.map((column) => {
      const name = nameOf(column.name);
      if (!has.includes(column)) return `null as ${name}`;
      if (!isRaw(column)) return name;
      return `${name}::${isList(column.kind) || isEmbedding(column.kind) ? "double[]" : "double"} as ${name}`;
    });
    parts.push(`select ${selected.join(", ")} from (${scanned})`);
  }
  return { sql: parts.join(" union all "), present: new Set(present), column: ({ name }) => nameOf(name) };
}

async function partsOf(
  engine: Engine,
  files: readonly string[],
  present: readonly ServedColumn[],
): Promise<readonly { readonly has: readonly ServedColumn[]; readonly of: readonly string[] }[]> {
  const parts = new Map<string, { readonly has: readonly ServedColumn[]; readonly of: string[] }>();
  for (const file of files) {
    const [schema] = await parquetSchemas(engine, [file], "the log of requests");
    const has = present.filter(({ name }) => schema?.types.has(name));
    const id = has.map(({ name }) => name).join("\n");
    const part = parts.get(id) ?? { has, of: [] };
    part.of.push(file);
    parts.set(id, part);
  }
  return [...parts.values()];
}

/** What does not fit of files that can be read. */
function misfit(error: unknown): unknown {
  if (!(error instanceof TondoError) || error.code !== "SOURCE_CHANGED") return error;
  return new TondoError("ROWS_INVALID", error.message, {
    ...(error.where === undefined ? {} : { where: error.where }),
    hint: "It is of other definitions than those it is replayed by; or was written by something else: cast the column there.",
    details: error.details,
    cause: error,
  });
}

/** Loads answers from memory as the same relation. */
export async function loadRequests(
  engine: Engine,
  vector: VectorPlan,
  requests: readonly LoggedRequest[],
  signal: AbortSignal | undefined,
): Promise<OpenedLog> {
  const columns = logColumns(vector).filter(({ of, role }) => role !== "about" || /^request|^model/.test(of));
  const place = new Map(columns.map((column, i) => [column, `logged${String(i)}`]));
  const nameOf = (column: ServedColumn): string => place.get(column) ?? quoteIdentifier(column.name);
  const rows = function* (): Generator<readonly Value[]> {
    for (const request of requests) yield columns.map((column) => valueOf(column, request));
  };
  const table = "given_requests";
  await engine.load(
    table,
    columns.map((column) => ({ name: nameOf(column), kind: column.kind })),
    rows(),
    "reading the requests",
    signal,
  );
  const selected = columns.map((column) => `${fromCarrier(nameOf(column), column.kind)} as ${nameOf(column)}`);
  return { sql: `select ${selected.join(", ")} from ${table}`, present: new Set(columns), column: nameOf };
}

function valueOf({ role, of }: ServedColumn, request: LoggedRequest): Value {
  switch (role) {
    case "key":
    case "input":
      return request.columns[of] ?? null;
    case "raw":
      return request.values[of]?.value ?? null;
    case "status":
      return request.values[of]?.status ?? null;
    case "slot":
      return request.slots?.[of] ?? null;
    default:
      if (of === "requested_at") return request.at;
      return of === "request_id" ? request.requestId : (request.modelVersion ?? null);
  }
}

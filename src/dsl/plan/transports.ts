import type { FileTransportPlan, SourcePlan, TableTransportPlan } from "./plan.ts";

/** The places where a source's rows lie in files; none where they only come by a topic or stand in tables. */
export function filesAtRest({ transports }: Pick<SourcePlan, "transports">): readonly FileTransportPlan[] {
  return transports.filter((transport) => transport.format !== "kafka" && transport.format !== "postgres");
}

/** The tables that a source's rows stand in. */
export function databaseTables({ transports }: Pick<SourcePlan, "transports">): readonly TableTransportPlan[] {
  return transports.filter((transport) => transport.format === "postgres");
}

/** A table's name, with its schema and the name of its database where they are said. */
export interface TableParts {
  readonly database?: string;
  readonly schema?: string;
  readonly table: string;
}

/** The longest name that PostgreSQL keeps, bytes. */
const longestName = 63;

/**
 * The parts of `table`, `schema.table` or `database.schema.table`, as they are written: upper and lower case count. `undefined` where
 * the text is none of these.
 */
export function tableParts(text: string): TableParts | undefined {
  const names = text.split(".");
  const isName = (name: string): boolean =>
    /^[^\s":/\u0000-\u001f]+$/.test(name) && new TextEncoder().encode(name).length <= longestName;
  if (names.length > 3 || !names.every(isName)) return undefined;
  const [table = "", schema, database] = names.reverse();
  return { table, ...(schema === undefined ? {} : { schema }), ...(database === undefined ? {} : { database }) };
}

/**
 * How long after it happened a row of a source may become known, microseconds: the largest `lag` of its transports. What looks
 * forward waits so long for the last of its rows.
 */
export function lagOf({ transports }: Pick<SourcePlan, "transports">): number {
  return Math.max(0, ...transports.map(({ lag = 0 }) => lag));
}

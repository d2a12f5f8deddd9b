import { type Micros, TondoError, type Value } from "../../core/index.ts";
import { type CatalogColumn, type SourceColumn, sourceColumn } from "./source-column.ts";
import { connectSource, type SourceConnection, type SourceDatabaseOptions } from "./source-database.ts";
import { postgresError } from "./postgres-error.ts";

/** Rows of one fetch. */
export const fetchRows = 8_192;

/** A table as the database has it. */
export interface SourceTable {
  /** Quoted, with its schema: for SQL. */
  readonly name: string;
  /** In the table's order. */
  readonly columns: readonly SourceColumn[];
  /** Columns of types that the language does not have. */
  readonly unread: readonly { readonly name: string; readonly type: string }[];
  /** The columns of its primary key. */
  readonly key: readonly string[];
}

/** Which rows to read, by a column in whose order they come. Bounds are SQL of its type. */
export interface RowRange {
  readonly column: string;
  readonly from?: string;
  /** Itself not included. */
  readonly beyond?: string;
  readonly to?: string;
  /** Itself not included. */
  readonly before?: string;
}

/** One moment of a database, however long it is read: a transaction that writes nothing, `REPEATABLE READ`. */
export class TableSnapshot implements AsyncDisposable {
  readonly #connection: SourceConnection;
  readonly #signal: AbortSignal | undefined;
  /** The database's clock when the transaction began: what was committed before it is seen. */
  readonly began: Micros;

  private constructor(connection: SourceConnection, began: Micros, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#signal = signal;
    this.began = began;
  }

  /**
   * Connects and begins the transaction. An abort breaks the connection off.
   *
   * @throws TondoError `DRIVER_MISSING`, `DATABASE_UNAVAILABLE`, `INVALID_ARGUMENT`, `ABORTED`
   */
  static async open(options: SourceDatabaseOptions, signal?: AbortSignal): Promise<TableSnapshot> {
    const connection = await connectSource(options);
    const opening = new TableSnapshot(connection, 0, signal);
    try {
      await opening.#run("begin transaction isolation level repeatable read, read only");
      await opening.#run(
        "set local extra_float_digits = 3; set local timezone = 'UTC'; set local statement_timeout = 0",
      );
      const [[began = "0"] = []] = await opening.#run("select (extract(epoch from now()) * 1000000)::bigint::text");
      return new TableSnapshot(connection, Number(began), signal);
    } catch (error) {
      await opening[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Looks a table up: in that schema, else where the account's search path finds it. Views and foreign tables are tables too.
   *
   * @throws TondoError `SOURCE_MISSING` where there is none
   */
  async describe({ schema, table }: { readonly schema?: string; readonly table: string }): Promise<SourceTable> {
    const quoted = [...(schema === undefined ? [] : [schema]), table].map(quoteName).join(".");
    const [[oid = null, name = null] = []] = await this.#run(
      `select c.oid::text, format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.oid = to_regclass($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
      [quoted],
    );
    if (oid === null || name === null) {
      throw new TondoError(
        "SOURCE_MISSING",
        `the database has no table "${[...(schema === undefined ? [] : [schema]), table].join(".")}"`,
        {
          where: this.#connection.location,
          hint: "Upper and lower case count. Check the schema, and that the account may use it.",
        },
      );
    }
    const columns: SourceColumn[] = [];
    const unread: { name: string; type: string }[] = [];
    for (const found of await this.#columns(oid)) {
      const column = sourceColumn(found);
      if (column === undefined) unread.push({ name: found.name, type: found.type });
      else columns.push(column);
    }
    const key = await this.#run(
      `select a.attname from pg_index i cross join unnest(i.indkey) with ordinality as k(attnum, place)
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
       where i.indrelid = $1::oid and i.indisprimary order by k.place`,
      [oid],
    );
    return { name, columns, unread, key: key.map(([one]) => one ?? "") };
  }

  /** How many rows lie in no place of a range: null, too. */
  async countOutside(table: SourceTable, range: RowRange): Promise<number> {
    const column = quoteName(range.column);
    const [[count = "0"] = []] = await this.#run(
      `select count(*)::text from ${table.name} where ${column} is null or not (${conditionsOf(range).join(" and ")})`,
    );
    return Number(count);
  }

  /** Rows in parts of {@link fetchRows} at the most, column by column in the table's order: by the column of a range, else by the primary key. */
  async *rows(table: SourceTable, range?: RowRange): AsyncGenerator<readonly (readonly Value[])[]> {
    const selected = table.columns.map(({ name, sql }) => sql(quoteName(name)));
    // By the table's own columns: a bare name would be that of a result, which is a text.
    const order = range === undefined ? table.key : [range.column];
    await this.#run(
      `declare tondo_rows no scroll cursor for select ${selected.length === 0 ? "1" : selected.join(", ")} from ${table.name} as given
       ${range === undefined ? "" : `where ${conditionsOf(range).join(" and ")}`}
       ${order.length === 0 ? "" : `order by ${order.map((name) => `given.${quoteName(name)}`).join(", ")}`}`,
    );
    for (;;) {
      const rows = await this.#run(`fetch forward ${String(fetchRows)} from tondo_rows`);
      if (rows.length > 0) {
        yield rows.map((row) =>
          table.columns.map(({ parse }, i) => {
            const value = row[i] ?? null;
            return value === null ? null : parse(value);
          }),
        );
      }
      if (rows.length < fetchRows) break;
    }
    await this.#run("close tondo_rows");
  }

  /** Ends the transaction and the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    // What is closed has been read, or has failed and said so.
    await this.#connection.client.end().catch(() => undefined);
  }

  async #columns(oid: string): Promise<readonly CatalogColumn[]> {
    const rows = await this.#run(
      `select a.attname, format_type(a.atttypid, a.atttypmod), coalesce(e.typname, b.typname),
         coalesce(e.typtype, b.typtype) = 'e', e.oid is not null, a.attnotnull
       from pg_attribute a
       join pg_type t on t.oid = a.atttypid
       join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
       left join pg_type e on e.oid = b.typelem and b.typcategory = 'A'
       where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`,
      [oid],
    );
    return rows.map(([name, type, base, isEnum, isArray, required]) => ({
      name: name ?? "",
      type: type ?? "",
      base: base ?? "",
      isEnum: isEnum === "t",
      isArray: isArray === "t",
      required: required === "t",
    }));
  }

  async #run(sql: string, values?: readonly string[]): Promise<readonly (readonly (string | null)[])[]> {
    const { client, location } = this.#connection;
    const signal = this.#signal;
    const cancelled = (): TondoError =>
      new TondoError("ABORTED", "reading the database was cancelled", { cause: signal?.reason });
    const isCancelled = (): boolean => signal?.aborted === true;
    if (isCancelled()) throw cancelled();
    // The server ends what it does for a connection that is gone when it next writes to it.
    const breakOff = (): void => void client.end().catch(() => undefined);
    signal?.addEventListener("abort", breakOff, { once: true });
    try {
      const result = await client.query<(string | null)[]>({
        text: sql,
        rowMode: "array",
        ...(values === undefined ? {} : { values: [...values] }),
      });
      return Array.isArray(result) ? [] : result.rows;
    } catch (error) {
      if (isCancelled()) throw cancelled();
      throw postgresError(error, location);
    } finally {
      signal?.removeEventListener("abort", breakOff);
    }
  }
}

function conditionsOf({ column: name, from, beyond, to, before }: RowRange): readonly string[] {
  const column = quoteName(name);
  return [
    `${column} is not null`,
    ...(from === undefined ? [] : [`${column} >= ${from}`]),
    ...(beyond === undefined ? [] : [`${column} > ${beyond}`]),
    ...(to === undefined ? [] : [`${column} <= ${to}`]),
    ...(before === undefined ? [] : [`${column} < ${before}`]),
  ];
}

/** A name as PostgreSQL takes it, to the letter. */
function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

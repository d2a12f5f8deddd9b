import type { Client, QueryOptions, types } from "cassandra-driver";
import { cassandraError, controlError } from "./cassandra-error.ts";
import { type CassandraDriver, loadCassandra } from "./cassandra-module.ts";
import { clientOptions } from "./client-options.ts";
import { closeControl } from "./close-control.ts";
import { guardRefresh } from "./guarded-refresh.ts";
import type { SettledOptions } from "./settle-options.ts";

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** A statement with what is bound to it. */
export interface Statement {
  readonly query: string;
  readonly params: readonly unknown[];
}

/** The driver's client with a store's options, and the ways in which a store asks it. */
export class Session {
  readonly settled: SettledOptions;
  readonly client: Client;
  /** Whether the keyspace is replicated to more than one data centre. */
  hasSeveralDataCentres = false;
  readonly #driver: CassandraDriver;

  private constructor(driver: CassandraDriver, client: Client, settled: SettledOptions) {
    this.#driver = driver;
    this.client = client;
    this.settled = settled;
  }

  /** Connects. @throws TondoError `DRIVER_MISSING`, `STORE_UNAVAILABLE`, `STORE_DENIED`, `INVALID_ARGUMENT` */
  static async open(settled: SettledOptions): Promise<Session> {
    const driver = await loadCassandra();
    let client: Client | undefined;
    try {
      client = new driver.Client(clientOptions(driver, settled));
      guardRefresh(client, settled.limits.reconnectMs);
      await client.connect();
      return new Session(driver, client, settled);
    } catch (error) {
      await client?.shutdown();
      if (client !== undefined) closeControl(client);
      throw cassandraError(error, "opening the online store", settled.where);
    }
  }

  /** How records are read. */
  readOptions(): QueryOptions {
    return { ...this.#prepared(this.settled.options.consistency?.reads ?? "localQuorum"), isIdempotent: true };
  }

  /** How records are written: the same record twice is one. */
  writeOptions(): QueryOptions {
    return {
      ...this.#prepared(this.#writes()),
      isIdempotent: true,
      readTimeout: this.settled.limits.writeTimeoutMs,
    };
  }

  /** How all records of a generation are read, by a load: as requests read them, with the patience of a write. */
  scanOptions(): QueryOptions {
    return { ...this.readOptions(), ...this.#writeTimeout() };
  }

  /** How it is looked up whether records are there, where nobody waits for the answer: also what was written in another data centre is seen. */
  proofOptions(): QueryOptions {
    return { ...this.#prepared("quorum"), isIdempotent: true, ...this.#writeTimeout() };
  }

  /** How pointers are read by those who serve. */
  pointerOptions(): QueryOptions {
    return { ...this.#prepared(this.settled.options.consistency?.pointers ?? "localQuorum"), isIdempotent: true };
  }

  /** Reads rows; serially where what was decided last must be seen. */
  async ask(doing: string, query: string, params: readonly unknown[], isSerial = false): Promise<readonly Row[]> {
    const consistency = isSerial ? this.#serial() : "localOne";
    return this.#doing(doing, async () => {
      const options = { ...this.#prepared(consistency), isIdempotent: true };
      return (await this.client.execute(query, [...params], { ...options, ...this.#writeTimeout() })).rows;
    });
  }

  /** Reads rows page by page: serially, or so that whatever was written is seen. */
  async *pages(doing: string, query: string, params: readonly unknown[], how: "serial" | "proof"): AsyncGenerator<Row> {
    const options: QueryOptions =
      how === "proof"
        ? this.proofOptions()
        : { ...this.#prepared(this.#serial()), isIdempotent: true, ...this.#writeTimeout() };
    let pageState: string | undefined;
    do {
      const page = await this.#doing(doing, () =>
        this.client.execute(query, [...params], { ...options, ...(pageState === undefined ? {} : { pageState }) }),
      );
      yield* page.rows;
      const next: unknown = page.pageState;
      pageState = typeof next === "string" ? next : undefined;
    } while (pageState !== undefined);
  }

  /** Writes what may be written twice: some statements of one partition, all of them or none. */
  async write(doing: string, statements: readonly Statement[]): Promise<void> {
    const [first, ...others] = statements;
    if (first === undefined) return;
    const options = this.writeOptions();
    await this.#doing(doing, () =>
      others.length === 0
        ? this.client.execute(first.query, [...first.params], options)
        : this.client.batch(
            statements.map(({ query, params }) => ({ query, params: [...params] })),
            { ...options, logged: false },
          ),
    );
  }

  /** Whether a table of the keyspace is there. */
  async hasTable(table: string, doing: string): Promise<boolean> {
    const query = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?";
    return (await this.ask(doing, query, [this.settled.keyspace, table])).length > 0;
  }

  /**
   * Runs statements of one partition that hold conditions: all of them or none, and `false` where a condition does not hold. What the driver
   * throws is thrown as it is: who asks has to know whether the outcome is unknown.
   */
  async decide(batch: readonly Statement[]): Promise<boolean> {
    const { types: driverTypes, policies } = this.#driver;
    const result = await this.client.batch(
      batch.map(({ query, params }) => ({ query, params: [...params] })),
      {
        ...this.#prepared(this.#writes()),
        ...this.#writeTimeout(),
        serialConsistency: driverTypes.consistencies[this.#serial()],
        // To be sent once: whether it was done is found out by reading.
        isIdempotent: false,
        retry: new policies.retry.FallthroughRetryPolicy(),
      },
    );
    return result.wasApplied();
  }

  /** Changes the schema, and waits until all nodes know. */
  async define(doing: string, cql: string): Promise<void> {
    await this.#doing(doing, async () => {
      const readTimeout = this.settled.limits.schemaTimeoutMs;
      await this.client.execute(cql, [], { readTimeout, isIdempotent: false });
    });
  }

  close(): Promise<void> {
    return this.client.shutdown();
  }

  #writes(): Exclude<keyof typeof types.consistencies, "any" | "serial" | "localSerial"> {
    return this.settled.options.consistency?.writes ?? (this.hasSeveralDataCentres ? "eachQuorum" : "localQuorum");
  }

  #serial(): "serial" | "localSerial" {
    return this.settled.options.consistency?.switches ?? "serial";
  }

  #prepared(consistency: keyof typeof types.consistencies): QueryOptions {
    return { prepare: true, consistency: this.#driver.types.consistencies[consistency] };
  }

  #writeTimeout(): QueryOptions {
    return { readTimeout: this.settled.limits.writeTimeoutMs };
  }

  async #doing<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw controlError(error, doing, this.settled.where);
    }
  }
}

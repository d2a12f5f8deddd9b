import {
  type DatabaseConnection,
  PostgresDialect,
  PostgresDriver,
  type PostgresDialectConfig,
  type Driver,
} from "kysely";
import { connectError, postgresError } from "./postgres-error.ts";

/** Kysely's PostgreSQL whose errors are ours. */
export class CheckedPostgresDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;
  readonly #location: string;

  constructor(config: PostgresDialectConfig, location: string) {
    super(config);
    this.#config = config;
    this.#location = location;
  }

  override createDriver(): Driver {
    return new CheckedPostgresDriver(this.#config, this.#location);
  }
}

class CheckedPostgresDriver extends PostgresDriver {
  readonly #location: string;
  readonly #checked = new WeakSet<DatabaseConnection>();

  constructor(config: PostgresDialectConfig, location: string) {
    super(config);
    this.#location = location;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const location = this.#location;
    try {
      const connection = await super.acquireConnection();
      if (!this.#checked.has(connection)) {
        this.#checked.add(connection);
        // Kysely finds its connection by identity, so it is changed in place, as Kysely's own logging does.
        const execute = connection.executeQuery.bind(connection);
        connection.executeQuery = async (query, options) => {
          try {
            return await execute(query, options);
          } catch (error) {
            throw postgresError(error, location);
          }
        };
      }
      return connection;
    } catch (error) {
      throw connectError(error, location);
    }
  }
}

import { type CassandraAccount, type CassandraAddress, cassandraStatements } from "./cassandra-client.ts";

/** What Cassandra has from its first start: it may do all. */
const superuser: CassandraAccount = { username: "cassandra", password: "cassandra" };

/** Whose password has what no address has as it stands. */
const guarded: CassandraAccount = { username: "guarded", password: "s3cr%t &@/:?#é' +" };

/** Makes an account that may do all with every keyspace, and nothing with other accounts. */
export async function createAccount(server: CassandraAddress): Promise<CassandraAccount> {
  const password = guarded.password.replaceAll("'", "''");
  await cassandraStatements(
    { ...server, account: superuser },
    `create role ${guarded.username} with password = '${password}' and login = true`,
    `grant all permissions on all keyspaces to ${guarded.username}`,
  );
  return guarded;
}

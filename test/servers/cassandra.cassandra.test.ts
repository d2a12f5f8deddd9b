import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, errors } from "cassandra-driver";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningCassandra, startCassandra } from "./cassandra.ts";
import { makeCertificates } from "./cassandra-certificates.ts";
import { type CassandraAddress, cassandraClient } from "./cassandra-client.ts";

let server: RunningCassandra;
let client: Client;
beforeAll(async () => {
  server = await startCassandra({ auth: true, tls: "mutual", durable: true });
  client = cassandraClient(server);
  const replication = "{ 'class': 'SimpleStrategy', 'replication_factor': 1 }";
  await client.execute(`create keyspace own with replication = ${replication}`);
  await client.execute("create table own.t (k int primary key, v text)");
});
afterAll(async () => {
  await client.shutdown();
  await server.stop();
});

/** Why the server does not let in who comes like this. */
async function refusal(differently: Partial<CassandraAddress>): Promise<string> {
  const { contactPoint, localDataCenter, account, ca, client: own } = server;
  if (account === undefined || ca === undefined || own === undefined) throw new Error("the server is not guarded");
  const stranger = cassandraClient({ contactPoint, localDataCenter, account, ca, client: own, ...differently });
  try {
    await stranger.execute("select * from system.local");
    return "let in";
  } catch (error) {
    const hosts: unknown = error instanceof errors.NoHostAvailableError ? error.innerErrors : { only: error };
    return Object.values(hosts as Readonly<Record<string, unknown>>)
      .map(String)
      .join();
  } finally {
    await stranger.shutdown();
  }
}

it("lets in the account with its password, and nobody with another one", async () => {
  expect(await refusal({})).toBe("let in");
  const account = { username: "guarded", password: "guarded" };
  expect(await refusal({ account })).toMatch("Provided username guarded and/or password are incorrect");
});

it("is known by its authority, knows clients by it, and speaks nothing but TLS", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tondo-certificates-"));
  try {
    const other = makeCertificates(folder);
    expect(await refusal({ ca: other.ca })).toMatch("certificate");
    expect(await refusal({ client: other.client })).not.toBe("let in");
    const { contactPoint, localDataCenter, account } = server;
    const plain = cassandraClient({ contactPoint, localDataCenter, ...(account === undefined ? {} : { account }) });
    await expect(plain.connect()).rejects.toThrow();
    await plain.shutdown();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("frozen it answers nobody, and goes on as if nothing had been", async () => {
  const ask = (): Promise<unknown> => client.execute("select * from own.t", [], { readTimeout: 500 });
  await ask();
  await server.freeze();
  await expect(ask()).rejects.toThrow(errors.OperationTimedOutError);
  await server.thaw();
  await expect(ask()).resolves.toBeDefined();
});

it("killed and started again it has its address, and all that it had acknowledged", async () => {
  const { pid, contactPoint } = server;
  const rows = Array.from({ length: 100 }, (_, k) => [k, `v${String(k)}`] as const);
  for (const row of rows) await client.execute("insert into own.t (k, v) values (?, ?)", row, { prepare: true });
  await expect(server.start()).rejects.toThrow("Cassandra runs already");
  await server.kill();
  await expect(client.execute("select * from own.t")).rejects.toThrow();
  await expect(server.freeze()).rejects.toThrow("Cassandra does not run");
  await server.start();
  expect(server.pid).not.toBe(pid);
  const again = cassandraClient({ ...server, contactPoint });
  const found = await again.execute("select k, v from own.t");
  await again.shutdown();
  expect(
    found.rows.map((row) => [Number(row["k"]), String(row["v"])]).sort(([a], [b]) => Number(a) - Number(b)),
  ).toEqual(rows);
});

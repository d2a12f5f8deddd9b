import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connectSource,
  type SourceConnection,
  type SourceDatabaseOptions,
} from "../../../src/database/postgres/source-database.ts";
import { connectPostgres, type Database } from "../../../src/database/index.ts";
import { TondoError } from "../../../src/core/index.ts";
import { type GuardedPostgres, guardedPostgres } from "../../servers/guarded-postgres.ts";

let server: GuardedPostgres;
beforeAll(async () => {
  server = await guardedPostgres();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Whether what is said passes through TLS. */
async function isEncrypted(options: SourceDatabaseOptions): Promise<boolean> {
  const { client } = await connectSource(options);
  const { rows } = await client.query<{ ssl: string }>("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
  await client.end();
  return rows[0]?.ssl === "t";
}

const unavailable = { code: "DATABASE_UNAVAILABLE", cause: expect.any(Error) as Error };

describe("the password of a source's database", () => {
  it("is the one that is given, or that a function is asked for at each connection, whatever the address says", async () => {
    let asked = 0;
    const ask = (): Promise<string> => {
      asked++;
      return Promise.resolve(server.password);
    };
    const wrong = new URL(server.url);
    wrong.password = "another";
    const inQuery = new URL(server.url);
    inQuery.searchParams.set("password", "another");
    for (const { href: url } of [new URL(server.url), wrong, inQuery]) {
      for (const password of [server.password, ask, () => server.password])
        await (await connectSource({ url, password })).client.end();
    }
    expect(asked).toBe(3);
    for (const password of ["another", () => "another", undefined])
      await expect(
        connectSource({ url: server.url, ...(password === undefined ? {} : { password }) }),
      ).rejects.toMatchObject(unavailable);
  });

  it("is taken where the address has no host, but a folder of sockets", async () => {
    const { username, port, hostname } = new URL(server.url);
    const url = `postgres:///postgres?user=${username}&host=${hostname}&port=${port}`;
    await (await connectSource({ url, password: server.password })).client.end();
  });

  it("that cannot be had is a coded error, and so is one that is no text", async () => {
    const lost = new Error("the vault is shut");
    const failing: SourceDatabaseOptions["password"] = () => Promise.reject(lost);
    await expect(connectSource({ url: server.url, password: failing })).rejects.toMatchObject({
      code: "DATABASE_UNAVAILABLE",
      message: "the password of the database cannot be had: the vault is shut",
      cause: lost,
    });
    const own = new TondoError("ABORTED", "enough");
    const throwing: SourceDatabaseOptions["password"] = () => {
      throw own;
    };
    await expect(connectSource({ url: server.url, password: throwing })).rejects.toBe(own);
    const none = (): string => JSON.parse("null") as string;
    await expect(connectSource({ url: server.url, password: none })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });
});

describe("TLS to a source's database", () => {
  it("is what `ssl` says, whatever the address says", async () => {
    const { password, ca } = server;
    for (const query of ["", "?sslmode=disable", "?ssl=false", "?sslrootcert=/nowhere", "?sslnegotiation=postgres"]) {
      expect(await isEncrypted({ url: `${server.url}${query}`, password, ssl: { ca } }), query).toBe(true);
    }
    for (const query of ["", "?sslmode=verify-full", "?ssl=true", "?sslmode=no-verify"])
      expect(await isEncrypted({ url: `${server.url}${query}`, password, ssl: false }), query).toBe(false);
  });

  it("is what the address says where `ssl` says nothing", async () => {
    const { password } = server;
    expect(await isEncrypted({ url: `${server.url}?sslmode=no-verify`, password })).toBe(true);
    expect(await isEncrypted({ url: server.url, password })).toBe(false);
  });

  it("to a server that is not who it says, or that speaks none, is a coded error", async () => {
    const { url, password, ca } = server;
    const unknown = { ...unavailable, details: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } };
    await expect(connectSource({ url, password, ssl: true })).rejects.toMatchObject(unknown);
    await expect(connectSource({ url: `${url}?sslmode=verify-full`, password })).rejects.toMatchObject(unknown);
    await expect(connectPostgres({ url: `${url}?sslmode=verify-full` })).rejects.toMatchObject(unknown);
    await expect(
      connectSource({ url: url.replace("127.0.0.1", "localhost"), password, ssl: { ca } }),
    ).rejects.toMatchObject({ ...unavailable, details: { code: "ERR_TLS_CERT_ALTNAME_INVALID" } });
    await using plain = await answering("N");
    await expect(connectSource({ url: plain.url, ssl: true })).rejects.toMatchObject(unavailable);
  });

  it("of files that are not there is a wrong argument", async () => {
    await expect(connectSource({ url: `${server.url}?sslrootcert=/nowhere.pem` })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("/nowhere.pem") as string,
    });
  });
});

describe("a server that does not answer", () => {
  it("is a coded error after the time that was given", async () => {
    await using silent = await answering("");
    const { url } = silent;
    const connect = (): readonly Promise<SourceConnection | Database>[] => [
      connectSource({ url, connectTimeoutMs: 100 }),
      connectSource({ url, connectTimeoutMs: 100, ssl: true }),
      connectPostgres({ url, connectTimeoutMs: 100 }),
    ];
    for (const connecting of connect()) await expect(connecting).rejects.toMatchObject(unavailable);
  });
});

/** A server that says the same to all who connect, or nothing. */
async function answering(text: string): Promise<AsyncDisposable & { readonly url: string }> {
  const open = new Set<AsyncDisposable & { destroy(): void }>();
  const listening: Server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => {
      if (text !== "") socket.write(text);
    });
  });
  await once(listening.listen(0, "127.0.0.1"), "listening");
  const address = listening.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `postgres://nobody@127.0.0.1:${String(port)}/none`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      const closed = once(listening, "close");
      listening.close();
      await closed;
    },
  };
}

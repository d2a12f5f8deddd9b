import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectSource, type SourceConnection } from "../../../src/database/postgres/source-database.ts";
import { connectPostgres, type Database } from "../../../src/database/index.ts";
import { type GuardedPostgres, guardedPostgres } from "../../servers/guarded-postgres.ts";

let server: GuardedPostgres;
beforeAll(async () => {
  server = await guardedPostgres();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const unavailable = { code: "DATABASE_UNAVAILABLE", cause: expect.any(Error) as Error };

describe("TLS to a source's database", () => {
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

import { execFileSync } from "node:child_process";
import { chownSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { startPostgres } from "./postgres.ts";
import { serverAccount } from "./server-account.ts";

/** A throwaway PostgreSQL that speaks TLS and lets an account in by its password. */
export interface GuardedPostgres extends AsyncDisposable {
  /** The address of the account, without its password. */
  readonly url: string;
  readonly password: string;
  /** The certificate by which the server is known, PEM; the system does not know it. */
  readonly ca: string;
}

/** What no address has as it stands. */
const password = "s3cr%t &@/:?#é' +";

/**
 * Starts a PostgreSQL of its own whose account `guarded` needs a password; its certificate is of 127.0.0.1 and made by `openssl`.
 *
 * @throws Error that says what to install, or what the server or `openssl` said
 */
export async function guardedPostgres(): Promise<GuardedPostgres> {
  const server = await startPostgres();
  try {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query<{ folder: string }>("select current_setting('data_directory') as folder");
    const folder = rows[0]?.folder ?? "";
    const [key, certificate] = [join(folder, "server.key"), join(folder, "server.crt")];
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate],
        ...["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
      ],
      { stdio: "pipe" },
    );
    const account = serverAccount();
    if (account !== undefined) for (const file of [key, certificate]) chownSync(file, account.uid, account.gid);
    const rules = join(folder, "pg_hba.conf");
    writeFileSync(rules, `host all guarded 127.0.0.1/32 scram-sha-256\n${readFileSync(rules, "utf8")}`);
    await client.query(`set password_encryption = 'scram-sha-256'`);
    await client.query(`create role guarded login password ${client.escapeLiteral(password)}`);
    await client.query("alter system set ssl = on");
    await client.query("select pg_reload_conf()");
    await client.end();
    const url = new URL(server.url);
    url.username = "guarded";
    return {
      url: url.href,
      password,
      ca: readFileSync(certificate, "utf8"),
      [Symbol.asyncDispose]: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

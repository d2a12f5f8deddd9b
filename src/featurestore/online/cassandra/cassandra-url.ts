import { TondoError } from "../../../core/index.ts";
import type { CassandraOptions } from "./cassandra-options.ts";

/** What an address may say behind its `?`, and the option that it is. */
type Parameters = Partial<Record<"datacenter" | "store" | "create" | "replication" | "tls", string>>;

/**
 * The options that an address says: `cassandra://user:password@host1:9042,host2/keyspace?datacenter=dc1`. Behind the `?` stand
 * `datacenter`, `store`, `create=true`, `replication=3` or `replication=dc1:3,dc2:2`, and `tls=true`.
 *
 * @throws TondoError `INVALID_ARGUMENT`; the password is never in the message
 */
export function parseCassandraUrl(url: string): CassandraOptions {
  const [, account, hosts = "", keyspace = "", query = ""] =
    /^cassandra:\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^/?#]*))?(?:\?([^#]*))?$/.exec(url) ?? [];
  if (hosts === "") throw invalid("not the address of an online store");
  const [username = "", password = ""] = (account ?? "").split(/:(.*)/s).map(decoded);
  const { datacenter, store, create, replication, tls } = parameters(query);
  return {
    contactPoints: hosts.split(","),
    ...(keyspace === "" ? {} : { keyspace: decoded(keyspace) }),
    ...(account === undefined ? {} : { credentials: { username, password } }),
    ...(datacenter === undefined ? {} : { localDataCenter: datacenter }),
    ...(store === undefined ? {} : { store }),
    ...(create === undefined ? {} : { createKeyspace: truth("create", create) }),
    ...(replication === undefined ? {} : { replication: factors(replication) }),
    ...(tls === undefined ? {} : { tls: truth("tls", tls) }),
  };
}

function parameters(query: string): Parameters {
  const known = ["datacenter", "store", "create", "replication", "tls"];
  const found: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (!known.includes(name)) throw invalid(`it has "${name}", which is none of ${known.join(", ")}`);
    found[name] = value;
  }
  return found;
}

function truth(name: string, text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw invalid(`${name} is "${text}", neither true nor false`);
}

function factors(text: string): number | Readonly<Record<string, number>> {
  if (/^\d+$/.test(text)) return Number(text);
  return Object.fromEntries(
    text.split(",").map((part) => {
      const [, name, factor] = /^([^:]+):(\d+)$/.exec(part) ?? [];
      if (name === undefined) throw invalid(`replication is "${text}"`);
      return [name, Number(factor)];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw invalid("a part of it has a % that encodes nothing", error);
  }
}

function invalid(what: string, cause?: unknown): TondoError {
  return new TondoError("INVALID_ARGUMENT", `the address of the online store: ${what}`, {
    hint: "Give cassandra://USER:PASSWORD@HOST:9042,HOST/KEYSPACE?datacenter=NAME.",
    cause,
  });
}

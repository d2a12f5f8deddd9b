import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate and its key, PEM. */
export interface KeyedCertificate {
  readonly key: string;
  readonly cert: string;
}

/** What a server and its clients know each other by, of an authority that nobody else knows. */
export interface Certificates {
  /** The authority's own certificate, PEM. */
  readonly ca: string;
  /** What a client shows where it is asked. */
  readonly client: KeyedCertificate;
  /** What the server reads: its key and certificates in one file, and the authority's certificate. */
  readonly files: { readonly server: string; readonly authority: string };
}

const days = "2";

/**
 * Makes an authority in `folder`, and signs with it a server's certificate for 127.0.0.1 and a client's.
 *
 * @throws Error with what `openssl` said, or that it is missing
 */
export function makeCertificates(folder: string): Certificates {
  mkdirSync(folder, { recursive: true });
  const authority = join(folder, "authority.pem");
  const authorityKey = join(folder, "authority.key");
  openssl(
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", days, "-subj", "/CN=Tondo test authority"],
    ...["-addext", "keyUsage=critical,keyCertSign", "-keyout", authorityKey, "-out", authority],
  );
  const signed = (name: string, extensions: string): KeyedCertificate => {
    const at = (ending: string): string => join(folder, `${name}.${ending}`);
    writeFileSync(at("ext"), extensions);
    openssl(
      ...["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${name}`],
      ...["-keyout", at("key"), "-out", at("csr")],
    );
    openssl(
      ...["x509", "-req", "-days", days, "-in", at("csr"), "-extfile", at("ext"), "-out", at("crt")],
      ...["-CA", authority, "-CAkey", authorityKey, "-CAcreateserial"],
    );
    return { key: readFileSync(at("key"), "utf8"), cert: readFileSync(at("crt"), "utf8") };
  };
  const server = signed("server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
  const client = signed("client", "extendedKeyUsage=clientAuth\n");
  const ca = readFileSync(authority, "utf8");
  const files = { server: join(folder, "server.pem"), authority };
  writeFileSync(files.server, `${server.key}${server.cert}${ca}`);
  return { ca, client, files };
}

function openssl(...args: readonly string[]): void {
  try {
    execFileSync("openssl", args, { stdio: "pipe" });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT")
      throw new Error("The tests of TLS need openssl (Debian and Ubuntu: apt-get install openssl).", { cause });
    throw cause;
  }
}

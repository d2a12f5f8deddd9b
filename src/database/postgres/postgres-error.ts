import { TondoError } from "../../core/index.ts";
import { type ConstraintKind, constraintError } from "../database-error.ts";

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const constraints: Readonly<Record<string, ConstraintKind>> = {
  "23502": "not_null",
  "23503": "foreign_key",
  "23505": "unique",
  "23514": "check",
};

const busy = new Set(["55P03", "40001", "40P01"]);
const unavailable = new Set(["53300", "57P01", "57P02", "57P03", "28000", "28P01", "3D000", "25006"]);
const network = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EPIPE",
  "EHOSTUNREACH",
  "EAI_AGAIN",
  "ENOENT",
]);
// pg gives these no code.
const lost = /connection terminated|connection error|timeout exceeded when trying to connect|client was closed/i;

/** Turns what `pg` throws into a {@link TondoError}; errors that are not the database's pass through. */
export function postgresError(error: unknown, location: string): unknown {
  if (!(error instanceof Error) || error instanceof TondoError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const constraint = constraints[code];
  if (constraint !== undefined) {
    const name = "constraint" in error && typeof error.constraint === "string" ? error.constraint : error.message;
    return constraintError({ constraint, name }, error);
  }
  const details = code === "" ? {} : { code };
  if (busy.has(code)) {
    return new TondoError("DATABASE_BUSY", `PostgreSQL: ${error.message}`, {
      where: location,
      hint: "Another transaction was in the way; nothing of this one was kept. Try again, or raise lockTimeoutMs.",
      details,
      cause: error,
    });
  }
  if (unavailable.has(code) || network.has(code) || code.startsWith("08") || lost.test(error.message))
    return connectError(error, location);
  if (!/^[0-9A-Z]{5}$/.test(code)) return error;
  return new TondoError("DATABASE_FAILED", `PostgreSQL: ${error.message}`, {
    where: location,
    hint: code === "42501" ? "Grant this account the right." : "This looks like a defect; please report it.",
    details,
    cause: error,
  });
}

/** Turns whatever `pg` throws while it connects into a {@link TondoError}: what TLS and the exchange of passwords throw has no code of PostgreSQL's. */
export function connectError(error: unknown, location: string): unknown {
  if (!(error instanceof Error) || error instanceof TondoError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return new TondoError("DATABASE_UNAVAILABLE", `PostgreSQL cannot be reached: ${error.message || code}`, {
    where: location,
    hint: "Check the address, the account, TLS, and that the server runs and takes more connections; then try again.",
    ...(code === "" ? {} : { details: { code } }),
    cause: error,
  });
}

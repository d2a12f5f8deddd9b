import { TondoError } from "../../core/index.ts";
import { type ConstraintKind, constraintError } from "../database-error.ts";

// Extended result codes, https://www.sqlite.org/rescode.html
const constraints: Readonly<Record<number, ConstraintKind>> = {
  275: "check",
  787: "foreign_key",
  1299: "not_null",
  1555: "unique",
  2067: "unique",
  2579: "unique",
};

const reasons: Readonly<Record<number, readonly ["DATABASE_FAILED" | "DATABASE_UNAVAILABLE", string]>> = {
  8: ["DATABASE_FAILED", "Make the file and its folder writable for this account."],
  10: ["DATABASE_UNAVAILABLE", "The disk failed to read or write; look at the system's log."],
  11: ["DATABASE_FAILED", "The file is damaged: restore it from a backup."],
  13: ["DATABASE_FAILED", "The disk is full: make room; nothing was half-written."],
  14: ["DATABASE_UNAVAILABLE", "Check that the folder exists and that this account may write there."],
  26: ["DATABASE_FAILED", "The file is not a SQLite database: give another path."],
};

/** SQLite's result code of an error that `node:sqlite` threw, extended; 0 for any other error. */
export function sqliteCode(error: unknown): number {
  if (!(error instanceof Error) || !("errcode" in error)) return 0;
  return typeof error.errcode === "number" ? error.errcode : 0;
}

/** Whether another connection holds the lock that the statement needs. */
export function isSqliteBusy(error: unknown): boolean {
  const primary = sqliteCode(error) & 0xff;
  return primary === 5 || primary === 6;
}

/** Turns what `node:sqlite` throws into a {@link TondoError}; other errors pass through. */
export function sqliteError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === 0 || !(error instanceof Error)) return error;
  const constraint = constraints[code];
  if (constraint !== undefined) return constraintError({ constraint, name: error.message }, error);
  if (isSqliteBusy(error)) return sqliteBusy(path, error);
  const [kind, hint] = reasons[code & 0xff] ?? ["DATABASE_FAILED", "This looks like a defect; please report it."];
  return new TondoError(kind, `SQLite: ${error.message}`, {
    where: path,
    hint,
    details: { sqlite: code },
    cause: error,
  });
}

/** The error of a wait for SQLite's write lock that took too long. */
export function sqliteBusy(path: string, cause?: unknown): TondoError {
  return new TondoError("DATABASE_BUSY", "the database stayed locked by another writer", {
    where: path,
    hint: "Try again, or open with a larger busyTimeoutMs; a writer that never ends keeps everybody waiting.",
    cause,
  });
}

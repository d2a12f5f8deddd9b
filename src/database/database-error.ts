import { TondoError } from "../core/index.ts";

/** The kinds of constraint that a statement can violate. */
export type ConstraintKind = "unique" | "foreign_key" | "not_null" | "check";

/** What a driver's error says about a violated constraint; the same for both databases. */
export interface ConstraintViolation {
  readonly constraint: ConstraintKind;
  /** The database's own words: names of columns (SQLite) or of the constraint (PostgreSQL). */
  readonly name: string;
}

/** The error for a violated constraint. It is a defect of the caller unless the caller looks for it. */
export function constraintError(violation: ConstraintViolation, cause: unknown): TondoError {
  return new TondoError("DATABASE_FAILED", `a ${violation.constraint} constraint was violated: ${violation.name}`, {
    hint: "Something else wrote the same row first, or a row that this one refers to is not there; read again and retry.",
    details: { ...violation },
    cause,
  });
}

/** Whether an error says that a unique or primary key was taken already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof TondoError && error.details["constraint"] === "unique";
}

import type { ErrorCode } from "./error-code.ts";

/** What an error says besides its code and message. */
export interface TondoErrorOptions {
  /** What the reader should do now, as a full sentence. */
  readonly hint?: string;
  /** Where it happened: a file, a file with line and column, a table, a key. */
  readonly where?: string;
  /** The values the message speaks of, for programs. Plain JSON, no secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one error class that leaves this library. `code` is a literal to branch on; the message says what
 * was wrong, `where` says where, `hint` says what to do.
 *
 * @example
 * ```ts
 * try {
 *   await tondo.predict("eta@champion", request);
 * } catch (error) {
 *   if (error instanceof TondoError && error.code === "TAG_NOT_FOUND") useDefault();
 *   else throw error;
 * }
 * ```
 */
export class TondoError extends Error {
  override readonly name: string = "TondoError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly where: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: TondoErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.where = options.where;
    this.details = options.details ?? {};
  }

  /** The form that the command line and HTTP print with `--json`. */
  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      ...(this.where === undefined ? {} : { where: this.where }),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(Object.keys(this.details).length === 0 ? {} : { details: this.details }),
    };
  }
}

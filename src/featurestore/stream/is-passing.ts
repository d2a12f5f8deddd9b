import { TondoError } from "../../core/index.ts";

/** Whether what failed may go well later, or once somebody has mended what is around it. */
export function isPassing(error: unknown): error is TondoError {
  return error instanceof TondoError && !["INTERNAL", "INVALID_ARGUMENT", "UNKNOWN_DEFINITION"].includes(error.code);
}

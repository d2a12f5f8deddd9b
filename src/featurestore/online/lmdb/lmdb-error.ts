import { TondoError } from "../../../core/index.ts";

/** An error of LMDB or its driver as this library's; what already is one stays as it is. */
export function lmdbError(error: unknown, doing: string, folder: string): TondoError {
  if (error instanceof TondoError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("READERS_FULL")) {
    return new TondoError("STORE_BUSY", `${doing}: as many transactions read it as may at once`, {
      ...{ where: folder, cause: error },
      hint: "Close stores that are not used, in all processes, or raise the limit `readers` of the first that opens it.",
    });
  }
  const hint = /MAP_FULL|No space|ENOSPC/i.test(message)
    ? "The disk, or the address space that the process may use, is full: make room."
    : /DBS_FULL|maxDbs/i.test(message)
      ? "Raise the limit `groups`."
      : "Check that the folder is there, readable and on a local disk.";
  const code = /CORRUPTED|INVALID|PANIC|PAGE_NOTFOUND|VERSION_MISMATCH/.test(message) ? "STORE_CORRUPT" : "IO_FAILED";
  return new TondoError(code, `${doing}: ${message}`, { where: folder, hint, cause: error });
}

import { TondoError } from "../../core/index.ts";

/** DuckDB's errors as this library's, by what they begin with; the original is the cause. */
export function engineError(error: unknown, doing: string): TondoError {
  if (error instanceof TondoError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const [first = message] = message.split("\n");
  const brief = first.slice(0, 500);
  if (/INTERRUPT|Interrupted/i.test(first))
    return new TondoError("ABORTED", `${doing} was cancelled`, { cause: error });
  if (/No files found/i.test(first)) {
    return new TondoError("SOURCE_MISSING", `${doing}: ${brief}`, {
      hint: "Check the path and the working folder.",
      cause: error,
    });
  }
  if (
    /No space left|quota exceeded|File too large|Could not write|Permission denied|Read-only file system/i.test(message)
  ) {
    return new TondoError("IO_FAILED", `${doing}: ${brief}`, {
      hint: "Make room on the disk, or give a folder that can be written.",
      cause: error,
    });
  }
  if (/Out of Memory/i.test(first)) {
    return new TondoError("LIMIT_EXCEEDED", `${doing}: ${brief}`, {
      hint: "Give the engine more memory with `memory`, or a spill folder with room.",
      cause: error,
    });
  }
  if (
    /^(Invalid Input|Invalid|Conversion|Parser|IO|TProtocol|Serialization|Not implemented)/i.test(first) ||
    /parquet|csv/i.test(first)
  ) {
    return new TondoError("SOURCE_UNREADABLE", `${doing}: ${brief}`, {
      hint: "Check that the file is whole and of the format that its source declares.",
      cause: error,
    });
  }
  return new TondoError("INTERNAL", `${doing}: ${brief}`, {
    hint: "Please report it with this message.",
    cause: error,
  });
}

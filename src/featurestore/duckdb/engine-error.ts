import { TondoError, type TondoErrorOptions } from "../../core/index.ts";

/** DuckDB's errors as this library's, by what they begin with, with the file that they name; the original is the cause. */
export function engineError(error: unknown, doing: string): TondoError {
  if (error instanceof TondoError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const [first = message] = message.split("\n");
  const brief = briefOf(message, first).slice(0, 500);
  const file = fileOf(message);
  const said = (hint: string): TondoErrorOptions => ({
    hint,
    ...(file === undefined ? {} : { where: file }),
    cause: error,
  });
  if (first.startsWith("INTERRUPT Error")) return new TondoError("ABORTED", `${doing} was cancelled`, { cause: error });
  if (/No files found/i.test(first))
    return new TondoError("SOURCE_MISSING", `${doing}: ${brief}`, said("Check the path and the working folder."));
  if (
    /No space left|quota exceeded|File too large|Could not write|Permission denied|Read-only file system/i.test(message)
  ) {
    return new TondoError(
      "IO_FAILED",
      `${doing}: ${brief}`,
      said("Make room on the disk, or give a folder that can be written."),
    );
  }
  if (/Out of Memory/i.test(first)) return outOfRoom(message, brief, doing, error);
  if (
    /^(Invalid Input|Invalid|Conversion|Parser|IO|TProtocol|Serialization|Not implemented)/i.test(first) ||
    /parquet|csv/i.test(first)
  ) {
    return new TondoError(
      "SOURCE_UNREADABLE",
      `${doing}: ${brief}`,
      said("Check that the file is whole and of the format that its source declares."),
    );
  }
  return new TondoError("INTERNAL", `${doing}: ${brief}`, said("Please report it with this message."));
}

/** The first line of what DuckDB says; of a line of CSV that it cannot take the reason too, which stands behind that line. */
function briefOf(message: string, first: string): string {
  const line = /CSV Error on Line: (\d+)/.exec(first)?.[1];
  if (line === undefined) return first;
  const reason =
    /^(Expected Number of Columns|Error when converting|Value with unterminated quote|Invalid unicode|Maximum line size).*$/m;
  return `line ${line}: ${reason.exec(message)?.[0] ?? "it is no CSV"}`;
}

/** The file that a message names: of Parquet in its sentence, of CSV in the list below it. */
function fileOf(message: string): string | undefined {
  const [, listed] = /^\s*file = (.+)$/m.exec(message) ?? [];
  if (listed !== undefined) return listed;
  const [, , named, outside] = /\bfile:? (['"])(.+?)\1|\boutside file: (.+?), attempted/i.exec(message) ?? [];
  return named ?? outside;
}

/** DuckDB says "out of memory" of its memory and, of what it may spill, too. */
function outOfRoom(message: string, brief: string, doing: string, cause: unknown): TondoError {
  if (message.includes("max_temp_directory_size")) {
    return new TondoError("LIMIT_EXCEEDED", `${doing}: more would be spilled than \`spillLimit\` allows: ${brief}`, {
      hint: "Give a greater `spillLimit`, or more `memory`, so that less is spilled.",
      details: { limit: "spillLimit" },
      cause,
    });
  }
  return new TondoError("LIMIT_EXCEEDED", `${doing}: ${brief}`, {
    hint: "Give the engine more memory with `memory`, or a spill folder with room.",
    details: { limit: "memory" },
    cause,
  });
}

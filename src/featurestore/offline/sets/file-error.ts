import { TondoError } from "../../../core/index.ts";

/** What the file system itself says (no room, no right) as this library's error. */
export function fileError(error: unknown, output: string): unknown {
  const { code, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (error instanceof TondoError || code === undefined || syscall === undefined) return error;
  return new TondoError("IO_FAILED", `"${output}" cannot be made: ${error instanceof Error ? error.message : code}`, {
    where: output,
    hint: "Check that the folder above it can be written and has room.",
    cause: error,
  });
}

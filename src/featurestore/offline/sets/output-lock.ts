import { basename, dirname, join } from "node:path";
import { lockFile, TondoError } from "../../../core/index.ts";

/**
 * Takes an output folder for one run at a time, by a lock on a file beside the folder; the file goes away with the lock. It does not wait.
 *
 * @throws TondoError `HOME_BUSY` where another run is making the folder, `IO_FAILED`
 */
export function lockOutput(output: string): Disposable {
  const path = join(dirname(output), `.${basename(output)}.lock`);
  const lock = locked(path, output);
  if (lock !== undefined) return lock;
  throw new TondoError("HOME_BUSY", `another run is making "${output}"`, {
    where: output,
    hint: "Wait until it is done, or give another output folder.",
  });
}

function locked(path: string, output: string): Disposable | undefined {
  try {
    return lockFile(path);
  } catch (error) {
    throw new TondoError("IO_FAILED", `"${output}" cannot be made: nothing can be written beside it`, {
      where: path,
      hint: "Check that the folder above it can be written and has room.",
      cause: error,
    });
  }
}

import { open } from "node:fs/promises";
import { TondoError } from "../../core/index.ts";
import { Gate } from "./gate.ts";
import type { S3Object, S3Requests } from "./s3-requests.ts";

/**
 * Copies an object into a new file, in ranges that are asked for side by side. The file is on the disk when this is over; where it throws, what
 * is there is to be removed.
 *
 * @param stop is aborted where a range fails; once it is, here or by another copy, no further range is begun
 * @throws TondoError what {@link S3Requests.read} throws, or what `stop` was aborted with
 */
export async function fetchObject(
  requests: S3Requests,
  object: S3Object,
  path: string,
  { partBytes, concurrency }: { readonly partBytes: number; readonly concurrency: number },
  onBytes: (bytes: number) => void,
  stop: AbortController,
): Promise<void> {
  const file = await open(path, "wx");
  try {
    // Beyond what is under way at once, no further range is begun, so that a failure ends the copy.
    const gate = new Gate(concurrency);
    const part = (start: number): Promise<void> =>
      gate.pass(async () => {
        stop.signal.throwIfAborted();
        const end = Math.min(start + partBytes, object.bytes);
        let done = 0;
        await requests.read(object, start, end, async (bytes, at) => {
          await writeAll(file, bytes, at).catch((cause: unknown) => {
            throw notWritten(path, cause);
          });
          // A range that is sent again counts once.
          if (at + bytes.length - start > done) {
            onBytes(at + bytes.length - start - done);
            done = at + bytes.length - start;
          }
        });
      });
    const starts = Array.from({ length: Math.ceil(object.bytes / partBytes) }, (_, i) => i * partBytes);
    const came = await Promise.all(
      starts.map((start) =>
        part(start).then(
          () => true,
          (error: unknown) => {
            stop.abort(error);
            return false;
          },
        ),
      ),
    );
    // A copy that is whole is kept, whatever became of others meanwhile.
    if (came.includes(false)) stop.signal.throwIfAborted();
    await file.sync();
  } finally {
    await file.close();
  }
}

function notWritten(path: string, cause: unknown): TondoError {
  return new TondoError(
    "IO_FAILED",
    `"${path}" cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      where: path,
      hint: "Make room on the disk, or give `s3.cacheFolder` a folder that has it.",
      cause,
    },
  );
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, bytes: Uint8Array, at: number): Promise<void> {
  let from = 0;
  while (from < bytes.length) {
    const { bytesWritten } = await file.write(bytes, from, bytes.length - from, at + from);
    from += bytesWritten;
  }
}

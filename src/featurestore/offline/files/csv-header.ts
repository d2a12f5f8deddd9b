import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { TondoError } from "../../../core/index.ts";

/** How long the header of a CSV file may be, characters. */
export const maxHeaderLength = 1_000_000;

/**
 * The names in the first line of a CSV file, in order; it may be packed, as `.gz` or `.zst`. Read here and not by the engine, whose sniffer
 * looks for the line that goes best with those behind it: a row with a cell too many makes a row the header.
 *
 * @throws TondoError `SOURCE_UNREADABLE` where it has none, is no UTF-8, or longer than {@link maxHeaderLength}; `IO_FAILED`
 */
export async function headerOf(path: string, what: string): Promise<readonly string[]> {
  const unreadable = (message: string, hint: string, cause?: unknown): TondoError =>
    new TondoError("SOURCE_UNREADABLE", `${what}: ${message}`, {
      where: path,
      hint,
      ...(cause === undefined ? {} : { cause }),
    });
  const line = new FirstLine();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const take = async (parts: AsyncIterable<Buffer>): Promise<void> => {
    for await (const part of parts) {
      line.take(decoder.decode(part, { stream: true }));
      if (line.isWhole || line.length > maxHeaderLength) return;
    }
    line.take(decoder.decode());
  };
  try {
    const file = createReadStream(path);
    if (/\.gz$/i.test(path)) await pipeline(file, createGunzip(), take);
    else if (/\.zst$/i.test(path)) await pipeline(file, createZstdDecompress(), take);
    else await pipeline(file, take);
  } catch (error) {
    // Whoever has read enough, and goes, hears that the rest was cut off.
    if (!line.isWhole && line.length <= maxHeaderLength) throw faultOf(error, path, unreadable);
  }
  if (line.length > maxHeaderLength)
    throw unreadable(
      `the header is longer than ${String(maxHeaderLength)} characters`,
      "Check that quotes are closed and that the first line is the header.",
    );
  if (line.isQuoted)
    throw unreadable("the header has a quote that is not closed", 'Double a quote inside a name: "a ""b""".');
  const names = line.cells();
  if (names.every((name) => name === ""))
    throw unreadable("there is no header", "Write the names of the columns as the first line.");
  return names;
}

function faultOf(
  error: unknown,
  path: string,
  unreadable: (message: string, hint: string, cause: unknown) => TondoError,
): TondoError {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) {
    return new TondoError("IO_FAILED", `"${path}" cannot be read`, {
      where: path,
      hint: "Check that the file is there and may be read.",
      cause: error,
    });
  }
  return code === "ERR_ENCODING_INVALID_ENCODED_DATA"
    ? unreadable("the file is no UTF-8", "Write it in UTF-8; what is packed is named .csv.gz or .csv.zst.", error)
    : unreadable("the file cannot be unpacked", "Check that it is whole.", error);
}

/** The first line as RFC 4180 has it: a quoted cell may hold commas, lines and doubled quotes. */
class FirstLine {
  #text = "";
  #quoted = false;
  #end = -1;

  get isWhole(): boolean {
    return this.#end >= 0;
  }

  get isQuoted(): boolean {
    return this.#quoted && !this.isWhole;
  }

  get length(): number {
    return this.#text.length;
  }

  take(part: string): void {
    for (let i = 0; i < part.length && this.#end < 0; i++) {
      const sign = part[i];
      if (sign === '"') this.#quoted = !this.#quoted;
      else if (!this.#quoted && (sign === "\n" || sign === "\r")) this.#end = this.#text.length + i;
    }
    this.#text += part;
    if (this.isWhole) this.#text = this.#text.slice(0, this.#end);
  }

  cells(): readonly string[] {
    const cells: string[] = [];
    let cell = "";
    let quoted = false;
    for (let i = 0; i < this.#text.length; i++) {
      const sign = this.#text[i] ?? "";
      if (sign === '"' && quoted && this.#text[i + 1] === '"') cell += this.#text[i++] ?? "";
      else if (sign === '"') quoted = !quoted;
      else if (sign === "," && !quoted) {
        cells.push(cell);
        cell = "";
      } else cell += sign;
    }
    return [...cells, cell];
  }
}

import { TondoError } from "../../../core/index.ts";
import type { HeldFiles, HoldOptions, RemoteFiles } from "./remote-files.ts";

/** Where the paths of sources and of training rows lead. Whoever reads files is handed it whole, from whoever opened the project. */
export interface FilePlaces {
  /** The project folder, which relative paths start from. */
  readonly folder: string;
  /** Where paths lead that are none of the file system: `s3://...`. */
  readonly remote?: RemoteFiles | undefined;
  /** What a piece of work holds of {@link FilePlaces.remote}; made by {@link holdingFiles}. */
  readonly held?: HeldFiles | undefined;
}

/** The places alone, of what says more: to be spread into what is asked of another. */
export function placesOf({ folder, remote, held }: FilePlaces): FilePlaces {
  return { folder, ...(remote === undefined ? {} : { remote }), ...(held === undefined ? {} : { held }) };
}

/**
 * Does a piece of work whose remote files stay as it first found them, also where a part of it asks for the same again. Errors name those files,
 * not their copies.
 */
export async function holdingFiles<P extends FilePlaces, T>(
  places: P,
  options: HoldOptions,
  work: (places: P) => Promise<T>,
): Promise<T> {
  if (places.remote === undefined || places.held !== undefined) return work(places);
  const held = places.remote.hold(options);
  try {
    return await work({ ...places, held });
  } catch (error) {
    throw withNames(error, held);
  } finally {
    await held.close();
  }
}

/** An error that speaks of copies, as one of the files that they are copies of. */
function withNames(error: unknown, held: HeldFiles): unknown {
  if (!(error instanceof TondoError)) return error;
  const named = (text: string): string => held.inNames(text);
  const { code, message, where, hint, details, cause } = error;
  const texts = [message, where ?? "", hint ?? ""];
  if (texts.every((text) => named(text) === text)) return error;
  return new TondoError(code, named(message), {
    ...(where === undefined ? {} : { where: named(where) }),
    ...(hint === undefined ? {} : { hint: named(hint) }),
    details,
    cause: cause ?? error,
  });
}

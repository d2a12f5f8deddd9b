import { ownFolder, type OwnFolder, TondoError } from "../../core/index.ts";

/**
 * Makes an engine's own folder in the one that it may spill to; what killed processes left there is removed.
 *
 * @throws TondoError `IO_FAILED`
 */
export function openSpillFolder(folder: string): OwnFolder {
  try {
    return ownFolder(folder, "spill");
  } catch (error) {
    throw new TondoError("IO_FAILED", `the spill folder "${folder}" cannot be made`, {
      where: folder,
      hint: "Give a folder that can be written.",
      cause: error,
    });
  }
}

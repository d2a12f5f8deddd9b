/** Bounds of what is read from a folder. */
export interface FolderLimits {
  /** How often it is looked for new lines and files, milliseconds. */
  readonly pollMs: number;
  /** How many bytes of a file are read at once. */
  readonly bytesAtOnce: number;
  /** How long a line may be, bytes. */
  readonly maxLineBytes: number;
}

/** The defaults of {@link FolderLimits}. */
export const defaultFolderLimits: FolderLimits = { pollMs: 50, bytesAtOnce: 1 << 20, maxLineBytes: 64 << 20 };

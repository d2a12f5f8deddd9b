import type { Progress } from "../../../core/index.ts";

/** A file of another place than the file system, and its copy here. */
export interface RemoteFile {
  /** As the place itself names it: `s3://bucket/key`. */
  readonly name: string;
  /** The copy, absolute. It is never written again. */
  readonly copy: string;
}

/** How work with files of another place is watched and ended. */
export interface HoldOptions {
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Files of another place as one piece of work sees them: what it found once stays as it is, and its copies stay too, until it is closed. */
export interface HeldFiles {
  /**
   * The files that a path stands for, sorted by name, each copied whole; the first alone where only that is read. Asked again, the
   * answer is the same.
   *
   * @throws TondoError `SOURCE_MISSING` where there is none, `SOURCE_CHANGED` where one was replaced while it was copied, `LIMIT_EXCEEDED`,
   * `STORAGE_DENIED`, `STORAGE_UNAVAILABLE`, `STORAGE_FAILED`, `DRIVER_MISSING`, `ABORTED`
   */
  files(path: string, what: string, reads: "all" | "first"): Promise<readonly RemoteFile[]>;
  /** The name of the file that a copy is of; `undefined` of any other path. */
  nameOf(copy: string): string | undefined;
  /** A text with the names of files in place of their copies. */
  inNames(text: string): string;
  close(): Promise<void>;
}

/** A place of files beside the file system, such as S3. */
export interface RemoteFiles {
  /** Whether a path is one of its own. */
  owns(path: string): boolean;
  /** Begins a piece of work. Nothing is asked of the place until a path of it is. */
  hold(options: HoldOptions): HeldFiles;
}

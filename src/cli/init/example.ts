/** A file that an example writes. */
export interface ExampleFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly about: string;
}

/** A small project that `tondo init` makes. */
export interface Example {
  readonly files: readonly ExampleFile[];
  /** Writes all of the files, each atomically; the definitions last. */
  write(folder: string): Promise<void>;
}

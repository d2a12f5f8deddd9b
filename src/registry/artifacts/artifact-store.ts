/** Where packages are kept: bytes named by their SHA-256. A port; every adapter passes the same suite. */
export interface ArtifactStore {
  /**
   * Keeps bytes and returns their SHA-256, once they would survive a loss of power. Keeping them again is nothing
   * new, but mends a copy that was damaged.
   * @throws TondoError `IO_FAILED`
   */
  put(bytes: Uint8Array): Promise<string>;
  /**
   * The bytes of a digest, verified.
   * @throws TondoError `PACKAGE_MISSING`, `PACKAGE_CORRUPT`, `IO_FAILED`
   */
  get(digest: string): Promise<Uint8Array>;
  /** Whether there is something of this digest, without reading it. */
  has(digest: string): Promise<boolean>;
}

import type { FeatureReader } from "./featurestore/index.ts";

/** The readers that an opened folder has made, also before definitions were applied anew: whoever asked for one may read with it still. It keeps none of them alive. */
export class OpenedReaders {
  readonly #made: Set<WeakRef<FeatureReader>> = new Set<WeakRef<FeatureReader>>();

  /** Gives the reader back. */
  add(reader: FeatureReader): FeatureReader {
    for (const one of this.#made) if (one.deref() === undefined) this.#made.delete(one);
    this.#made.add(new WeakRef(reader));
    return reader;
  }

  /** Has all of them forget a key: see {@link FeatureReader.evictKey}. */
  evictKey(...key: Parameters<FeatureReader["evictKey"]>): void {
    for (const one of this.#made) one.deref()?.evictKey(...key);
  }
}

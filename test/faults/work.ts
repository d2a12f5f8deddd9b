import type { Engine } from "../../src/featurestore/duckdb/index.ts";

/** Some work that a process may be ended in, what there is before it, and what must hold after. */
export interface Work {
  readonly name: string;
  /** Every point that it passes, without `before` and `after`. */
  readonly points: readonly string[];
  /** Whether how often it passes a point depends on what comes first: then it ends in the first half of the times that were counted. */
  readonly isTimed?: true;
  /** Makes a home. All that it did was acknowledged. */
  prepare(home: string, seed: number, engine: Engine): Promise<void>;
  /** Does the work, in a process of its own, and acknowledges what it has done. */
  run(home: string, seed: number): Promise<void>;
  /**
   * Holds what is there after the process against the oracle, then does the work again and holds what is there then.
   *
   * @param acknowledged what the process had acknowledged
   * @throws where something acknowledged is lost, or what is there was never so
   */
  check(home: string, seed: number, acknowledged: readonly string[], engine: Engine): Promise<void>;
}

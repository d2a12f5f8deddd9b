/** Units that figures are shown in, with the nanoseconds of each. */
export const timeUnits = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 } as const;

/** A unit of time for each piece of work: `us/get`, `ns/row`; or of the whole call: `s`. */
export type FigureUnit = keyof typeof timeUnits | `${keyof typeof timeUnits}/${string}`;

/** Benchmarks of one module; `benchmarks/<name>/index.ts` has one as its default export. */
export interface Suite {
  readonly name: string;
  /** Ours against hand-written floors: what a careful person would write for this one case alone. */
  readonly cases: readonly Case[];
  /** Ours against other products; they need what is not installed by default and run with `--peers` only. */
  readonly peers?: readonly Case[];
}

/** One comparison: the same work on the same data, done by ours and by something else. */
export interface Case {
  readonly name: string;
  /** What the baseline is, in a few words: `bare DuckDB ASOF`. */
  readonly against: string;
  readonly unit: FigureUnit;
  /** Makes the data; not measured. */
  setup(): Promise<Contest> | Contest;
}

/** A case whose data stand ready. */
export interface Contest {
  /** Pieces of work (rows, keys, calls) in one call of `ours` and in one of `baseline`; figures are time by piece. */
  readonly pieces: number;
  /** One call of our code. What it gives back is kept from being optimised away. */
  ours(): unknown;
  /** The same work done the other way; or the time that it takes or may take: a stated target, or what another program measured of itself. */
  readonly baseline: (() => unknown) | { readonly nanoseconds: number };
  /** Runs before anything is measured; throws where the two did not come to the same result. */
  verify(): Promise<void> | void;
  /** Frees what `setup` opened. */
  close?(): Promise<void> | void;
}

/** What a case came to. */
export interface Figure {
  readonly suite: string;
  readonly case: string;
  /** Median of the rounds, in `unit`. */
  readonly ours: number;
  readonly baseline: number;
  readonly against: string;
  readonly unit: FigureUnit;
  /** Time of ours by time of the baseline: under 1 is faster. */
  readonly ratio: number;
}

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
  /** Samples of each side, where a call takes minutes: at least 5, and no more than asked for. */
  readonly rounds?: number;
  /** Calls of each side before those; default 2. None where each call is a process of its own. */
  readonly warmUps?: number;
  /** Takes so long that it only runs when `--only` names it in full. */
  readonly onRequest?: boolean;
  /** Makes the data; not measured. */
  setup(): Promise<Contest> | Contest;
}

/** A case whose data stand ready. */
export interface Contest {
  /** Pieces of work (rows, keys, calls) in one call of `ours` and in one of `baseline`; figures are time by piece. */
  readonly pieces: number;
  /** Of one call of `baseline`, where it does another number of pieces. */
  readonly baselinePieces?: number;
  /** One call of our code. What it gives back is kept from being optimised away; an `OwnTime` is what it took. */
  ours(): unknown;
  /** The same work done the other way; or the time that it takes or may take: a stated target, or what another program measured of itself. */
  readonly baseline: (() => unknown) | { readonly nanoseconds: number };
  /** Runs before anything is measured; throws where the two did not come to the same result. */
  verify(): Promise<void> | void;
  /** What else was measured, by names with their units such as `peak_mb`; asked for at the end. */
  also?(): Readonly<Record<string, number>>;
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
  /** What else was measured, by names with their units. */
  readonly also?: Readonly<Record<string, number>>;
}

import { compile, compileRows, parseProject, type Raw, type RawColumn, type RowProgram } from "../../src/dsl/index.ts";
import type { Case, Suite } from "../harness/suite.ts";
import { fiveByHand, type TwentyColumns, twentyByHand } from "./by-hand.ts";
import { thousandFeatures, vectorPlan } from "./vectors.ts";

/** Numbers between 0 and 1, the same in each run. */
function dice(): () => number {
  let state = 20_240_229;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const kinds = ["thai", "pizza", "sushi", "burger", "ramen"];
const names = ["The Golden Spoon", "Trattoria da Luigi", "the corner", "Café Zoë", "Ramen-ya 24"];

/** A column of a leaf: one in ten of what is read from a store is missing, nothing of what a request names. */
function column(leaf: string, n: number, next: () => number): RawColumn {
  const optional = leaf.startsWith("stored:");
  const missing = (): boolean => optional && next() < 0.1;
  const pick = (from: readonly string[]): Raw => (missing() ? null : (from[Math.floor(next() * from.length)] ?? null));
  if (leaf.endsWith("kind")) return Array.from({ length: n }, () => pick(kinds));
  if (leaf.endsWith("name")) return Array.from({ length: n }, () => pick(names));
  const scale = leaf === "now" ? 1.7e15 : leaf.endsWith("seats") || leaf.includes("__n_") ? 200 : 60;
  const whole = scale !== 60 || leaf.endsWith("items");
  return Float64Array.from({ length: n }, () => {
    const value = next() * scale;
    return missing() ? NaN : whole ? Math.floor(value) : value;
  });
}

interface Ready {
  readonly program: RowProgram;
  readonly columns: readonly RawColumn[];
  readonly ours: readonly Float64Array[];
  readonly theirs: readonly Float64Array[];
}

function ready(vector: string, n: number): Ready {
  const { slots } = vectorPlan(vector);
  const program = compileRows(slots);
  const next = dice();
  const results = (): readonly Float64Array[] => slots.map(() => new Float64Array(n));
  return {
    program,
    columns: program.leaves.map(({ name }) => column(name, n, next)),
    ours: results(),
    theirs: results(),
  };
}

function same({ ours, theirs, program }: Ready): void {
  for (const [i, own] of ours.entries()) {
    for (let r = 0; r < own.length; r++) {
      if (Object.is(own[r], theirs[i]?.[r])) continue;
      throw new Error(
        `${program.outputs[i]?.name ?? ""} of row ${String(r)}: ${String(own[r])} and ${String(theirs[i]?.[r])}`,
      );
    }
  }
}

/** The columns of `twenty` as its hand-written twin names them. */
function byName({ program }: Ready, columns: readonly RawColumn[]): TwentyColumns {
  const of = (name: string): RawColumn => columns[program.leaves.findIndex((leaf) => leaf.name === name)] ?? [];
  const number = (name: string): Float64Array => of(name) as Float64Array;
  const stored = (name: string): string => `stored:shop__shop__${name}`;
  return {
    mean_7d: number(stored("kitchen__mean_7d")),
    mean_1d: number(stored("kitchen__mean_1d")),
    n_1h: number(stored("kitchen__n_1h")),
    n_1d: number(stored("kitchen__n_1d")),
    km: number("column:km"),
    items: number("column:items"),
    lat: number("column:lat"),
    lon: number("column:lon"),
    shop_lat: number(stored("profile__lat")),
    shop_lon: number(stored("profile__lon")),
    seats: number(stored("profile__seats")),
    rating: number(stored("profile__rating")),
    now: number("now"),
    name: of(stored("profile__name")) as Raw[],
    kind: of(stored("profile__kind")) as Raw[],
  };
}

/** Rows one at a time, as a request comes: each call reads and writes one row of its own. */
function oneByOne(columns: readonly RawColumn[], rows: number): readonly (readonly RawColumn[])[] {
  return Array.from({ length: rows }, (_, r) =>
    columns.map((values) => (values instanceof Float64Array ? values.slice(r, r + 1) : [values[r] ?? null])),
  );
}

const many = 1_000;

const vector5: Case = {
  name: "vector-5",
  against: "the same by hand, one row a call",
  unit: "ns/row",
  setup: () => {
    const made = ready("five", many);
    const rows = oneByOne(made.columns, many);
    const out = made.ours.map(() => new Float64Array(1));
    return {
      pieces: many,
      ours: () => {
        for (const row of rows) made.program.run(1, row, out);
        return out;
      },
      baseline: () => {
        for (const row of rows) fiveByHand(1, row, out);
        return out;
      },
      verify: () => {
        made.program.run(many, made.columns, made.ours);
        fiveByHand(many, made.columns, made.theirs);
        same(made);
      },
    };
  },
};

const vector20: Case = {
  name: "vector-20",
  against: "the same by hand, one row a call",
  unit: "ns/row",
  setup: () => {
    const made = ready("twenty", many);
    const rows = oneByOne(made.columns, many);
    const named = rows.map((columns) => byName(made, columns));
    const out = made.ours.map(() => new Float64Array(1));
    return {
      pieces: many,
      ours: () => {
        for (const row of rows) made.program.run(1, row, out);
        return out;
      },
      baseline: () => {
        for (const row of named) twentyByHand(1, row, out);
        return out;
      },
      verify: () => {
        made.program.run(many, made.columns, made.ours);
        twentyByHand(many, byName(made, made.columns), made.theirs);
        same(made);
      },
    };
  },
};

const chunk20: Case = {
  name: "chunk-20",
  against: "the same by hand, a million rows in chunks of 2,048",
  unit: "ns/row",
  setup: () => {
    // A chunk fits into a cache, as it does on its way through DuckDB.
    const size = 2_048;
    const made = ready("twenty", size);
    const named = byName(made, made.columns);
    const chunks = Math.ceil(1_000_000 / size);
    return {
      pieces: chunks * size,
      ours: () => {
        for (let chunk = 0; chunk < chunks; chunk++) made.program.run(size, made.columns, made.ours);
        return made.ours;
      },
      baseline: () => {
        for (let chunk = 0; chunk < chunks; chunk++) twentyByHand(size, named, made.theirs);
        return made.theirs;
      },
      verify: () => {
        made.program.run(size, made.columns, made.ours);
        twentyByHand(size, named, made.theirs);
        same(made);
      },
    };
  },
};

const compile1000: Case = {
  name: "compile-1000",
  against: "reading the same text without checking it: tokens, grammar and tree",
  unit: "ms",
  setup: () => {
    const files = [{ path: "thousand.tondo", text: thousandFeatures() }];
    return {
      pieces: 1,
      ours: () => compile(parseProject(files), new Map()),
      baseline: () => parseProject(files),
      verify: () => {
        const { plan, diagnostics } = compile(parseProject(files), new Map());
        const features = plan?.groups.reduce((sum, group) => sum + group.features.length, 0) ?? 0;
        if (features < 1_000) throw new Error(diagnostics[0]?.message ?? `${String(features)} features`);
      },
    };
  },
};

const suite: Suite = { name: "dsl", cases: [vector20, vector5, chunk20, compile1000] };
export default suite;

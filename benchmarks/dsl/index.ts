import { compile, formatText, parseProject, type RowCells, rowCells, type RowMode } from "../../src/dsl/index.ts";
import type { Case, Suite } from "../harness/suite.ts";
import { fiveByHand, fiveLeaves, twentyByHandRow, twentyLeaves, zonesByHandRow } from "./by-hand-row.ts";
import { type TwentyColumns, twentyByHand } from "./by-hand.ts";
import { columnOf, ready, type Ready, rowsOf, same } from "./data.ts";
import { feastOnDemand } from "./feast-on-demand.ts";
import { manyFeatures } from "./vectors.ts";

/** The columns of `twenty` as its hand-written twin names them. */
function byName(made: Ready): TwentyColumns {
  const number = (name: string): Float64Array => columnOf(made, name) as Float64Array;
  return {
    mean_7d: number("mean_7d"),
    mean_1d: number("mean_1d"),
    n_1h: number("n_1h"),
    n_1d: number("n_1d"),
    km: number("km"),
    items: number("items"),
    lat: number("lat"),
    lon: number("lon"),
    shop_lat: number("profile__lat"),
    shop_lon: number("profile__lon"),
    seats: number("seats"),
    rating: number("rating"),
    now: number("now"),
    name: columnOf(made, "name") as TwentyColumns["name"],
    kind: columnOf(made, "kind") as TwentyColumns["kind"],
  };
}

/** So many that they stay in a cache, as the cells of a service do, which are the same for each request. */
const many = 128;

/** One row a call, as a request comes. */
function vectorCase(
  name: string,
  vector: string,
  leaves: readonly string[],
  byHand: (given: RowCells, results: RowCells) => void,
  mode?: RowMode,
): Case {
  return {
    name,
    against: "the same by hand, one row a call",
    unit: "ns/row",
    setup: () => {
      const made = ready(vector, many, mode);
      const { program, columns } = made;
      const rows = rowsOf(columns, many);
      const named = rowsOf(
        leaves.map((leaf) => columnOf(made, leaf)),
        many,
      );
      const [ours, theirs] = [rowCells(program.outputs.length), rowCells(program.outputs.length)];
      return {
        pieces: many,
        ours: () => {
          for (const row of rows) program.row(row, ours);
          return ours;
        },
        baseline: () => {
          for (const row of named) byHand(row, theirs);
          return theirs;
        },
        verify: () => {
          for (const [r, row] of rows.entries()) {
            program.row(row, ours);
            byHand(named[r] ?? theirs, theirs);
            same({ program, ours: [ours.numbers], theirs: [theirs.numbers] });
          }
        },
      };
    },
  };
}

function chunkCase(name: string, mode?: RowMode): Case {
  return {
    name,
    against: "the same by hand, a million rows in chunks of 2,048",
    unit: "ns/row",
    setup: () => {
      // A chunk fits into a cache, as it does on its way through DuckDB.
      const size = 2_048;
      const made = ready("twenty", size, mode);
      const named = byName(made);
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
}

/** From text to a plan, against the time that it may take. */
function compileCase(name: string, features: number, milliseconds: number): Case {
  return {
    name,
    against: `at most ${String(milliseconds)} ms`,
    unit: "ms",
    setup: () => {
      const files = [{ path: "many.tondo", text: manyFeatures(features / 50) }];
      return {
        pieces: 1,
        ours: () => compile(parseProject(files), new Map()),
        baseline: { nanoseconds: milliseconds * 1e6 },
        verify: () => {
          const { plan, diagnostics } = compile(parseProject(files), new Map());
          const count = plan?.groups.reduce((sum, group) => sum + group.features.length, 0) ?? 0;
          if (count < features) throw new Error(diagnostics[0]?.message ?? `${String(count)} features`);
        },
      };
    },
  };
}

/** A file's one form from its text, against the time that it may take. */
function formatCase(name: string, features: number, milliseconds: number): Case {
  return {
    name,
    against: `at most ${String(milliseconds)} ms`,
    unit: "ms",
    setup: () => {
      const file = { path: "many.tondo", text: manyFeatures(features / 50) };
      return {
        pieces: 1,
        ours: () => formatText(file),
        baseline: { nanoseconds: milliseconds * 1e6 },
        verify: () => {
          const { text, diagnostics } = formatText(file);
          if (text === undefined) throw new Error(diagnostics[0]?.message ?? "no text");
          if (formatText({ ...file, text }).text !== text) throw new Error("formatting again changes the text");
        },
      };
    },
  };
}

const suite: Suite = {
  name: "dsl",
  cases: [
    vectorCase("vector-20", "twenty", twentyLeaves, twentyByHandRow),
    vectorCase("vector-20-zones", "zones", twentyLeaves, zonesByHandRow),
    vectorCase("vector-5", "five", fiveLeaves, fiveByHand),
    chunkCase("chunk-20"),
    vectorCase("closures-20", "twenty", twentyLeaves, twentyByHandRow, "closures"),
    chunkCase("closures-chunk-20", "closures"),
    compileCase("compile-1000", 1_000, 500),
    compileCase("check-10000", 10_000, 4_000),
    formatCase("fmt-10000", 10_000, 4_000),
  ],
  peers: [feastOnDemand],
};
export default suite;

import { compileRows, rowCells } from "../../../src/dsl/index.ts";
import { compileText } from "../check-one.ts";

/**
 * Prints how many bytes a row leaves behind, for each of the vectors whose slots its argument holds, as JSON. Started by
 * `garbage.test.ts` with a young generation that no run fills, so that nothing is collected meanwhile.
 */
const rows = 200_000;

function bytesOf(slots: string): number {
  const { plan, diagnostics } = compileText(`entity shop (id: string)
vector v {
  key shop
  input x: float, y: float, z: float, w: float, tz: string
  ${slots}
}`);
  const [vector] = plan?.vectors ?? [];
  if (vector === undefined) throw new Error(JSON.stringify(diagnostics));
  const program = compileRows(vector.slots);
  const given = rowCells(program.leaves.length);
  const results = rowCells(program.outputs.length);
  for (const [cell, { kind }] of program.leaves.entries()) if (kind === "string") given.others[cell] = "Asia/Kolkata";
  const starts = Float64Array.from(program.leaves, ({ kind }) =>
    kind === "string" ? NaN : kind === "timestamp" ? 1_709_210_096_789_000 : 0.25,
  );
  const steps = Float64Array.from(program.leaves, ({ kind }, cell) => (kind === "timestamp" ? 60_000_000 : cell + 1));
  const run = (): void => {
    for (let row = 0; row < rows; row++) {
      for (let cell = 0; cell < starts.length; cell++)
        given.numbers[cell] = (starts[cell] ?? 0) + (row % 1000) * (steps[cell] ?? 0);
      program.row(given, results);
    }
  };
  // The engine's own work, such as compiling what became hot, is in some of the runs only.
  const measured = Array.from({ length: 6 }, () => {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    run();
    return (process.memoryUsage().heapUsed - before) / rows;
  });
  return Math.min(...measured);
}

const vectors = JSON.parse(process.argv[2] ?? "[]") as readonly string[];
process.stdout.write(JSON.stringify(vectors.map(bytesOf)));

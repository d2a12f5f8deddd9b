import { expect, it } from "vitest";
import { conform } from "./conform.ts";

/** One share of the random expressions that every run of the tests compares; each has rows and expressions of its own. */
export function comparesWholeLibrary(share: number): void {
  const seed = Number(process.env["TONDO_SEED"] ?? 1_618_033) + share * 1_000_003;
  const wanted = Number(process.env["TONDO_EXPRESSIONS"] ?? 10_000);

  it("is the same by generated code, closures and the naive evaluator, to the bit", { timeout: 300_000 }, () => {
    const { results, present, covered } = conform(seed, wanted);
    console.log(
      `seed ${String(seed)}: ${String(wanted)} expressions, ${String(results)} results, ${String(Math.round((100 * present) / results))} % present; least: ${covered[0]?.join(" ") ?? ""}`,
    );
    expect(present / results).toBeGreaterThan(0.5);
    expect(covered.filter(([, times]) => times < 100)).toEqual([]);
  });
}

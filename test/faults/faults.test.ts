import { describe, expect, it } from "vitest";
import { makeFaults, pointsOf } from "./faults.ts";
import { works } from "./works/index.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 5);
/** `npm run faults` ends processes at all of them, ten times. */
const stride = 31;

describe("a process that is killed", () => {
  it(
    `loses nothing that it acknowledged, and serves nothing that never was; it has all points that it should (seed ${String(seed)})`,
    { timeout: 600_000 },
    async () => {
      const points = works.flatMap(pointsOf);
      const made = await makeFaults({ works, kills: 1, seed, stride });
      expect(made.length).toBeGreaterThanOrEqual(Math.floor(points.length / stride));
      expect(new Set(made.map(({ work }) => work)).size).toBeGreaterThan(1);
    },
  );
});

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** Bytes a row: some numbers that V8 boxes between statements, at 16 bytes each, and no array, object or text. */
const vectors = {
  "of numbers": {
    slots: `
      a = x * y + z
      b = log1p(x) / (y + 1)
      c = x | clip(0, 5)
      d = x > y and z < w
      e = if(x > 1, y, z)
      f = max(x, y, z, w)`,
    most: 48,
  },
  "of a zone's clock": {
    slots: `
      a = hour(now, tz: tz)
      b = dow(now, tz: tz)
      c = month(now, tz: tz)`,
    most: 32,
  },
};

describe("one row after another", () => {
  it("leaves next to nothing behind", { timeout: 60_000 }, () => {
    const flags = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128"];
    const slots = JSON.stringify(Object.values(vectors).map((vector) => vector.slots));
    const printed = execFileSync(process.execPath, [...flags, join(import.meta.dirname, "garbage-probe.ts"), slots]);
    const measured = JSON.parse(printed.toString()) as readonly number[];
    expect(measured).toHaveLength(Object.keys(vectors).length);
    for (const [i, [name, { most }]] of Object.entries(vectors).entries())
      expect(measured[i], `bytes a row of a vector ${name}`).toBeLessThan(most);
  });
});

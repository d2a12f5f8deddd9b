import { describe, expect, it } from "vitest";
import { digestRows } from "../../../../src/featurestore/offline/sets/input-files.ts";

const digest = (value: unknown): Promise<string> => digestRows([{ value }], undefined);

describe("the digest of rows from memory", () => {
  it("is another one for values that make other files, however alike JSON writes them", async () => {
    const moment = new Date(0);
    const values: unknown[] = [moment, moment.toISOString(), 0, 0n, "0", "0n", { int: "0" }, "i0", "d0", "s"];
    values.push(null, Number.NaN, Number.POSITIVE_INFINITY, "NaN", [moment], [moment.toISOString()], [0n], ["0"]);
    const digests = await Promise.all(values.map(digest));
    expect(new Set(digests).size).toBe(values.length);
    expect(await digest(new Date(0))).toBe(await digest(moment));
  });
});

import { describe, expect, it } from "vitest";
import { checkedBounds } from "../../../src/featurestore/duckdb/engine-bounds.ts";

describe("bounds of an engine", () => {
  it("leave Node and the driver their share of the memory", () => {
    expect(checkedBounds({ memory: "2GB", threads: 2 })).toEqual({
      engineMemory: 1.68e9,
      threads: 2,
      spillLimit: 20e9,
    });
    expect(checkedBounds({ memory: "500MB" })).toMatchObject({ engineMemory: 180e6, threads: 1 });
    expect(checkedBounds({ memory: "512MB", spillLimit: "1GiB" })).toMatchObject({ spillLimit: 2 ** 30 });
    expect(checkedBounds({}).engineMemory).toBe(1.68e9);
  });
  it("name the smallest memory that works", () => {
    expect(() => checkedBounds({ memory: "499MB" })).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        hint: expect.stringContaining("at least 500MB") as string,
        details: { memory: "499MB", smallest: "500MB" },
      }),
    );
  });
  it.each([[{ memory: "much" }], [{ spillLimit: "-1GB" }], [{ threads: 0 }], [{ threads: 1.5 }]])(
    "refuse %j",
    (bounds) => {
      expect(() => checkedBounds(bounds)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    },
  );
});

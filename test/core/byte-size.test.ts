import { describe, expect, it } from "vitest";
import { parseBytes } from "../../src/core/index.ts";

describe("sizes", () => {
  it.each([
    ["0B", 0],
    ["512MB", 512e6],
    ["1.5 GB", 1.5e9],
    ["2gib", 2 ** 31],
    [" 20TiB ", 20 * 2 ** 40],
    ["1kb", 1000],
  ])("%s", (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });
  it.each(["", "much", "1", "-1GB", "1e3MB", "1.GB", "GB", "1PB", "99999999TB"])("%s is none", (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });
});

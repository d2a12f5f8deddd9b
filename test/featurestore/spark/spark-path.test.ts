import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filePatterns, isPlainPath, sparkPath } from "../../../src/featurestore/spark/index.ts";

describe("paths for Spark", () => {
  it("are plain, or Spark is not told of them", () => {
    for (const path of ["/data/a.parquet", "/data/date=2024-01-01/a b.parquet", "/home/a.b@c/~x/1+1.parquet"])
      expect(isPlainPath(path), path).toBe(true);
    for (const name of [
      "_a",
      ".a",
      "a*",
      "a?",
      "a[1]",
      "a{b,c}",
      "a,b",
      "a:b",
      "a'b",
      'a"b',
      "a;b",
      "a--b",
      "a\\b",
      "é",
      "a%20b",
      "a#b",
      "a`b",
      "${a}",
    ])
      expect(isPlainPath(`/data/${name}`), name).toBe(false);
  });

  it("lead elsewhere where a folder stands for another place, the longest first", () => {
    const paths = { "/mnt/lake": "s3a://lake", "/mnt/lake/hot": "hdfs://name/hot/", "/mnt/other": "/other" };
    expect(sparkPath("/mnt/lake/a/b.parquet", paths)).toBe("s3a://lake/a/b.parquet");
    expect(sparkPath("/mnt/lake/hot/b.parquet", paths)).toBe("hdfs://name/hot/b.parquet");
    expect(sparkPath("/mnt/lakes/b.parquet", paths)).toBe("/mnt/lakes/b.parquet");
    expect(sparkPath("/mnt/lake", paths)).toBe("s3a://lake");
    expect(sparkPath("/mnt/lake/..b/c", paths)).toBe("s3a://lake/..b/c");
    expect(sparkPath("/x", {})).toBe("/x");
  });

  it("are put together below the folder that they have in common", () => {
    expect(filePatterns([])).toEqual([]);
    expect(filePatterns(["/a/1"])).toEqual(["/a/1"]);
    expect(filePatterns(["/a/1", "/a/2"])).toEqual(["/a/{1,2}"]);
    expect(filePatterns(["/a/ab/1", "/a/abc/x/1", "/a/2"])).toEqual(["/a/{ab/1,abc/x/1,2}"]);
    expect(filePatterns(["/a/1", "/b/1"])).toEqual(["/{a/1,b/1}"]);
    const days = Array.from({ length: 1095 }, (_, i) => `/lake/day=${String(i)}/part-0.parquet`);
    expect(filePatterns(days).map((pattern) => pattern.slice(0, 30))).toEqual([
      "/lake/{day=0/part-0.parquet,da",
      "/lake/{day=500/part-0.parquet,",
      "/lake/{day=1000/part-0.parquet",
    ]);
  });

  it("are never put together across stores", () => {
    expect(filePatterns(["s3a://lake/a/1", "/a/1", "s3a://sea/a/1", "s3a://lake/b/1", "/a/2", "file:///a/1"])).toEqual([
      "s3a://lake/{a/1,b/1}",
      "/a/{1,2}",
      "s3a://sea/a/1",
      "file:///a/1",
    ]);
  });

  it("are put together so that each file is named once", () => {
    const files = fc.uniqueArray(
      fc
        .tuple(fc.constantFrom("/a", "/a/b", "/c", "s3a://lake", "s3a://lake/a"), fc.nat(2000))
        .map(([folder, i]) => `${folder}/${String(i)}.parquet`),
      { maxLength: 1200, size: "max" },
    );
    fc.assert(
      fc.property(files, (all) => {
        const named = filePatterns(all).flatMap((pattern) => {
          const [folder = "", names] = pattern.split("/{");
          return names === undefined
            ? [pattern]
            : names
                .slice(0, -1)
                .split(",")
                .map((name) => `${folder}/${name}`);
        });
        expect([...named].sort()).toEqual([...all].sort());
      }),
      { seed: 7, numRuns: 50 },
    );
  });
});

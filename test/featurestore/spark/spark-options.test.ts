import { describe, expect, it } from "vitest";
import { checkSparkOptions, maxShards, type SparkOptions } from "../../../src/featurestore/spark/index.ts";

const refused = (options: SparkOptions): string => {
  try {
    checkSparkOptions(options);
  } catch (error) {
    expect(error).toMatchObject({ name: "TondoError", code: "INVALID_ARGUMENT" });
    return (error as Error).message;
  }
  return "";
};

describe("the options of Spark", () => {
  it("take what clusters are run with", () => {
    for (const master of ["local[8]", "local[*]", "yarn", "spark://host:7077", "k8s://https://10.0.0.1:6443"]) {
      expect(
        refused({
          ...{ command: "/opt/spark/bin/spark-submit", master, shards: 400, scratch: "/mnt/shared" },
          conf: {
            "spark.executor.memory": "8g",
            "spark.sql.shuffle.partitions": "800",
            "spark.jars.packages": "a:b:1,c:d:2",
          },
          paths: { "/mnt/lake": "s3a://lake/v1", "/data": "/dbfs/data" },
        }),
      ).toBe("");
    }
  });

  it("refuse settings by which values could come out otherwise, and say why", () => {
    const conf = (name: string, value: string): string => refused({ conf: { [name]: value } });
    expect(conf("spark.sql.session.timeZone", "Europe/Rome")).toBe(
      "conf: spark.sql.session.timeZone = Europe/Rome: Tondo sets it to UTC",
    );
    expect(conf("spark.sql.session.timeZone", "UTC")).toBe("");
    expect(conf("spark.sql.files.ignoreCorruptFiles", "true")).toContain("Tondo sets it to false");
    expect(conf("spark.sql.files.maxRecordsPerFile", "1000")).toContain("Tondo sets it to 0");
    expect(conf("spark.sql.legacy.sizeOfNull", "true")).toContain("older releases");
    expect(conf("spark.sql.extensions", "x.Y")).toContain("what statements mean");
    expect(conf("spark.submit.deployMode", "cluster")).toContain("on this machine");
    expect(conf("not a setting", "1")).toContain("is no setting of Spark");
    for (const name of ["toString", "constructor"]) expect(conf(name, "x")).toBe("");
    expect(conf("spark.x", "a\nspark.y=b")).toContain("is no setting of Spark");
  });

  it("refuse what no command, master, count or place can be", () => {
    expect(refused({ command: "--conf" })).toContain("is no program");
    expect(refused({ command: " " })).toContain("is no program");
    expect(refused({ master: "local[2] --conf x=y" })).toContain("is none");
    for (const shards of [0, 1.5, maxShards + 1, Number.NaN])
      expect(refused({ shards })).toContain("no count of parts");
    expect(refused({ paths: { lake: "s3a://lake" } })).toContain("no place");
    expect(refused({ paths: { "/lake": "s3a://lake/it's" } })).toContain("no place");
  });
});

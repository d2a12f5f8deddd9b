import { join } from "node:path";
import type { SparkOptions } from "../../src/featurestore/spark/index.ts";
import { findJava, pysparkFolder } from "./pyspark.ts";

/**
 * A real Spark on this machine, for what runs the user's own `spark-sql`: small, quiet, and started fast. Much of what makes large joins fast
 * makes small ones slow.
 */
export async function localSpark(conf: Readonly<Record<string, string>> = {}): Promise<SparkOptions> {
  findJava();
  const packages = await pysparkFolder();
  return {
    command: join(packages, "pyspark", "bin", "spark-sql"),
    master: "local[2]",
    shards: 2,
    conf: {
      "spark.ui.enabled": "false",
      "spark.driver.memory": "1g",
      "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
      "spark.driver.bindAddress": "127.0.0.1",
      "spark.driver.host": "127.0.0.1",
      "spark.sql.shuffle.partitions": "1",
      "spark.sql.adaptive.enabled": "false",
      "spark.sql.codegen.wholeStage": "false",
      "spark.sql.codegen.factoryMode": "NO_CODEGEN",
      ...conf,
    },
  };
}

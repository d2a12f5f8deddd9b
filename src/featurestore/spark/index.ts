export { checkSparkOptions, maxShards, type SparkOptions } from "./spark-options.ts";
export { filePatterns, isPlainPath, sparkPath } from "./spark-path.ts";
export { SparkProcess } from "./spark-process.ts";

export { type BinaryMetrics, evaluateBinary } from "./binary.ts";
export { type Metric, type Metrics } from "./metric.ts";
export { evaluateRegression, type RegressionMetrics } from "./regression.ts";

export type { Prediction } from "./prediction.ts";
export {
  createPredictor,
  type Predictor,
  type PredictorOptions,
  type PredictRequest,
  type VectorRequestOf,
} from "./predictor.ts";
export type { Given, Keys } from "./request.ts";

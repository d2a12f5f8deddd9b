export {
  createPredictor,
  type Prediction,
  type Predictor,
  type PredictorOptions,
  type PredictRequest,
} from "./predictor.ts";
export type { Given, Keys } from "./request.ts";

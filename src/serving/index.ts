export type { Prediction } from "./prediction.ts";
export {
  createPredictor,
  type Predictor,
  type PredictorOptions,
  type PredictRequest,
  type UnavailableChoice,
  type VectorRequestOf,
} from "./predictor.ts";
export { fitOfVersion } from "./version-fit.ts";

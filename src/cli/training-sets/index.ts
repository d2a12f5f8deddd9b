export { trainingSetJson, trainingSetText } from "./training-set-text.ts";

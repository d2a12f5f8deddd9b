export { outputArguments, outputOptions } from "./output-arguments.ts";
export { trainingSetJson, trainingSetText } from "./training-set-text.ts";

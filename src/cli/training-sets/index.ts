export { outputArguments, outputOptions, wordOf } from "./output-arguments.ts";
export { trainingSetJson, trainingSetText } from "./training-set-text.ts";

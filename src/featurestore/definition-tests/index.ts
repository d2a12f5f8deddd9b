export { type DefinitionTestOptions, type DefinitionTestResult, runDefinitionTests } from "./run-definition-tests.ts";

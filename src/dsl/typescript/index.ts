export { projectTypesText, type ProjectTypesOptions } from "./project-types-text.ts";

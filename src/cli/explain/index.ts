export { explanationText, type ExplainPart } from "./explanation-text.ts";

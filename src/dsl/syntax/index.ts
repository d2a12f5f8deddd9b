export type * from "./ast.ts";
export { expressionParts } from "./expression-parts.ts";
export { defaultParseLimits, parse, type ParsedFile, type ParseLimits } from "./parse.ts";
export { arithmeticSigns, comparisonSigns, operatorSigns } from "./operators.ts";
export { didYouMean } from "./nearest.ts";
export { writtenName } from "./tokens.ts";
export { lexText, type LexedText, type Word } from "./words.ts";
export {
  type Comment,
  grammarRules,
  isNode,
  isWord,
  parseTree,
  type SyntaxNode,
  type SyntaxPart,
  type SyntaxToken,
  type SyntaxTree,
} from "./tree.ts";

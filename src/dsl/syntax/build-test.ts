import type { CstNode } from "chevrotain";
import type { ExpectClause, GivenClause, Identifier, TestDeclaration } from "./ast.ts";
import { buildComparison, buildExpression, identifier, stringOf } from "./build-expression.ts";
import { nodes, requiredNode, requiredToken, spanOf, spanOfToken, tokens } from "./cst.ts";
import type { DocComments } from "./docs.ts";

/** Builds the AST of one `test` rule. */
export function buildTest(node: CstNode, file: string, docs: DocComments): TestDeclaration {
  const span = spanOf(node, file);
  const doc = docs.take(span);
  return {
    kind: "test",
    name: text(node, file),
    ...(doc === undefined ? {} : { doc }),
    given: nodes(node, "given").map((child) => given(child, file)),
    expectations: nodes(node, "expectation").map((child) => expectation(child, file)),
    span,
  };
}

function given(node: CstNode, file: string): GivenClause {
  const [format] = (["parquet", "csv", "arrow", "kafka", "postgres"] as const).flatMap((word) =>
    tokens(node, `${word.charAt(0).toUpperCase()}${word.slice(1)}`).map((token) => ({
      format: word,
      span: spanOfToken(token, file),
    })),
  );
  return {
    source: identifier(requiredToken(node, "Name"), file),
    ...(format === undefined ? {} : { by: format }),
    cells: nodes(node, "cell").map((cell) => ({
      name: identifier(requiredToken(cell, "Name"), file),
      value: buildExpression(requiredNode(cell, "expression"), file),
    })),
    span: spanOf(node, file),
  };
}

function expectation(node: CstNode, file: string): ExpectClause {
  const value = buildExpression(requiredNode(node, "expression"), file);
  return { condition: buildComparison(value, node, file), at: text(node, file), span: spanOf(node, file) };
}

function text(node: CstNode, file: string): Identifier {
  const token = requiredToken(node, "String");
  return { text: stringOf(token, file), span: spanOfToken(token, file) };
}

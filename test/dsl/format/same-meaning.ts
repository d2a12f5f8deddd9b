import { expect } from "vitest";
import { canonicalJson } from "../../../src/core/index.ts";
import { formatText, groupFingerprint, vectorFingerprint } from "../../../src/dsl/index.ts";
import { isNode, parse, parseTree, type SyntaxPart } from "../../../src/dsl/syntax/index.ts";
import { compileText } from "../check-one.ts";

/** All that a text means: its plan with its fingerprints, docs, owners, and its errors but for their places. */
export function meaningOf(text: string): string {
  const { plan, about, diagnostics } = compileText(text);
  const sources = new Map(plan?.sources.map((source) => [source.name, source]));
  return canonicalJson({
    plan,
    fingerprints: [
      ...(plan?.groups ?? []).flatMap((group) => {
        const source = sources.get(group.source);
        return source === undefined ? [] : [groupFingerprint(group, source)];
      }),
      ...(plan?.vectors ?? []).map(vectorFingerprint),
    ],
    about: [...about].map(([name, entry]) => [name, { ...entry }]),
    diagnostics: diagnostics.map(({ code, message }) => [code, message]),
  });
}

/** What was read of a text, but for the places. */
function treeOf(text: string): string {
  const { declarations } = parse({ path: "a.tondo", text });
  return JSON.stringify(declarations, (key, part: unknown) => (key === "span" ? undefined : part));
}

/** The comments of a text, in order. */
export function commentsOf(text: string): readonly string[] {
  const { declarations, end } = parseTree({ path: "a.tondo", text });
  const found: string[] = [];
  const visit = (part: SyntaxPart): void => {
    if (isNode(part)) {
      part.children.forEach(visit);
    } else {
      found.push(...part.before.map((comment) => comment.text));
      if (part.behind !== undefined) found.push(part.behind.text);
    }
  };
  declarations.forEach(visit);
  return [...found, ...end.map((comment) => comment.text)];
}

/** Formats a text and holds what must hold of it; `undefined` where it cannot be read. What cannot be checked is only read. */
export function formatted(text: string, checked = true): string | undefined {
  const { text: result, diagnostics } = formatText({ path: "a.tondo", text });
  expect(result === undefined).toBe(diagnostics.length > 0);
  if (result === undefined) return undefined;
  expect(formatText({ path: "a.tondo", text: result })).toEqual({ text: result, diagnostics: [] });
  expect(commentsOf(result)).toEqual(commentsOf(text));
  if (checked) expect(meaningOf(result)).toBe(meaningOf(text));
  expect(treeOf(result)).toBe(treeOf(text));
  expect(result).not.toMatch(/[ \t\r]$/m);
  expect(result).not.toMatch(/\n\n\n|^\n|\n\n$/);
  if (result !== "") expect(result.endsWith("\n")).toBe(true);
  return result;
}

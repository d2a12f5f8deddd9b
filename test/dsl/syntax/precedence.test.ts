import { describe, expect, it } from "vitest";
import { type Expression, parse } from "../../../src/dsl/syntax/index.ts";

/** An expression with all its brackets. */
function shown(expression: Expression): string {
  switch (expression.kind) {
    case "literal":
      return String(expression.value);
    case "name":
      return expression.name.text;
    case "now":
      return "now";
    case "list":
      return `[${expression.items.map(shown).join(" ")}]`;
    case "reference":
      return `@${expression.entity.text}:${expression.group.text}:${expression.feature.text}${expression.key === undefined ? "" : `[${expression.key.map(shown).join(" ")}]`}`;
    case "call": {
      const window = expression.window === undefined ? "" : ` over ${String(expression.window.micros / 3.6e9)}h`;
      const where = expression.window?.where === undefined ? "" : ` where ${shown(expression.window.where)}`;
      return `(${[expression.name.text, ...expression.args.map(({ value }) => shown(value))].join(" ")}${window}${where})`;
    }
  }
}

function read(text: string): string {
  const { declarations, diagnostics } = parse({ path: "p.tondo", text: `vector v {\n x = ${text}\n}` });
  const [declaration] = declarations;
  const value = declaration?.kind === "vector" ? declaration.slots[0]?.value : undefined;
  return value === undefined ? (diagnostics[0]?.message ?? "nothing") : shown(value);
}

/** The precedence table of the reference, a row a test: each operator beside the next looser and the next tighter one. */
const table: readonly (readonly [text: string, meaning: string])[] = [
  // | is loosest, and goes to the left
  ["a | f | g", "(g (f a))"],
  ["a ?? b | f", "(f (coalesce a b))"],
  ["a + b | f(c)", "(f (add a b) c)"],
  ["a or b | f", "(f (or a b))"],
  // ?? then
  ["a ?? b ?? c", "(coalesce (coalesce a b) c)"],
  ["a or b ?? c or d", "(coalesce (or a b) (or c d))"],
  ["a ?? b + 1", "(coalesce a (add b 1))"],
  // or
  ["a or b or c", "(or (or a b) c)"],
  ["a or b and c", "(or a (and b c))"],
  ["a and b or c", "(or (and a b) c)"],
  // and
  ["a and b and c", "(and (and a b) c)"],
  ["a and not b", "(and a (not b))"],
  ["not a and b", "(and (not a) b)"],
  // not
  ["not not a", "(not (not a))"],
  ["not a == b", "(not (eq a b))"],
  ["not a in [1]", "(not (in a [1]))"],
  // comparisons
  ["a == b + c", "(eq a (add b c))"],
  ["a + b < c * d", "(lt (add a b) (mul c d))"],
  ["a != b", "(ne a b)"],
  ["a <= b", "(le a b)"],
  ["a >= b and a > c", "(and (ge a b) (gt a c))"],
  ["a + 1 in [1, 2]", "(in (add a 1) [1 2])"],
  ["a not in [1, 2]", "(not (in a [1 2]))"],
  ["a + b is missing", "(is_missing (add a b))"],
  ["a is not missing or b", "(or (not (is_missing a)) b)"],
  ["not a is missing", "(not (is_missing a))"],
  // + and -
  ["a - b - c", "(sub (sub a b) c)"],
  ["a + b - c", "(sub (add a b) c)"],
  ["a - b * c", "(sub a (mul b c))"],
  // * and /
  ["a / b / c", "(divide (divide a b) c)"],
  ["a * b / c", "(divide (mul a b) c)"],
  ["a * -b", "(mul a (neg b))"],
  ["-a * b", "(mul (neg a) b)"],
  // unary -
  ["--a", "(neg (neg a))"],
  ["-a ^ b", "(neg (pow a b))"],
  ["-2 ^ 2", "(neg (pow 2 2))"],
  ["- 5", "-5"],
  ["a - -5", "(sub a -5)"],
  // ^ goes to the right and takes a minus behind it
  ["a ^ b ^ c", "(pow a (pow b c))"],
  ["a ^ -b", "(pow a (neg b))"],
  ["a ^ -b ^ c", "(pow a (neg (pow b c)))"],
  // calls, brackets
  ["f(a) ^ 2", "(pow (f a) 2)"],
  ["-@a:b:c[k] ^ 2", "(neg (pow @a:b:c[k] 2))"],
  ["@a:b:c[k] | f", "(f @a:b:c[k])"],
  ["@a:b:c[k + 1, l | f] ?? d", "(coalesce @a:b:c[(add k 1) (f l)] d)"],
  ["(a | f) + 1", "(add (f a) 1)"],
  ["(a ?? b) + c", "(add (coalesce a b) c)"],
  ["f(a | g)", "(f (g a))"],
  // a window ends the call it belongs to; its condition goes as far as `or`
  ["count() over 1h + 1", "(add (count over 1h) 1)"],
  ["count() over 1h where a or b", "(count over 1h where (or a b))"],
  ["count() over 1h where a + 1 > b ?? 0", "(coalesce (count over 1h where (gt (add a 1) b)) 0)"],
];

describe("precedence", () => {
  it.each(table)("%s", (text, meaning) => {
    expect(read(text)).toBe(meaning);
  });

  it.each(["a < b < c", "a == b == c", "a is missing is missing", "a in [1] in [2]"])("%s does not chain", (text) => {
    expect(read(text)).toContain("does not fit here");
  });
});

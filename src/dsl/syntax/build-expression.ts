import type { CstNode, IToken } from "chevrotain";
import { durationUnits, type Span } from "../../core/index.ts";
import type { Argument, CallExpression, Expression, Identifier, ListExpression } from "./ast.ts";
import {
  identifierText,
  nodes,
  optionalNode,
  requiredNode,
  requiredToken,
  spanning,
  spanOf,
  spanOfToken,
  tokens,
  tokensInOrder,
} from "./cst.ts";
import { comparisonSigns, operatorSigns } from "./operators.ts";

/** Functions by their signs. */
const signFunctions: ReadonlyMap<string, string> = new Map([...operatorSigns].map(([name, sign]) => [sign, name]));

/** The longest name, of a column too. */
const maxName = 256;

/** The longest text written out, in UTF-16 units. */
const maxText = 65_536;

/** The most digits of a whole number that are read at all, zeros before it aside: whether it fits is for the checker to say. */
const maxDigits = 400;

/** What stops a file's expressions from being built: reported, not thrown further. */
export class BuildError extends Error {
  readonly span: Span;
  readonly code: string;
  readonly hint: string | undefined;
  constructor(code: string, message: string, span: Span, hint?: string) {
    super(message);
    this.code = code;
    this.span = span;
    this.hint = hint;
  }
}

/** The name a token spells, without backticks. */
export function identifier(token: IToken, file: string): Identifier {
  const text = identifierText(token);
  const span = spanOfToken(token, file);
  if (text.length <= maxName) return { text, span };
  throw new BuildError("bad-name", `a name may hold ${String(maxName)} characters`, span);
}

/** The largest version of a feature. */
const maxVersion = 9999;

/** A feature's name with the version behind it, if there is one: `prep_7d@2`. */
export function versionedName(name: IToken, version: IToken | undefined, file: string): Identifier {
  const plain = identifier(name, file);
  if (version === undefined) return plain;
  const span = spanning(plain.span, spanOfToken(version, file));
  const bare = name.image;
  if (span.end - span.start !== bare.length + 1 + version.image.length) {
    throw new BuildError(
      "bad-version",
      "a version stands right behind the name",
      span,
      `write ${bare}@${version.image}`,
    );
  }
  if (version.image === "1") {
    throw new BuildError("bad-version", "version 1 has no suffix", span, `write ${bare}`);
  }
  if (!/^[1-9]\d*$/.test(version.image) || Number(version.image) > maxVersion) {
    const hint = `a version is a whole number from 2 to ${String(maxVersion)}`;
    throw new BuildError("bad-version", `there is no version ${version.image.slice(0, 40)}`, span, hint);
  }
  return { text: `${plain.text}@${version.image}`, version: Number(version.image), span };
}

/** The text of a string literal. Escapes are JSON's. */
export function stringOf(token: IToken, file: string): string {
  const span = spanOfToken(token, file);
  if (token.image.length > maxText) {
    throw new BuildError("text-too-long", `a text may hold ${String(maxText)} characters`, span);
  }
  try {
    const text = JSON.parse(token.image) as string;
    if (text.isWellFormed()) return text;
  } catch {
    // Reported below: the token is a string by shape, so only an escape can be wrong.
  }
  throw new BuildError(
    "bad-string",
    "this text has an escape that does not exist, or a character that must be one",
    span,
    'escapes are \\" \\\\ \\n \\r \\t \\b \\f \\/ and \\u0041',
  );
}

/** A duration literal in microseconds. */
export function durationOf(token: IToken, file: string): number {
  const match = /^(\d+)(\p{L}+)$/u.exec(token.image);
  const unit = match?.[2] as keyof typeof durationUnits;
  const micros = Number(match?.[1]) * durationUnits[unit];
  if (Number.isSafeInteger(micros)) return micros;
  throw new BuildError("bad-duration", "this duration is longer than 285 years", spanOfToken(token, file));
}

/** Builds the expression of an `expression` rule, or of any rule below it. */
export function buildExpression(node: CstNode, file: string): Expression {
  switch (node.name) {
    case "expression":
      return nodes(node, "pipeStep").reduce((input, step) => pipe(input, step, file), only(node, "orElse", file));
    case "orElse":
      return leftFold(node, "disjunction", "coalesce", "??", file);
    case "disjunction":
      return leftFold(node, "conjunction", "or", "Or", file);
    case "conjunction":
      return leftFold(node, "negation", "and", "And", file);
    case "negation":
      return prefix(node, "Not", "not", only(node, "comparison", file), file);
    case "comparison":
      return comparison(node, file);
    case "sum":
      return arithmetic(node, "product", ["+", "-"], file);
    case "product":
      return arithmetic(node, "unary", ["*", "/"], file);
    case "unary":
      return prefix(node, "-", "neg", only(node, "power", file), file);
    case "power":
      return power(node, file);
    case "primary":
      return primary(node, file);
    default:
      throw new Error(`grammar: no expression in ${node.name}`);
  }
}

function only(node: CstNode, rule: string, file: string): Expression {
  return buildExpression(requiredNode(node, rule), file);
}

function operator(name: string, place: Span, ...values: Expression[]): CallExpression {
  const first = values[0]?.span ?? place;
  const last = values.at(-1)?.span ?? place;
  const start = place.start < first.start ? place : first;
  return {
    kind: "call",
    name: { text: name, span: place },
    args: values.map((value) => ({ value })),
    form: "operator",
    span: spanning(start, last),
  };
}

function leftFold(node: CstNode, rule: string, name: string, token: string, file: string): Expression {
  const places = tokens(node, token);
  const [first, ...rest] = nodes(node, rule);
  if (first === undefined) throw new Error(`grammar: empty ${node.name}`);
  return rest.reduce<Expression>(
    (left, right, i) => operator(name, placeOf(places[i], left.span, file), left, buildExpression(right, file)),
    buildExpression(first, file),
  );
}

function arithmetic(node: CstNode, rule: string, symbols: string[], file: string): Expression {
  const places = tokensInOrder(node, ...symbols);
  const [first, ...rest] = nodes(node, rule);
  if (first === undefined) throw new Error(`grammar: empty ${node.name}`);
  return rest.reduce<Expression>(
    (left, right, i) => {
      const name = signFunctions.get(places[i]?.image ?? "") ?? "";
      return operator(name, placeOf(places[i], left.span, file), left, buildExpression(right, file));
    },
    buildExpression(first, file),
  );
}

function placeOf(token: IToken | undefined, fallback: Span, file: string): Span {
  return token === undefined ? fallback : spanOfToken(token, file);
}

function prefix(node: CstNode, token: string, name: string, inner: Expression, file: string): Expression {
  return tokens(node, token).reduceRight((value, place) => {
    // A minus before a number is the number: -9223372036854775808 has no positive twin.
    if (name === "neg" && value.kind === "literal" && (value.type === "int" || value.type === "float")) {
      const span = spanning(spanOfToken(place, file), value.span);
      return value.type === "int"
        ? { ...value, value: negated(String(value.value)), span }
        : { ...value, value: -Number(value.value), span };
    }
    return operator(name, spanOfToken(place, file), value);
  }, inner);
}

function negated(digits: string): string {
  return digits.startsWith("-") ? digits.slice(1) : `-${digits}`;
}

function comparison(node: CstNode, file: string): Expression {
  return buildComparison(only(node, "sum", file), node, file);
}

/** What a rule compares a value with: `== b`, `in [...]`, `is missing`; the value itself where it does not. */
export function buildComparison(left: Expression, node: CstNode, file: string): Expression {
  const compared = optionalNode(node, "compared");
  if (compared !== undefined) {
    const [place] = tokensInOrder(compared, ...comparisonSigns.values());
    const name = signFunctions.get(place?.image ?? "") ?? "";
    return operator(name, placeOf(place, left.span, file), left, only(compared, "sum", file));
  }
  const [not] = tokens(node, "Not");
  const list = optionalNode(node, "list");
  let result: Expression | undefined;
  if (list !== undefined) {
    result = operator("in", spanOfToken(requiredToken(node, "In"), file), left, buildList(list, file));
  } else if (tokens(node, "Is").length > 0) {
    const call = operator("is_missing", spanOfToken(requiredToken(node, "Is"), file), left);
    result = { ...call, span: spanning(left.span, spanOfToken(requiredToken(node, "Missing"), file)) };
  }
  if (result === undefined) return left;
  return not === undefined ? result : { ...operator("not", spanOfToken(not, file), result), span: result.span };
}

function power(node: CstNode, file: string): Expression {
  const base = only(node, "primary", file);
  const exponent = optionalNode(node, "unary");
  if (exponent === undefined) return base;
  return operator("pow", spanOfToken(requiredToken(node, "^"), file), base, buildExpression(exponent, file));
}

function primary(node: CstNode, file: string): Expression {
  const span = spanOf(node, file);
  const [name] = tokens(node, "Name");
  if (name !== undefined) return { kind: "name", name: versionedName(name, tokens(node, "Number")[0], file), span };
  if (tokens(node, "Now").length > 0) return { kind: "now", span };
  const inner = optionalNode(node, "expression");
  if (inner !== undefined) return { ...buildExpression(inner, file), span };
  const literal = optionalNode(node, "literal");
  if (literal !== undefined) return buildLiteral(literal, file);
  const list = optionalNode(node, "list");
  if (list !== undefined) return buildList(list, file);
  const reference = optionalNode(node, "reference");
  if (reference !== undefined) return buildReference(reference, file);
  return buildCall(requiredNode(node, "call"), file);
}

function buildLiteral(node: CstNode, file: string): Expression {
  const span = spanOf(node, file);
  const [number] = tokens(node, "Number");
  if (number !== undefined) {
    const digits = number.image.replaceAll("_", "");
    if (/^\d+$/.test(digits)) {
      const value = digits.replace(/^0+(?=\d)/, "");
      if (value.length <= maxDigits) return { kind: "literal", type: "int", value, span };
      throw new BuildError("bad-number", "this whole number does not fit into 64 bits", span, "as a float write 1e20");
    }
    const value = Number(digits);
    if (!Number.isFinite(value)) throw new BuildError("bad-number", "this number is too large", span);
    return { kind: "literal", type: "float", value, span };
  }
  const [text] = tokens(node, "String");
  if (text !== undefined) return { kind: "literal", type: "string", value: stringOf(text, file), span };
  const [duration] = tokens(node, "Duration");
  if (duration !== undefined) return { kind: "literal", type: "duration", value: durationOf(duration, file), span };
  if (tokens(node, "Missing").length > 0) return { kind: "literal", type: "missing", value: null, span };
  return { kind: "literal", type: "bool", value: tokens(node, "True").length > 0, span };
}

function buildList(node: CstNode, file: string): ListExpression {
  return {
    kind: "list",
    items: nodes(node, "expression").map((item) => buildExpression(item, file)),
    span: spanOf(node, file),
  };
}

function buildReference(node: CstNode, file: string): Expression {
  const [entity, group] = tokens(node, "Name").map((token) => identifier(token, file));
  const name = tokens(node, "Name")[2];
  if (entity === undefined || group === undefined || name === undefined) throw new Error("grammar: short reference");
  const feature = versionedName(name, tokens(node, "Number")[0], file);
  const key = optionalNode(node, "list");
  return {
    kind: "reference",
    entity,
    group,
    feature,
    ...(key === undefined ? {} : { key: buildList(key, file).items }),
    span: spanOf(node, file),
  };
}

function buildCall(node: CstNode, file: string): CallExpression {
  const [over] = tokens(node, "Over");
  const where = optionalNode(node, "disjunction");
  const span = spanOf(node, file);
  const length = over === undefined ? undefined : requiredToken(node, "Duration");
  return {
    kind: "call",
    name: identifier(requiredToken(node, "Name"), file),
    args: buildArgs(requiredNode(node, "args"), file),
    ...(length === undefined
      ? {}
      : {
          window: {
            micros: durationOf(length, file),
            next: tokens(node, "Next").length > 0,
            span: spanOfToken(length, file),
            ...(where === undefined ? {} : { where: buildExpression(where, file) }),
          },
        }),
    form: "call",
    span,
  };
}

function buildArgs(node: CstNode, file: string): readonly Argument[] {
  return nodes(node, "arg").map((arg) => {
    const [name] = tokens(arg, "Name");
    const value = only(arg, "expression", file);
    return name === undefined ? { value } : { name: identifier(name, file), value };
  });
}

function pipe(input: Expression, step: CstNode, file: string): Expression {
  const args = optionalNode(step, "args");
  return {
    kind: "call",
    name: identifier(requiredToken(step, "Name"), file),
    args: [{ value: input }, ...(args === undefined ? [] : buildArgs(args, file))],
    form: "pipe",
    span: spanning(input.span, spanOf(step, file)),
  };
}

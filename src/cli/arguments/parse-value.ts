import {
  admit,
  durationUnits,
  isEmbedding,
  isScalar,
  type Micros,
  parseTypeName,
  toMicros,
  TondoError,
  type TypeName,
  type Value,
  type ValueKind,
} from "../../core/index.ts";

const microsPerDay = durationUnits.d;
const duration = new RegExp(`^(-?\\d+(?:\\.\\d+)?)(${Object.keys(durationUnits).join("|")})$`);

/**
 * A value of the language from its text on the command line. Strings stay as they are; `null` is missing for every other type.
 *
 * @param name for the error
 * @param shown the text as the error shows it
 * @throws TondoError the given code where the text is no such value
 * @example `parseValue("7d", "duration", "age", "INPUT_INVALID") // 604800000000`
 */
export function parseValue(
  text: string,
  type: TypeName,
  name: string,
  code: "KEY_INVALID" | "INPUT_INVALID",
  shown?: string,
): Value {
  const { kind } = parseTypeName(type);
  const invalid = (form: string): TondoError =>
    new TondoError(code, `${name}: ${shown ?? JSON.stringify(text.slice(0, 60))} is no ${kind}`, {
      hint: `Write it as ${form}.`,
    });
  const moment = (): Micros => {
    try {
      return toMicros(text, name);
    } catch (error) {
      // What is wrong with it shows it.
      throw shown === undefined ? error : invalid('a time with its offset, such as "2001-06-20T12:00:00Z"');
    }
  };
  if (kind === "string") return text;
  if (text === "null") return null;
  if (!isScalar(kind)) return parseArray(text, kind, invalid);
  switch (kind) {
    case "bool":
      if (text === "true" || text === "false") return text === "true";
      throw invalid("true or false");
    case "int": {
      if (!/^[+-]?\d{1,19}$/.test(text)) throw invalid("a whole number, such as 42");
      const whole = BigInt(text.replace(/^\+/, ""));
      return whole >= -9007199254740991n && whole <= 9007199254740991n ? Number(whole) : whole;
    }
    case "float":
      if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
      throw invalid("a number, such as 1.5");
    case "timestamp":
      return moment();
    case "date":
      if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return moment() / microsPerDay;
      throw invalid("a day, such as 2024-03-01");
    case "duration": {
      const [, number, unit] = duration.exec(text) ?? [];
      if (number === undefined || unit === undefined) throw invalid("a number with its unit, such as 90s, 1.5h or 7d");
      return Math.round(Number(number) * durationUnits[unit as keyof typeof durationUnits]);
    }
  }
}

/** Lists and embeddings are written as JSON has them; moments in them as microseconds, days in them as days since 1970. */
function parseArray(text: string, kind: ValueKind, invalid: (form: string) => TondoError): Value {
  const form = isEmbedding(kind) ? "so many numbers, such as [0.5, -1]" : 'an array in JSON, such as ["a", "b"]';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid(form);
  }
  const value = admit(parsed, kind);
  if (value === undefined) throw invalid(form);
  return value;
}

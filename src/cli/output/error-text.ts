import { TondoError } from "../../core/index.ts";
import { printable, type Style } from "./style.ts";

/** An error as `error[CODE]: message`, then where and the hint, each in a line of its own. */
export function errorText(error: TondoError, style: Style): string {
  const lines = [`${style.red(style.bold(`error[${error.code}]`))}: ${printable(error.message)}`];
  if (error.where !== undefined) lines.push(`  ${style.dim("-->")} ${printable(error.where)}`);
  if (error.hint !== undefined) lines.push(`  ${style.cyan("hint:")} ${printable(error.hint)}`);
  return `${lines.join("\n")}\n`;
}

/** Whatever was thrown as an error with a code; what has none is a defect, and its stack is of use. */
export function asTondoError(error: unknown): TondoError {
  if (error instanceof TondoError) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new TondoError("INTERNAL", text, {
    hint: "This is a defect of Tondo: please report it with the lines above.",
    cause: error,
  });
}

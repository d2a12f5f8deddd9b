import { TondoError } from "../../core/index.ts";
import { printable, type Style } from "./style.ts";

/** How many further problems of one error are printed. */
const maxFurther = 20;

/** An error as `error[CODE]: message`, then where and the hint, each in a line of its own; where it is of several problems, the others. */
export function errorText(error: TondoError, style: Style): string {
  const lines = [`${style.red(style.bold(`error[${error.code}]`))}: ${printable(error.message)}`];
  if (error.where !== undefined) lines.push(`  ${style.dim("-->")} ${printable(error.where)}`);
  if (error.hint !== undefined) lines.push(`  ${style.cyan("hint:")} ${printable(error.hint)}`);
  const further = problemsOf(error).slice(1);
  for (const { path, message, where, hint } of further.slice(0, maxFurther)) {
    const place = where === undefined ? "" : ` ${style.dim(`--> ${printable(where)}`)}`;
    lines.push(`  also ${printable(`${path}: ${message}${hint === undefined ? "" : `. ${hint}`}`)}${place}`);
  }
  if (further.length > maxFurther) lines.push(`  and ${String(further.length - maxFurther)} more`);
  return `${lines.join("\n")}\n`;
}

interface Problem {
  readonly path: string;
  readonly message: string;
  readonly where?: string;
  readonly hint?: string;
}

/** The problems of a specification, of which the error itself says the first. */
function problemsOf({ code, details }: TondoError): readonly Problem[] {
  return code === "SPECIFICATION_INVALID" && Array.isArray(details["problems"])
    ? (details["problems"] as readonly Problem[])
    : [];
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

import { chmod, readFile, stat } from "node:fs/promises";
import { type Diagnostic, renderDiagnostic, TondoError, writeFileAtomic } from "../../core/index.ts";
import { formatText } from "../../dsl/index.ts";
import { formatLimits } from "./format-limits.ts";
import type { DefinitionFile } from "./definition-files.ts";

/** What came of a file. */
export interface FormattedFile {
  readonly path: string;
  readonly outcome: "changed" | "unchanged" | "failed";
  readonly diagnostics: readonly Diagnostic[];
  /** The diagnostics with their lines; empty without any. */
  readonly rendered: string;
}

/** Formats one file where it lies, unless `check`: then it is only said whether it would change. One that cannot be read is left alone. */
export async function formatFile({ path, whole }: DefinitionFile, check: boolean): Promise<FormattedFile> {
  const { size, mode } = await stat(whole);
  const text = size > formatLimits.bytesPerFile ? undefined : textOf(await readFile(whole));
  if (text === undefined) return failed(path, "", [unreadable(path, size)]);
  const { text: formatted, diagnostics } = formatText({ path, text });
  if (formatted === undefined) return failed(path, text, diagnostics);
  if (formatted === text) return { path, outcome: "unchanged", diagnostics, rendered: "" };
  if (!check) {
    await writeFileAtomic(whole, formatted);
    await chmod(whole, mode & 0o7777);
  }
  return { path, outcome: "changed", diagnostics, rendered: "" };
}

/** Formats what came in. @throws TondoError `DEFINITIONS_INVALID` with the errors rendered */
export function formatInput(bytes: Uint8Array): { readonly text: string; readonly changed: boolean } {
  const path = "(standard input)";
  const text = textOf(bytes);
  const { text: formatted, diagnostics } =
    text === undefined ? { diagnostics: [unreadable(path, bytes.length)] } : formatText({ path, text });
  if (formatted !== undefined) return { text: formatted, changed: formatted !== text };
  throw new TondoError("DEFINITIONS_INVALID", `this cannot be read\n\n${rendered(text ?? "", diagnostics)}`, {
    where: path,
    hint: "Mend the text.",
    details: { diagnostics },
  });
}

/** A byte that is no UTF-8 must not be replaced in silence. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, size: number): Diagnostic {
  const large = size > formatLimits.bytesPerFile;
  return {
    code: large ? "file-too-large" : "not-utf-8",
    severity: "error",
    message: large ? `a file may have ${String(formatLimits.bytesPerFile)} bytes` : "this file is not UTF-8",
    span: { file: path, start: 0, end: 1, line: 1, column: 1 },
    hint: large ? "split it: all the .tondo files of a folder are one project" : "save it as UTF-8",
  };
}

function failed(path: string, text: string, diagnostics: readonly Diagnostic[]): FormattedFile {
  return { path, outcome: "failed", diagnostics, rendered: rendered(text, diagnostics) };
}

function rendered(text: string, diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, text)).join("\n\n");
}

import type { Diagnostic, Span } from "../../core/index.ts";

/** Collects what is wrong. A checker that has reported something returns `undefined`, so that one mistake is one error. */
export class Report {
  readonly #diagnostics: Diagnostic[] = [];

  /** Reports an error and returns `undefined`. */
  error(code: string, message: string, span: Span, hint?: string): undefined {
    const same = this.#diagnostics.some(
      (other) => other.code === code && other.span.file === span.file && other.span.start === span.start,
    );
    if (!same) {
      this.#diagnostics.push({ code, severity: "error", message, span, ...(hint === undefined ? {} : { hint }) });
    }
    return undefined;
  }

  /** All found so far, by file and place. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#diagnostics].sort((a, b) =>
      a.span.file === b.span.file ? a.span.start - b.span.start : a.span.file < b.span.file ? -1 : 1,
    );
  }
}

/** `did you mean "x"?` for the nearest of the names, or nothing where none is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best === undefined ? undefined : `did you mean "${best}"?`;
}

/** How many letters must be changed, added, left out or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [before, above] = [above, row];
  }
  return above[b.length] ?? 0;
}

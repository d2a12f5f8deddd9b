import type { IToken } from "chevrotain";
import type { Diagnostic, Span } from "../../core/index.ts";
import { spanning, spanOfToken } from "./cst.ts";

interface Block {
  readonly tokens: readonly IToken[];
  used: boolean;
}

/** Where a declaration stands that could not be read: up to the next one. */
export interface Stretch {
  readonly start: number;
  readonly line: number;
  readonly end: number;
}

function byPlace([a]: readonly IToken[], [b]: readonly IToken[]): number {
  return (a?.startOffset ?? 0) - (b?.startOffset ?? 0);
}

/**
 * The `///` comments of a file: each documents what begins on the line below it, and one that documents nothing is an
 * error, also one behind something on its line.
 */
export class DocComments {
  readonly #byLastLine: Map<number, Block> = new Map<number, Block>();
  readonly #behind: IToken[] = [];
  /** Where the first token of each line begins. */
  readonly #firsts: Map<number, number> = new Map<number, number>();
  readonly #file: string;

  constructor(comments: readonly IToken[], code: readonly IToken[], file: string) {
    this.#file = file;
    for (const { startLine = 0, startOffset } of code)
      if (!this.#firsts.has(startLine)) this.#firsts.set(startLine, startOffset);
    const own: IToken[] = [];
    for (const token of comments) (this.#firsts.has(token.startLine ?? 0) ? this.#behind : own).push(token);
    let run: IToken[] = [];
    for (const [i, token] of own.entries()) {
      run.push(token);
      const line = token.startLine ?? 0;
      if (own[i + 1]?.startLine !== line + 1) {
        this.#byLastLine.set(line, { tokens: run, used: false });
        run = [];
      }
    }
  }

  /** The text above what begins there, if any and if nothing stands before it on its line; it counts as used. */
  take({ line, start }: Pick<Span, "line" | "start">): string | undefined {
    const block = this.#byLastLine.get(line - 1);
    if (block === undefined || this.#firsts.get(line) !== start) return undefined;
    block.used = true;
    return block.tokens.map((token) => token.image.replace(/^\/\/\/ ?/, "").trimEnd()).join("\n");
  }

  /** An error for each comment that nobody took, but for those in and directly above what could not be read: nobody asked for them. */
  unused(unread: readonly Stretch[]): readonly Diagnostic[] {
    const above = new Set(unread.map(({ line }) => line - 1));
    const free = [...this.#byLastLine]
      .filter(([line, { used }]) => !used && !above.has(line))
      .map(([, { tokens }]) => tokens);
    const all = [...free, ...this.#behind.map((token) => [token])];
    let next = 0;
    return all.toSorted(byPlace).flatMap(([first, ...rest]) => {
      if (first === undefined) return [];
      while ((unread[next]?.end ?? Infinity) <= first.startOffset) next++;
      if ((unread[next]?.start ?? Infinity) <= first.startOffset) return [];
      return [
        {
          code: "detached-doc",
          severity: "error" as const,
          message: "this documentation comment documents nothing",
          span: spanning(spanOfToken(first, this.#file), spanOfToken(rest.at(-1) ?? first, this.#file)),
          hint: "put it on the line directly above what it describes, or write // for a plain comment",
        },
      ];
    });
  }
}

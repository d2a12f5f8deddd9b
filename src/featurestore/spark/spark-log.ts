/** How many lines of a log are kept, and how many of them an error shows. */
const keptLines = 400;
const shownLines = 20;
const lineLength = 400;

/** The last lines of what a Spark process said. */
export class SparkLog {
  #lines: string[] = [];
  #rest = "";

  /** Takes a piece of text as it comes. */
  add(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = (lines.pop() ?? "").slice(-10 * lineLength);
    this.#lines.push(...lines.map((line) => line.slice(0, lineLength)));
    if (this.#lines.length > 2 * keptLines) this.#lines = this.#lines.slice(-keptLines);
  }

  /** Forgets what was said: what comes now is about another statement. */
  clear(): void {
    this.#lines = [];
    this.#rest = "";
  }

  /** What it says is wrong, in one line; `undefined` where no line looks like that. */
  get reason(): string | undefined {
    const lines = this.#said();
    return (
      lines.find((line) => /^\[[A-Z_.]+\]/.test(line)) ??
      lines.find((line) => /^(Caused by: )?[\w.]*(Exception|Error)\b/.test(line)) ??
      lines.find((line) => /\bERROR\b|^Error|^Exception|JAVA_HOME/.test(line))
    );
  }

  /** The last lines, without those of stack traces. */
  get tail(): readonly string[] {
    return this.#said().slice(-shownLines);
  }

  #said(): readonly string[] {
    return [...this.#lines, this.#rest].filter(
      (line) =>
        line.trim() !== "" &&
        !/^\s+(at |\.\.\. )/.test(line) &&
        !/^Time taken:|^Using Spark's default|^WARNING:/.test(line),
    );
  }
}

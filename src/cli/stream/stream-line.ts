import type { StreamMetrics } from "../../featurestore/index.ts";
import { count, counted, printable, type Style } from "../output/index.ts";

/** What the line is drawn on. */
export interface StreamLineTarget {
  readonly write: (text: string) => void;
  /** Whether a line can be rewritten; else none is drawn. */
  readonly live: boolean;
  readonly columns: number;
  readonly style: Style;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** Over how long events a second are counted, milliseconds. */
const rateMs = 3000;

/** Draws what a stream does on one line of a terminal, again and again, and other lines above it. */
export class StreamLine {
  readonly #target: StreamLineTarget;
  readonly #samples: { readonly at: number; readonly applied: number }[] = [];
  #drawn = "";

  constructor(target: StreamLineTarget) {
    this.#target = target;
  }

  draw(metrics: StreamMetrics): void {
    const { live, columns, now = () => performance.now() } = this.#target;
    if (!live) return;
    const at = now();
    const totals = metrics.partitions.reduce(
      (sum, { applied, lag, dead }) => ({ applied: sum.applied + applied, lag: sum.lag + lag, dead: sum.dead + dead }),
      { applied: 0, lag: 0, dead: 0 },
    );
    this.#samples.push({ at, applied: totals.applied });
    while ((this.#samples[1]?.at ?? at) <= at - rateMs) this.#samples.shift();
    const text = lineText(metrics, totals, this.#rate());
    // Some terminals say that they have no columns at all.
    const shown = text.slice(0, columns > 0 ? columns - 1 : 79);
    if (shown !== this.#drawn) this.#replace(shown);
  }

  /** Writes a line that stays. */
  say(text: string): void {
    const drawn = this.#drawn;
    this.#replace("");
    this.#target.write(`${text}\n`);
    this.#replace(drawn);
  }

  close(): void {
    this.#replace("");
  }

  #rate(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at <= first.at) return 0;
    return ((last.applied - first.applied) * 1000) / (last.at - first.at);
  }

  #replace(text: string): void {
    const { write, style } = this.#target;
    if (this.#drawn !== "") write("\r\u001b[K");
    if (text !== "") write(text.includes(failingMark) ? style.yellow(text) : text);
    this.#drawn = text;
  }
}

const failingMark = ", failing: ";

function lineText(
  { sources }: StreamMetrics,
  { applied, lag, dead }: { readonly applied: number; readonly lag: number; readonly dead: number },
  rate: number,
): string {
  const failing = sources.flatMap((one) => (one.failing === undefined ? [] : [`${one.source} ${one.failing.code}`]));
  const parts = [
    `${counted(applied, "event")} applied`,
    `${count(rate >= 10 ? Math.round(rate) : Number(rate.toFixed(1)))}/s`,
    `lag ${count(lag)}`,
    ...(dead === 0 ? [] : [counted(dead, "dead letter")]),
  ];
  return `${parts.join(", ")}${failing.length === 0 ? "" : `${failingMark}${printable(failing.join(", "))}`}`;
}

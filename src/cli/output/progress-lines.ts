import { type Progress, visible } from "../../core/index.ts";
import { count, spanText } from "./format.ts";
import type { Style } from "./style.ts";

/** What progress is drawn on. */
export interface ProgressTarget {
  readonly write: (text: string) => void;
  /** Whether lines can be redrawn. */
  readonly live: boolean;
  readonly columns: number;
  readonly style: Style;
  /** Milliseconds; the process's clock by default. */
  readonly now?: () => number;
}

/** How often a line is redrawn, and how often a log gets one. */
const redrawMs = 100;
const logMs = 10_000;

/**
 * Draws progress: on a terminal one line a step, redrawn with rate and estimate and replaced by its summary; elsewhere a plain
 * line at the end of each step, and every ten seconds meanwhile.
 */
export function progressLines(target: ProgressTarget): Progress & { close(): void } {
  const { write, live, columns, style, now = () => performance.now() } = target;
  let step: { readonly name: string; readonly total: number | undefined; readonly started: number } | undefined;
  let drawn = 0;
  let dirty = false;

  const clear = (): void => {
    if (dirty) write("\r\u001b[K");
    dirty = false;
  };
  const draw = (done: number): void => {
    if (step === undefined) return;
    const text = stateText(step.name, done, step.total, (now() - step.started) / 1000);
    if (live) {
      clear();
      // Some terminals say that they have no columns at all.
      write(text.slice(0, columns > 0 ? columns - 1 : 79));
      dirty = true;
    } else {
      write(`${text}\n`);
    }
    drawn = now();
  };
  return {
    start(name, total) {
      clear();
      step = { name: visible(name), total, started: now() };
      drawn = now();
      if (live) draw(0);
    },
    update(done) {
      if (step !== undefined && now() - drawn >= (live ? redrawMs : logMs)) draw(done);
    },
    finish(summary) {
      if (step === undefined) return;
      clear();
      const took = spanText((now() - step.started) / 1000);
      write(
        `${live ? `${style.green("✓")} ` : ""}${step.name}${summary === undefined ? "" : `: ${visible(summary)}`} ${style.dim(`(${took})`)}\n`,
      );
      step = undefined;
    },
    close() {
      clear();
      step = undefined;
    },
  };
}

function stateText(name: string, done: number, total: number | undefined, seconds: number): string {
  const parts: string[] = [];
  if (total !== undefined) parts.push(`${count(done)} of ${count(total)}`);
  else if (done > 0) parts.push(count(done));
  const rate = seconds > 0 ? done / seconds : 0;
  if (seconds >= 1 && rate > 0) {
    parts.push(`${count(rate >= 10 ? Math.round(rate) : Number(rate.toFixed(1)))}/s`);
    if (total !== undefined && total > done) parts.push(`about ${spanText((total - done) / rate)} left`);
  }
  return parts.length === 0 ? `${name} …` : `${name}: ${parts.join(", ")} …`;
}

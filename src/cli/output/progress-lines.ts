import { type Progress, visible } from "../../core/index.ts";
import { count, spanText } from "./format.ts";
import { PartText } from "./part-text.ts";
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
 * Draws progress: on a terminal one line a step, redrawn with what it is busy with, rate and estimate, and replaced by its summary; elsewhere a
 * plain line at the end of each step, and every ten seconds meanwhile.
 */
export function progressLines(target: ProgressTarget): Progress & { close(): void } {
  const { write, live, columns, style, now = () => performance.now() } = target;
  let step: { readonly name: string; readonly total: number | undefined; readonly started: number } | undefined;
  const part = new PartText();
  let drawn = 0;
  let done = 0;
  let dirty = false;

  const clear = (): void => {
    if (dirty) write("\r\u001b[K");
    dirty = false;
  };
  const draw = (): void => {
    if (step === undefined) return;
    const { name, total, started } = step;
    const place =
      total === undefined || total < 2 ? undefined : `${count(Math.min(done + 1, total))} of ${count(total)}`;
    const busy = part.text(place, now());
    const text = busy === undefined ? stateText(name, done, total, (now() - started) / 1000) : `${busy} …`;
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
  const isDue = (): boolean => step !== undefined && now() - drawn >= (live ? redrawMs : logMs);
  return {
    start(name, total) {
      clear();
      step = { name: visible(name), total, started: now() };
      part.clear();
      done = 0;
      drawn = now();
      if (live) draw();
    },
    update(units) {
      done = units;
      if (isDue()) draw();
    },
    within({ name, ...rest }) {
      part.take({ name: visible(name), ...rest }, now());
      if (isDue()) draw();
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

import type { ProgressPart } from "../../core/index.ts";

/** Draws what a step is busy with: keeps when it began, for its rate. */
export class PartText {
  #part: ProgressPart | undefined;
  #began = { at: 0, rows: 0 };

  /** Takes what is told at a moment, in milliseconds. */
  take(part: ProgressPart, now: number): void {
    const before = this.#part;
    const goesOn =
      before?.name === part.name &&
      part.rows >= before.rows &&
      (before.total === undefined) === (part.total === undefined);
    if (!goesOn) this.#began = { at: now, rows: part.rows };
    this.#part = part;
  }

  /** Forgets it: another step begins. */
  clear(): void {
    this.#part = undefined;
  }

  /** @example `joining key:windows (1 of 3): 43 %, 1.2M rows/s, 0:34 left`; `undefined` where nothing was told */
  text(place: string | undefined, now: number): string | undefined {
    const part = this.#part;
    if (part === undefined) return undefined;
    const { name, rows, total } = part;
    const seconds = (now - this.#began.at) / 1000;
    const rate = seconds >= 0.5 ? (rows - this.#began.rows) / seconds : 0;
    const parts = [
      total === undefined ? `${short(rows)} rows` : `${String(Math.floor((100 * rows) / total))} %`,
      ...(rate > 0 ? [`${short(rate)} rows/s`] : []),
      ...(rate > 0 && total !== undefined && total > rows ? [`${clock((total - rows) / rate)} left`] : []),
    ];
    return `${name}${place === undefined ? "" : ` (${place})`}: ${parts.join(", ")}`;
  }
}

/** A count to two or three digits: `950`, `1.2M`, `34k`. */
function short(n: number): string {
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (n >= size) return `${(n / size).toFixed(n < 10 * size ? 1 : 0)}${unit}`;
  }
  return String(Math.round(n));
}

/** A stretch of time as a clock shows it: `0:34`, `1:02:03`. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (n: number): string => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${String(minutes)}:${two(whole % 60)}`;
  return `${String(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(whole % 60)}`;
}

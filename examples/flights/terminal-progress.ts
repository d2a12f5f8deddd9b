import type { Progress } from "../../src/index.ts";

/** Draws progress: a line that is rewritten on a terminal, a line a step elsewhere. */
export function terminalProgress(out: NodeJS.WriteStream): Progress {
  let step = "";
  let total: number | undefined;
  let started = 0;
  const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1);
  const rewrite = (text: string): void => {
    if (out.isTTY) out.write(`\r\u001b[2K${text}`);
  };
  return {
    start: (name, units) => {
      [step, total, started] = [name, units, performance.now()];
      rewrite(`  ${step} ...`);
    },
    update: (done) => {
      const share = total === undefined || total === 0 ? undefined : done / total;
      const bar =
        share === undefined
          ? String(done)
          : `${"█".repeat(Math.round(share * 20)).padEnd(20, "░")} ${String(done)}/${String(total)}`;
      rewrite(`  ${step} ${bar} ${seconds()} s`);
    },
    finish: (summary) => {
      rewrite("");
      out.write(`  ${seconds().padStart(5)} s  ${step}${summary === undefined ? "" : `: ${summary}`}\n`);
    },
  };
}

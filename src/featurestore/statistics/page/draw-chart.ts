import type * as Vega from "vega";
import type { Spec } from "vega";
import { type Html, html, raw } from "./html.ts";

/**
 * Draws a chart as SVG that takes its colours from the page's style sheet. What it shows stands beside it as a table; to those who hear
 * the page it is one picture with that name.
 */
export async function drawChart(vega: typeof Vega, spec: Spec, name: string): Promise<Html> {
  // Widths of texts are estimated, as without a canvas: the same on every machine, whatever else is installed there.
  if (estimatesWidths(vega)) vega.textMetrics.canvas(false);
  const view = new vega.View(vega.parse(spec), { renderer: "none", logLevel: vega.Error });
  try {
    const svg = await view.toSVG();
    // Inside, parts have roles and names of their own, which would be read one by one.
    const quietly = svg.replace(/<[^>]*>/g, (tag) => tag.replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, ""));
    const size = /viewBox="0 0 (\d+) (\d+)"/.exec(quietly);
    const sized = quietly.replace(
      /^<svg [^>]*>/,
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size?.[1] ?? "340"} ${size?.[2] ?? "150"}" aria-hidden="true">`,
    );
    return html`<div class="chart" role="img" aria-label="${name}">${raw(sized)}</div>`;
  } finally {
    view.finalize();
  }
}

/** Its types leave this out. */
function estimatesWidths(
  vega: object,
): vega is { readonly textMetrics: { readonly canvas: (useCanvas: boolean) => void } } {
  return "textMetrics" in vega;
}

/** What a reader would see, as the page itself measures it. */
export interface Seen {
  readonly overflows: readonly string[];
  readonly smallest: number;
  readonly contrast: number;
  readonly bar: string;
  readonly charts: number;
  readonly outside: readonly string[];
  readonly columns: number;
}

/** An expression that says what a reader sees of a page: see {@link Seen}. */
export const measure: string = `(() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (text) => {
    const [r, g, b] = rgb(text).map((x) => (x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const width = document.documentElement.clientWidth;
  const overflows = [...document.querySelectorAll("body *")]
    .filter((one) => one.closest(".scroll") === null || one.className === "scroll")
    .filter((one) => one.getBoundingClientRect().right > width + 0.5)
    .map((one) => one.tagName + " " + (one.className.baseVal ?? one.className));
  const texts = [...document.querySelectorAll("svg text")];
  const card = getComputedStyle(document.querySelector(".card")).backgroundColor;
  const coloured = [...document.querySelectorAll(".card .quiet, .card h3, td, .stable, .moderate, .large")];
  const bars = [...document.querySelectorAll("svg path")].map((one) => getComputedStyle(one).fill);
  return {
    overflows,
    smallest: Math.min(...texts.map((one) => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)),
    contrast: Math.min(
      ...coloured.map((one) => contrast(getComputedStyle(one).color, card)),
      ...texts.map((one) => contrast(getComputedStyle(one).fill, card)),
    ),
    bar: bars.find((fill) => fill.startsWith("rgb(") && fill !== "rgb(0, 0, 0)") ?? "",
    charts: document.querySelectorAll("svg").length,
    outside: texts.filter((one) => {
      const [own, chart] = [one.getBoundingClientRect(), one.closest("svg").getBoundingClientRect()];
      return own.left < chart.left - 1 || own.right > chart.right + 1 || own.bottom > chart.bottom + 1;
    }).map((one) => one.textContent),
    columns: new Set([...document.querySelectorAll(".cards .card")].map((one) => Math.round(one.getBoundingClientRect().left))).size,
  };
})()`;

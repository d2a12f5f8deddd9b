/** A share of something for people, `12.3 %`; `-` where there is none. What is not quite all or nothing is not shown as that. */
export function shareText(share: number | null | undefined): string {
  if (share === null || share === undefined) return "-";
  const percent = share * 100;
  if (percent > 99.9 && percent < 100) return "99.9 %";
  return percent < 0.1 && percent > 0 ? "0.1 %" : `${percent.toFixed(1)} %`;
}

import type { Identifier } from "../syntax/index.ts";
import type { Report } from "./report.ts";

/**
 * The names that hold personal data, sorted; `undefined` where one is unknown or stands twice.
 *
 * @param isKnown whether there is such a name; it reports where there is not
 */
export function checkPii(
  names: readonly Identifier[],
  isKnown: (name: Identifier) => boolean,
  report: Report,
): readonly string[] | undefined {
  const found = new Set<string>();
  for (const name of names) {
    if (!isKnown(name)) return undefined;
    if (found.has(name.text))
      return report.error("duplicate", `"${name.text}" stands twice under \`pii\``, name.span, "leave one out");
    found.add(name.text);
  }
  return [...found].sort();
}

import { formatDuration } from "../../core/index.ts";
import type { Property } from "../syntax/index.ts";
import type { Report } from "./report.ts";

const places: Readonly<Record<Property["name"], string>> = {
  owner: "",
  description: "",
  sla: "`sla` is for groups: it promises how fresh they are",
  ttl: "`ttl` is for groups from a snapshot",
  hop: "`hop` is for groups from events",
};

/** Whether all properties may stand there, once each; the others are reported. */
export function checkProperties(
  properties: readonly Property[],
  allowed: readonly Property["name"][],
  report: Report,
  hint?: string,
): boolean {
  const seen = new Set<string>();
  let good = true;
  for (const { name, value, span } of properties) {
    if (!allowed.includes(name)) {
      report.error("misplaced-property", places[name], span, hint);
      good = false;
    } else if (seen.has(name)) {
      report.error("duplicate", `\`${name}\` stands twice`, span);
      good = false;
    } else if (typeof value === "number" && value <= 0) {
      report.error("bad-duration", `\`${name}\` is longer than ${formatDuration(0)}`, span);
      good = false;
    }
    seen.add(name);
  }
  return good;
}

import type { MaterializedGroup } from "../../featurestore/index.ts";
import { count, counted, spanText, table } from "../output/index.ts";

/** How a group was loaded, in a few words. */
function loadedText(loaded: MaterializedGroup["loaded"]): string {
  if (loaded === undefined) return "-";
  if (loaded.how === "full") return `full: ${loaded.reason}`;
  return `${count(loaded.computed)} computed, ${count(loaded.copied)} copied`;
}

/** What became of groups, as a table. */
export function loadedTable(groups: readonly MaterializedGroup[]): string {
  const rows = groups.map(({ group, status, keys, rows: read, bytes, seconds, loaded }) => [
    group,
    status,
    count(keys),
    count(read),
    count(bytes),
    status === "loaded" ? spanText(seconds) : "-",
    loadedText(loaded),
  ]);
  const headings = [
    { name: "GROUP" },
    { name: "STATUS" },
    { name: "KEYS", align: "right" as const },
    { name: "ROWS", align: "right" as const },
    { name: "BYTES", align: "right" as const },
    { name: "TIME", align: "right" as const },
    { name: "LOADED" },
  ];
  return table(headings, rows);
}

/** What a load left out, a line each. */
export function leftOut(groups: readonly MaterializedGroup[]): readonly string[] {
  return [
    ...groups
      .filter(({ keysTooLong }) => keysTooLong > 0)
      .map(
        ({ group, keysTooLong }) =>
          `${group}: ${counted(keysTooLong, "key")} longer than a store takes left out; requests for such keys are refused`,
      ),
    ...groups.flatMap(({ group, keysErased = 0 }) =>
      keysErased === 0 ? [] : [`${group}: ${counted(keysErased, "key")} left out that were erased`],
    ),
    ...groups.flatMap(({ group, rowsWaiting = 0 }) =>
      rowsWaiting === 0
        ? []
        : [
            `${group}: ${counted(rowsWaiting, "row")} happened before and wait for a load that takes them in, without --since`,
          ],
    ),
  ];
}

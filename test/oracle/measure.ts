import { type GroupPlan, type SourcePlan, storedNames } from "../../src/dsl/plan/index.ts";
import { evaluateExpression } from "../../src/featurestore/oracle/evaluate-expression.ts";
import type { History } from "./history.ts";
import {
  floorToHop,
  type Happening,
  happenings,
  largestLag,
  type LeftRow,
} from "../../src/featurestore/oracle/oracle.ts";

/** Which edges of the time contract a history touches, each for some key and moment that is really asked for. */
export interface Measures {
  /** Two rows of a key at one moment that differ in the columns read. */
  readonly ties: boolean;
  /** A row that happened before the request and became known after it. */
  readonly knownLater: boolean;
  /** A visible row that happened at the moment of the request. */
  readonly atRequest: boolean;
  /** A visible event at the very start of a window. */
  readonly hopEdge: boolean;
  /** A visible event a microsecond before it. */
  readonly beforeHopEdge: boolean;
  /** A state exactly as old as its ttl, or a microsecond older, that is the newest of its key. */
  readonly ttlEdge: boolean;
  readonly pastTtlEdge: boolean;
  /** An event at the very end of a forward window, or a microsecond after it. */
  readonly forwardEdge: boolean;
  /** An event of a forward window that became known after its end, within the source's lag. */
  readonly forwardLag: boolean;
  /** A visible deletion. */
  readonly deletion: boolean;
  /** A visible deletion, and a row of the same time that is none. */
  readonly undone: boolean;
}

/** Says which edges a history touches. */
export function measure(history: History): Measures {
  const { vector, data, left } = history;
  const touched = new Set<keyof Measures>();
  for (const read of [...vector.reads, ...vector.labelReads]) {
    const group = vector.groups.find(({ name }) => name === read.group);
    const source = vector.sources.find(({ name }) => name === group?.source);
    if (group === undefined || source === undefined || source.kind === "table") continue;
    // Which keys a second hop asks for is not known without answers.
    if (storedNames(...read.key).length > 0) continue;
    for (const row of distinct(left)) {
      const key = read.key.map((part) => evaluateExpression(part, { columns: row.columns }));
      if (key.includes(null)) continue;
      const own = happenings(group, source, data[source.name] ?? [], key);
      for (const edge of edgesOf(group, source, read.stored, own, row.at)) touched.add(edge);
    }
  }
  const has = (edge: keyof Measures): boolean => touched.has(edge);
  return {
    ties: has("ties"),
    knownLater: has("knownLater"),
    atRequest: has("atRequest"),
    hopEdge: has("hopEdge"),
    beforeHopEdge: has("beforeHopEdge"),
    ttlEdge: has("ttlEdge"),
    pastTtlEdge: has("pastTtlEdge"),
    forwardEdge: has("forwardEdge"),
    forwardLag: has("forwardLag"),
    deletion: has("deletion"),
    undone: has("undone"),
  };
}

function edgesOf(
  group: GroupPlan,
  source: SourcePlan,
  name: string,
  own: readonly Happening[],
  q: number,
): readonly (keyof Measures)[] {
  const edges: (keyof Measures)[] = [];
  const visible = own.filter(({ k }) => k <= q);
  const text = ({ read }: Happening): string => read.map((value) => `${typeof value} ${String(value)}`).join("|");
  if (visible.some((one) => visible.some((other) => other.t === one.t && text(other) !== text(one))))
    edges.push("ties");
  if (own.some(({ t, k }) => t < q && k > q)) edges.push("knownLater");
  if (visible.some(({ t }) => t === q)) edges.push("atRequest");
  const deletions = visible.filter(({ isDeletion }) => isDeletion);
  if (deletions.length > 0) edges.push("deletion");
  if (deletions.some(({ t }) => visible.some((other) => other.t === t && !other.isDeletion))) edges.push("undone");
  const stored = group.stored.find((one) => one.name === name);
  if (stored?.kind === "window" && stored.direction === "back") {
    const start = floorToHop(q - stored.over, stored.hop);
    if (visible.some(({ t }) => t === start)) edges.push("hopEdge");
    if (visible.some(({ t }) => t === start - 1)) edges.push("beforeHopEdge");
  }
  if (stored?.kind === "window" && stored.direction === "next") {
    const end = q + stored.over;
    if (own.some(({ t, k }) => k <= end && (t === end || t === end + 1))) edges.push("forwardEdge");
    if (own.some(({ t, k }) => q < t && t <= end && k > end && k <= end + largestLag(source))) edges.push("forwardLag");
  }
  if (source.kind === "snapshot" && group.ttl !== undefined) {
    const newest = Math.max(...visible.filter(({ t }) => t <= q).map(({ t }) => t));
    if (q - newest === group.ttl) edges.push("ttlEdge");
    if (q - newest === group.ttl + 1) edges.push("pastTtlEdge");
  }
  return edges;
}

function distinct(left: readonly LeftRow[]): readonly LeftRow[] {
  return [...new Set(left)];
}

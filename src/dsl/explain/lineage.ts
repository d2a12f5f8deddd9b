import {
  columnsOf,
  type GroupPlan,
  type SourcePlan,
  type StoredPlan,
  type TransportPlan,
  type VectorPlan,
} from "../plan/index.ts";
import type { FeatureUse, Places } from "../semantic/index.ts";
import { expressionText, storedText } from "./expression-text.ts";
import { formatDuration } from "../../core/index.ts";

/** From the columns of files to the slots of models. */
export interface Lineage {
  readonly sources: readonly SourceLineage[];
  readonly stored: readonly StoredLineage[];
  /** Canonical names. */
  readonly features: readonly string[];
  readonly uses: readonly Pick<FeatureUse, "vector" | "kind" | "name" | "results">[];
}

/** A source and what is read of it. */
export interface SourceLineage {
  readonly name: string;
  readonly kind: SourcePlan["kind"];
  /** As it would be written: `parquet "data/flights.parquet" known landed_at`. */
  readonly from: readonly string[];
  readonly columns: readonly string[];
}

/** A value that a group keeps per key. */
export interface StoredLineage {
  /** `entity:group`. */
  readonly group: string;
  readonly name: string;
  readonly text: string;
  readonly columns: readonly string[];
  readonly source: string;
  /** The step of a window, as in `30m`. */
  readonly hop?: string;
}

/** The lineage of what a vector's plan reads; that of a feature is given as a vector that reads it. */
export function lineageOf(
  reads: Pick<VectorPlan, "reads" | "labelReads" | "groups" | "sources">,
  features: readonly string[],
  uses: Places["uses"],
): Lineage {
  const asked = [...reads.reads, ...reads.labelReads];
  const stored = reads.groups.flatMap((group) =>
    group.stored
      .filter(({ name }) =>
        asked.some((read) => read.entity === group.entity && read.group === group.name && read.stored === name),
      )
      .map((own) => storedLineage(group, own)),
  );
  const sources = reads.sources.flatMap((source): SourceLineage[] => {
    const groups = reads.groups.filter(
      (group) => group.source === source.name && stored.some((one) => one.group === `${group.entity}:${group.name}`),
    );
    if (groups.length === 0) return [];
    const columns = new Set([
      ...columnsOf(source.at, ...(source.id ?? []), source.deleted, ...source.transports.map(({ known }) => known)),
      ...groups.flatMap(({ key }) => columnsOf(...key)),
      ...stored.filter((one) => one.source === source.name).flatMap((one) => one.columns),
    ]);
    return [
      {
        name: source.name,
        kind: source.kind,
        from: source.transports.map(transportText),
        columns: [...columns].sort(),
      },
    ];
  });
  return {
    sources,
    stored,
    features,
    uses: uses.map(({ vector, kind, name, results }) => ({ vector, kind, name, results })),
  };
}

function storedLineage(group: GroupPlan, stored: StoredPlan): StoredLineage {
  return {
    group: `${group.entity}:${group.name}`,
    name: stored.name,
    text: storedText(stored),
    columns: stored.kind === "column" ? [stored.column] : columnsOf(stored.input, stored.where),
    source: group.source,
    ...(stored.kind === "window" ? { hop: formatDuration(stored.hop) } : {}),
  };
}

function transportText(transport: TransportPlan): string {
  const place = JSON.stringify(placeOf(transport));
  const known = transport.known === undefined ? "" : ` known ${expressionText(transport.known)}`;
  const lag = transport.lag === undefined ? "" : ` lag ${formatDuration(transport.lag)}`;
  const { cursor, lookback } = transport.format === "postgres" ? transport : {};
  const reads =
    cursor === undefined || lookback === undefined
      ? ""
      : ` cursor ${expressionText(cursor)} lookback ${cursor.type.startsWith("int") ? String(lookback) : formatDuration(lookback)}`;
  return `${transport.format} ${place}${reads}${known}${lag}`;
}

function placeOf(transport: TransportPlan): string {
  if (transport.format === "kafka") return transport.topic;
  return transport.format === "postgres" ? transport.table : transport.path;
}

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { TypeName } from "../../../src/core/index.ts";
import type {
  ColumnPlan,
  ExpressionPlan,
  GroupPlan,
  ProjectPlan,
  SourcePlan,
  StoredPlan,
} from "../../../src/dsl/index.ts";

/** Noon of 20 June 2001 UTC: the moment that samples are loaded as of. */
export const noon: number = Date.UTC(2001, 5, 20, 12) * 1000;

const column = (name: string, type: TypeName): ColumnPlan => ({ node: "column", type, name });
const stored = (name: string, type: TypeName): ExpressionPlan => ({ node: "stored", type, name });
const plain = ({ name, type }: StoredPlan): GroupPlan["features"][number] => ({
  name,
  type,
  forward: false,
  value: stored(name, type),
});

function source(name: string, kind: SourcePlan["kind"], columns: Readonly<Record<string, TypeName>>): SourcePlan {
  return {
    name,
    kind,
    transports: [
      { format: "csv", path: `${name}*.csv`, ...(kind === "snapshot" ? { known: column("known", "timestamp?") } : {}) },
    ],
    ...(kind === "table" ? {} : { at: column("at", "timestamp?") }),
    columns: { ...columns, ...(kind === "table" ? {} : { at: "timestamp?" }) },
  };
}

const delay3h: StoredPlan = {
  kind: "window",
  name: "delay_3h",
  type: "float?",
  aggregate: "mean",
  version: 1,
  input: column("delay", "float?"),
  over: 3 * 3_600_000_000,
  hop: 300_000_000,
  direction: "back",
};
const n3h: StoredPlan = {
  kind: "window",
  name: "n_3h",
  type: "int",
  aggregate: "count",
  version: 1,
  over: 3 * 3_600_000_000,
  hop: 300_000_000,
  direction: "back",
};
const next: StoredPlan = { ...n3h, name: "next_3h", direction: "next" };

/** Airports, by events, a snapshot with a ttl of an hour, and a table; routes, by events. */
export const sampleProject: ProjectPlan = {
  version: 1,
  entities: [
    { name: "airport", key: [{ name: "code", type: "string" }] },
    {
      name: "route",
      key: [
        { name: "origin", type: "string" },
        { name: "destination", type: "string" },
      ],
    },
  ],
  sources: [
    source("flights", "events", { origin: "string?", destination: "string?", delay: "float?" }),
    source("weather", "snapshot", { origin: "string?", wind: "float?", sky: "string?", known: "timestamp?" }),
    source("airports", "table", { origin: "string?", tz: "string?", gates: "int?" }),
  ],
  groups: [
    {
      entity: "airport",
      name: "departures",
      source: "flights",
      key: [column("origin", "string?")],
      reads: ["delay"],
      stored: [delay3h, n3h, next],
      features: [
        plain(delay3h),
        plain(n3h),
        { ...plain(next), forward: true },
        {
          name: "busy",
          type: "bool",
          forward: false,
          value: {
            node: "call",
            type: "bool",
            function: "gt",
            version: 1,
            args: [stored("n_3h", "int"), { node: "literal", type: "int", value: 1 }],
          },
        },
      ],
    },
    {
      entity: "route",
      name: "traffic",
      source: "flights",
      key: [column("origin", "string?"), column("destination", "string?")],
      reads: [],
      stored: [n3h],
      features: [plain(n3h)],
    },
    snapshotGroup(),
    {
      entity: "airport",
      name: "place",
      source: "airports",
      key: [column("origin", "string?")],
      reads: ["gates", "tz"],
      stored: [
        { kind: "column", name: "tz", type: "string?", column: "tz" },
        { kind: "column", name: "gates", type: "int?", column: "gates" },
      ],
      features: [
        { name: "tz", type: "string?", forward: false, value: stored("tz", "string?") },
        { name: "gates", type: "int?", forward: false, value: stored("gates", "int?") },
      ],
    },
  ],
  vectors: [],
};

function snapshotGroup(): GroupPlan {
  const wind: StoredPlan = { kind: "column", name: "wind", type: "float?", column: "wind" };
  const sky: StoredPlan = { kind: "column", name: "sky", type: "string?", column: "sky" };
  return {
    entity: "airport",
    name: "weather",
    source: "weather",
    key: [column("origin", "string?")],
    ttl: 3_600_000_000,
    reads: ["sky", "wind"],
    stored: [wind, sky],
    features: [
      plain(wind),
      plain(sky),
      {
        name: "stormy",
        type: "bool?",
        forward: false,
        value: {
          node: "call",
          type: "bool?",
          function: "gt",
          version: 1,
          args: [stored("wind", "float?"), { node: "literal", type: "float", value: 20 }],
        },
      },
    ],
  };
}

/** Rows of the sample's files; `at` in microseconds. */
export interface SampleRows {
  readonly flights?: readonly (readonly [origin: string, destination: string, delay: number | "", at: number])[];
  readonly weather?: readonly (readonly [origin: string, wind: number | "", sky: string, at: number, known: number])[];
  readonly airports?: readonly (readonly [origin: string, tz: string, gates: string])[];
}

/** Writes the sample's files. */
export async function writeSample(folder: string, rows: SampleRows): Promise<void> {
  await mkdir(folder, { recursive: true });
  const time = (at: number): string => {
    const text = new Date(Math.floor(at / 1000)).toISOString();
    return `${text.slice(0, -1)}${String(((at % 1000) + 1000) % 1000).padStart(3, "0")}Z`;
  };
  const files = {
    "flights.csv": [
      "origin,destination,delay,at",
      ...(rows.flights ?? []).map((row) => [...row.slice(0, 3), time(row[3])].join(",")),
    ],
    "weather.csv": [
      "origin,wind,sky,at,known",
      ...(rows.weather ?? []).map((row) => [...row.slice(0, 3), time(row[3]), time(row[4])].join(",")),
    ],
    "airports.csv": ["origin,tz,gates", ...(rows.airports ?? []).map((row) => row.join(","))],
  };
  for (const [name, lines] of Object.entries(files)) {
    await writeFile(path.join(folder, name), `${lines.join("\n")}\n`);
  }
}

/** A little of everything. */
export const sampleRows: SampleRows = {
  flights: [
    ["SFO", "LAX", 10, noon - 1],
    ["SFO", "LAX", 20, noon - 3_600_000_000],
    ["SFO", "JFK", "", noon - 2 * 3_600_000_000],
    ["SFO", "LAX", 1000, noon],
    ["LAX", "SFO", 5, noon - 5 * 3_600_000_000],
  ],
  weather: [
    ["SFO", 25, "clear", noon - 3_600_000_000, noon],
    ["LAX", 5, "fog", noon - 3_600_000_001, noon],
    ["SFO", 1, "later", noon + 1_000_000, noon],
    ["JFK", "", "clear", noon - 60_000_000, noon],
    ["SFO", 99, "not known yet", noon - 1, noon + 1],
  ],
  airports: [
    ["SFO", "America/Los_Angeles", "115"],
    ["JFK", "", "9223372036854775807"],
  ],
};

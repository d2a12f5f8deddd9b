import type { Status, Value, ValueKind } from "../../../src/core/index.ts";
import { toRaw, type VectorPlan } from "../../../src/dsl/index.ts";
import type { ServedAnswer } from "../../../src/featurestore/online/index.ts";

/** One of each kind that a value may be of. */
export const kinds: readonly ValueKind[] = [
  "bool",
  "int",
  "float",
  "string",
  "timestamp",
  "date",
  "duration",
  "list<bool>",
  "list<int>",
  "list<float>",
  "list<string>",
  "list<timestamp>",
  "list<date>",
  "embedding(3)",
];

/** A vector with a key of two columns, and one that reads, takes and makes a value of each kind. */
export const wideVector: VectorPlan = {
  version: 1,
  name: "wide",
  roles: [
    { role: "shop", entity: "shop" },
    { role: "spot", entity: "spot" },
  ],
  keys: [
    { name: "shop", type: "int" },
    { name: "spot_place", type: "string" },
    { name: "spot_day", type: "date" },
  ],
  inputs: kinds.map((kind, i) => ({ name: `in_${String(i)}`, type: `${kind}?` as const })),
  labelColumns: [],
  reads: kinds.map((kind, i) => ({
    id: `shop__shop__own__s_${String(i)}`,
    entity: "shop",
    group: "own",
    stored: `s_${String(i)}`,
    type: `${kind}?` as const,
    key: [{ node: "column", type: "int", name: "shop" }],
  })),
  labelReads: [],
  slots: kinds.map((kind, i) => ({
    name: `out ${String(i)}, "x"`.replaceAll('"', "'"),
    type: `${kind}?` as const,
    value: { node: "column", type: `${kind}?` as const, name: `in_${String(i)}` },
  })),
  labels: [],
  entities: [
    { name: "shop", key: [{ name: "shop", type: "int" }] },
    {
      name: "spot",
      key: [
        { name: "place", type: "string" },
        { name: "day", type: "date" },
      ],
    },
  ],
  sources: [],
  groups: [],
};

const edges: Readonly<Record<string, readonly Value[]>> = {
  bool: [true, false],
  int: [0, -1, 2 ** 53 - 1, -(2 ** 53 - 1), 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 7],
  float: [
    0,
    0.1,
    5e-324,
    -5e-324,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    Number.MIN_VALUE,
    1 / 3,
    1e21,
    123456789.12345679,
  ],
  string: [
    "",
    " ",
    "a",
    "\u0000",
    "a\u0000b",
    "é",
    "😀",
    "\ufeff",
    'it\'s "quoted"\\\n',
    "x".repeat(5000),
    "\u{10ffff}",
  ],
  timestamp: [0, -1, 993038400500001, 9e15, -9e15, 1700000000123456],
  date: [0, -1, 19000, -700000, 2932896],
  duration: [0, -1, 2 ** 53 - 1, -(2 ** 53 - 1), 86_400_000_001],
};

/** A value of a kind as the API shows it, every fifth one missing. */
export function randomValue(kind: ValueKind, random: () => number): Value {
  if (random() < 0.2) return null;
  const pick = (of: string): Exclude<Value, null | readonly unknown[]> => {
    const list = edges[of] ?? [];
    if (of === "float" && random() < 0.5) return (random() - 0.5) * 10 ** Math.floor(random() * 600 - 300);
    return list[Math.floor(random() * list.length)] as Exclude<Value, null | readonly unknown[]>;
  };
  if (kind === "embedding(3)") return [pick("float"), pick("float"), pick("float")];
  const [, element] = /^list<(.*)>$/.exec(kind) ?? [];
  if (element === undefined) return pick(kind);
  return Array.from({ length: Math.floor(random() * 4) }, () => pick(element));
}

const statuses: readonly Status[] = ["present", "missing", "expired", "not_found", "unavailable"];

/** What was answered for one request, in the midst of the answers of others. */
export interface WideAnswer {
  readonly served: ServedAnswer;
  /** What the log is to say, by column; without what it says of the answer itself. */
  readonly said: Readonly<Record<string, Value>>;
}

/** An answer of random values. */
export function wideAnswer(random: () => number, at: number): WideAnswer {
  const columns: Record<string, Value> = {
    shop: random() < 0.1 ? null : Math.floor(random() * 1000),
    spot_place: randomValue("string", random),
    spot_day: randomValue("date", random),
  };
  for (const [i, kind] of kinds.entries()) columns[`in_${String(i)}`] = randomValue(kind, random);
  const before = Math.floor(random() * 3);
  const values = kinds.map((kind) => randomValue(kind, random));
  const status = kinds.map(() => statuses[Math.floor(random() * statuses.length)] ?? "present");
  const slots = Object.fromEntries(
    wideVector.slots.map(({ name }, i) => [name, randomValue(kinds[i] ?? "float", random)]),
  );
  const score = random() < 0.2 ? null : random();
  const isScored = random() < 0.5;
  const fill = Array.from({ length: before * kinds.length }, () => NaN);
  const scored = {
    model: "m",
    version: "0190b0a0-0000-7000-8000-000000000000",
    tag: random() < 0.5 ? null : "champion",
    partition: ["USA", "a\"b'c"],
    path: [],
    slots,
    score,
  };
  const served: ServedAnswer = {
    by: isScored ? "predict" : "get",
    columns,
    answer: {
      at,
      values: [...fill, ...values.map((value, i) => toRaw(value, kinds[i] ?? "float"))],
      statuses: [...fill.map((): Status => "unavailable"), ...status],
      causes: undefined,
    },
    base: before * kinds.length,
    ...(isScored ? { scored } : {}),
  };
  const said: Record<string, Value> = {
    served_by: served.by,
    requested_at: at,
    vector: "wide",
    model: isScored ? scored.model : null,
    model_version: isScored ? scored.version : null,
    tag: isScored ? scored.tag : null,
    partition: isScored ? scored.partition : null,
    partition_answered: isScored ? [] : null,
    score: isScored ? score : null,
    key__shop: columns["shop"] ?? null,
    key__spot__place: columns["spot_place"] ?? null,
    key__spot__day: columns["spot_day"] ?? null,
  };
  for (const i of kinds.keys()) {
    const n = String(i);
    said[`input__in_${n}`] = columns[`in_${n}`] ?? null;
    said[`shop__shop__own__s_${n}`] = values[i] ?? null;
    said[`status__shop__shop__own__s_${n}`] = status[i] ?? null;
    said[`slot__out ${n}, 'x'`] = isScored ? (slots[`out ${n}, 'x'`] ?? null) : null;
  }
  return { served, said };
}

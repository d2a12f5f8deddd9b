import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { durationUnits, formatMicros, temporaryBeside, type ValueKind, writeFileAtomic } from "../../core/index.ts";
import type { Example, ExampleFile } from "./example.ts";
import { type Order, ordersData, type Restaurant } from "./orders-data.ts";
import { ordersDefinitions } from "./orders-definitions.ts";

const ignored = "# What Tondo makes can be made again.\n.tondo/\ntraining/\n";

/** Food delivery: a group of windows, a group of states, a vector with two labels, and data of 60 days. */
export const ordersExample: Example = {
  files: [
    { path: "orders.tondo", about: "the definitions: entity, sources, groups, vector" },
    { path: "data/orders.parquet", about: "orders, with when each was known" },
    { path: "data/restaurants.csv", about: "states of 30 restaurants" },
    { path: "data/deliveries.parquet", about: "rows to train on: who, when, and what came of it" },
    { path: ".gitignore", about: "what Tondo makes" },
  ] satisfies readonly ExampleFile[],
  async write(folder) {
    const { restaurants, orders } = ordersData();
    await writeParquet(join(folder, "data/orders.parquet"), orderColumns(orders));
    await writeParquet(
      join(folder, "data/deliveries.parquet"),
      deliveryColumns(orders.filter(({ status }) => status === "done")),
    );
    await writeFileAtomic(join(folder, "data/restaurants.csv"), restaurantsCsv(restaurants));
    await writeFileAtomic(join(folder, ".gitignore"), ignored);
    // Last, so that there is no project without its data.
    await writeFileAtomic(join(folder, "orders.tondo"), ordersDefinitions);
  },
};

interface Column {
  readonly name: string;
  readonly kind: ValueKind;
  readonly values: Float64Array | readonly (string | null)[];
}

function orderColumns(orders: readonly Order[]): readonly Column[] {
  return [
    texts("order_id", orders, ({ id }) => id),
    texts("restaurant_id", orders, ({ restaurant }) => restaurant.id),
    numbers("ordered_at", "timestamp", orders, ({ orderedAt }) => orderedAt),
    numbers("loaded_at", "timestamp", orders, ({ loadedAt }) => loadedAt),
    numbers("items", "int", orders, ({ items }) => items),
    numbers("prep_minutes", "float", orders, ({ prepMinutes }) => prepMinutes),
    texts("status", orders, ({ status }) => status),
  ];
}

function deliveryColumns(orders: readonly Order[]): readonly Column[] {
  return [
    numbers("at", "timestamp", orders, ({ orderedAt }) => orderedAt),
    texts("store", orders, ({ restaurant }) => restaurant.id),
    numbers("distance_km", "float", orders, ({ distanceKm }) => distanceKm),
    numbers("items", "int", orders, ({ items }) => items),
    texts("country", orders, ({ restaurant }) => restaurant.country),
    texts("city", orders, ({ restaurant }) => restaurant.city),
    numbers("minutes", "float", orders, ({ minutes }) => minutes),
    numbers(
      "delivered_at",
      "timestamp",
      orders,
      ({ orderedAt, minutes }) => orderedAt + Math.round(minutes * durationUnits.min),
    ),
  ];
}

function numbers(name: string, kind: ValueKind, orders: readonly Order[], of: (order: Order) => number): Column {
  return { name, kind, values: Float64Array.from(orders, of) };
}

function texts(name: string, orders: readonly Order[], of: (order: Order) => string): Column {
  return { name, kind: "string", values: orders.map(of) };
}

function restaurantsCsv(restaurants: readonly Restaurant[]): string {
  const rows = restaurants.map(({ id, updatedAt, cuisine, city, country, tz }) =>
    [id, formatMicros(updatedAt).replace(".000Z", "Z"), cuisine, city, country, tz].join(","),
  );
  return `${["restaurant_id,updated_at,cuisine,city,country,tz", ...rows].join("\n")}\n`;
}

async function writeParquet(path: string, columns: readonly Column[]): Promise<void> {
  // Only here: whoever asks for help needs no engine.
  const { writeColumns } = await import("../../featurestore/index.ts");
  await mkdir(dirname(path), { recursive: true });
  const part = temporaryBeside(path);
  try {
    await writeColumns(part, columns);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

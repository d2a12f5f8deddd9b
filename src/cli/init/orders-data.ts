import { durationUnits, type Micros, toMicros } from "../../core/index.ts";
import { Random } from "./random.ts";

/** A restaurant as one row of the snapshot says it. */
export interface Restaurant {
  readonly id: string;
  readonly updatedAt: Micros;
  readonly cuisine: string;
  readonly city: string;
  readonly country: string;
  readonly tz: string;
}

/** An order with what came of it. */
export interface Order {
  readonly id: string;
  readonly restaurant: Restaurant;
  readonly orderedAt: Micros;
  readonly loadedAt: Micros;
  readonly items: number;
  /** `NaN` where it was cancelled. */
  readonly prepMinutes: number;
  readonly status: "done" | "cancelled";
  readonly distanceKm: number;
  readonly minutes: number;
}

/** The first moment of the data, and the one that they end before. */
export const ordersPeriod = { from: "2024-01-01T00:00:00Z", days: 60 } as const;

const seed = 20240101;
const ordersPerDay = 4;
const { d: day, min: minute } = durationUnits;
const cuisines = ["pizza", "sushi", "burger", "thai"] as const;
// The third city has too few orders for a model of its own: it is answered by the level above.
const cities = [
  { city: "Lyon", country: "FR", tz: "Europe/Paris", hoursToUtc: 1, restaurants: 15 },
  { city: "Paris", country: "FR", tz: "Europe/Paris", hoursToUtc: 1, restaurants: 12 },
  { city: "Porto", country: "PT", tz: "Europe/Lisbon", hoursToUtc: 0, restaurants: 3 },
] as const;

/** The example's data: 30 restaurants in three cities, some 7,000 orders in 60 days; always the same. */
export function ordersData(): { readonly restaurants: readonly Restaurant[]; readonly orders: readonly Order[] } {
  const random = new Random(seed);
  const start = toMicros(ordersPeriod.from);
  const restaurants: Restaurant[] = [];
  const orders: Omit<Order, "id">[] = [];
  for (const { hoursToUtc, restaurants: n, ...place } of cities) {
    for (let i = 0; i < n; i++) {
      const restaurant: Restaurant = {
        id: `r${String(restaurants.length + 1).padStart(2, "0")}`,
        updatedAt: start - (1 + random.below(60)) * day,
        cuisine: cuisines[random.below(cuisines.length)] ?? "pizza",
        ...place,
      };
      restaurants.push(restaurant);
      orders.push(...ordersOf(restaurant, start, hoursToUtc, random));
    }
  }
  // One changes what it cooks: what came before keeps its old cuisine.
  const [first] = restaurants;
  if (first !== undefined) restaurants.push({ ...first, updatedAt: start + 40 * day, cuisine: "vegan" });
  orders.sort((a, b) => a.orderedAt - b.orderedAt);
  return { restaurants, orders: orders.map((order, i) => ({ id: `o${String(i + 1).padStart(5, "0")}`, ...order })) };
}

function ordersOf(restaurant: Restaurant, start: Micros, hoursToUtc: number, random: Random): Omit<Order, "id">[] {
  const orders: Omit<Order, "id">[] = [];
  const base = 9 + 12 * random.uniform();
  let drift = 0;
  for (let today = 0; today < ordersPeriod.days; today++) {
    // Kitchens get better and worse from day to day: what was measured lately says more than what was usual.
    drift = 0.85 * drift + 1.6 * random.normal();
    const times = Array.from({ length: random.below(2 * ordersPerDay + 1) }, () => mealTime(random)).sort(
      (a, b) => a - b,
    );
    for (const [i, hour] of times.entries()) {
      const before = times.slice(0, i).filter((other) => hour - other < 1).length;
      const items = 1 + random.below(5);
      const wait = Math.max(3, base + drift + 2 * before + 0.8 * items + 2 * random.normal());
      const distanceKm = round(0.4 + 6 * random.uniform() * random.uniform(), 2);
      const isCancelled = random.uniform() < 0.04;
      const orderedAt = start + today * day + Math.round((hour - hoursToUtc) * 3600) * 1_000_000;
      const ready = orderedAt + Math.round(wait) * minute;
      const evening = hour > 18 ? 1.25 : 1;
      orders.push({
        restaurant,
        orderedAt,
        loadedAt: (Math.floor(ready / (15 * minute)) + 1) * 15 * minute,
        items,
        prepMinutes: isCancelled ? NaN : round(wait, 1),
        status: isCancelled ? "cancelled" : "done",
        distanceKm,
        minutes: round(wait + 4 + 3.4 * distanceKm * evening + 2 * Math.abs(random.normal()), 1),
      });
    }
  }
  return orders;
}

/** Lunch or dinner, in hours of the clock on the wall. */
function mealTime(random: Random): number {
  const centre = random.uniform() < 0.4 ? 12.75 : 19.75;
  return Math.min(23, Math.max(11, centre + 0.8 * random.normal()));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
